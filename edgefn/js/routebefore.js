if (b) {
  request = event.request = OWN_ROUTE_BEFORE;
  //#include hooks
  // A path that was changed stays with the route, and loses the prefix if it has
  // it.
  if (request.uri !== path) {
    path = uri = request.uri;
    v = path + '/';
    if (p) {
      if (v.indexOf(p + '/')) p = '';
      else uri = uri.slice(l);
    }
  }
}
