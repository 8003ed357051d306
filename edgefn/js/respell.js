// respell answers a path that could be taken for another one: CloudFront
// chooses the behavior, and with it the origin, by the normal form of the path,
// but may hand on the path as it was sent.
ASYNC function respell(request, route) {
  var uri = request.uri;
  var decoded = uri.replace(/%(2[de]|3\d|4[1-9a-f]|5[\daf]|6[1-9a-f]|7[\dae])/gi, decodeURIComponent);
  // A segment that turns into "." or ".." once %2F, %5C or "\" count as a slash.
  if (/(\\|%2f|%5c)\.\.?(\/|\\|%2f|%5c|$)|\/\.\.?(\\|%2f|%5c)/i.test(decoded)) {
    return refusal(request, '400 Bad Request');
  }
  var plain = normalize(decoded);
  // Whether CloudFront decodes escapes before it chooses the behavior is
  // unstated, so the path has to lead to the same route either way.
  if (/\/\.\.?(\/|$)/.test(decoded) || (AWAIT find(request, plain)) !== route || (AWAIT find(request, normalize(uri))) !== route) {
    return redirect(request, plain);
  }
}

ASYNC function find(request, uri) {
  probing = 1;
  var route = AWAIT handler({
    request: {
      uri: uri,
      method: request.method,
      headers: request.headers,
      cookies: request.cookies,
      querystring: request.querystring,
    },
  });
  probing = 0;
  return route;
}

// normalize drops empty and "." segments and lets ".." take the one before it.
function normalize(path) {
  var segments = path.split('/');
  var kept = [];
  var last;
  for (var j = 1; j < segments.length; j++) {
    last = segments[j];
    if (last === '..') kept.pop();
    else if (last && last !== '.') kept.push(last);
  }
  path = '/' + kept.join('/');
  return kept.length && (!last || last === '.' || last === '..') ? path + '/' : path;
}
