if (e) {
  // An object store has one cached object for all who ask, and answers a request
  // from another site otherwise than one from its own.
  delete headers.origin;
  delete headers['access-control-request-method'];
  delete headers['access-control-request-headers'];
  request.querystring = {};
}
