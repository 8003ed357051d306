// The viewer-request function of a Router. The route table, a tree of string
// comparisons, is generated and takes the place of FIND below. What stands
// between "#if" and "#end" is left out of tables that have no use for it.
//
// The engine behind CloudFront's runtime 2.0 is njs, which starts each request
// from a fresh copy of the engine. Nothing is therefore built at the top level,
// and as a call costs as much as ten comparisons, an ordinary request makes
// three: slice, encodeURI and indexOf.
//
// Comments and white space are removed by squeeze.go, which takes every slash in
// the code for the beginning of a comment or of a regular expression: no division
// here.

var probing; // respell asks only which route a path belongs to

function handler(event) {
  var request = event.request;
  var path = request.uri;
  var v = path + '/';
  // What the table says of a route besides its number:
  var p = ''; // the prefix to strip
  var l; // its length
  var k = ''; // value of x-cfrouter-route, '' if the route is not cached
  var i = null; // index document of an object store, '' for none; null: no object store
  var n; // spelled otherwise, the path might belong to another route
  var f = 1; // the origin is sent the viewer's headers
  var route = FIND;
  var uri = path;
  var headers;
  var answer;

  if (probing) return route;
  if (p) uri = uri.slice(l);

  // encodeURI changes a path that holds an escape or a backslash. Only then, or
  // where a segment begins with a dot, or where a double slash could hide
  // another route, is the path looked at more closely.
  if (encodeURI(uri) !== uri || uri.indexOf('/.') >= 0 || (n && uri.indexOf('//') >= 0)) {
    answer = respell(request, route);
    if (answer) return answer;
  }
  if (!route) return notFound(request);

  headers = request.headers;
  if (p) {
    //#if indexes
    if (i && !uri) return redirect(request, v);
    //#end
    // Nothing is left behind a bare prefix; a double slash leaves two in front.
    if (uri < '/0') uri = !uri ? '/' : uri < '//' ? uri : uri.replace(/^\/+/, '/');
    headers['x-forwarded-prefix'] = { value: p };
  } else {
    delete headers['x-forwarded-prefix'];
  }
  //#if stores
  if (i !== null && uri[uri.length - 1] === '/') {
    // An object store would answer "/" with a list of its keys.
    if (!i && uri === '/') return notFound(request);
    uri += i;
  }
  //#end
  request.uri = uri;
  //#if keys
  if (k) headers['x-cfrouter-route'] = { value: k };
  //#end
  if (f) {
    headers['x-forwarded-host'] = headers.host;
    delete headers.forwarded;
    delete headers['x-forwarded-port'];
    delete headers['x-original-url'];
    delete headers['x-rewrite-url'];
  }
  return request;
}

// respell answers a path that could be taken for another one: CloudFront
// chooses the behavior, and with it the origin, by the normal form of the path,
// but may hand on the path as it was sent.
function respell(request, route) {
  var uri = request.uri;
  var decoded = uri.replace(/%(2[de]|3\d|4[1-9a-f]|5[\daf]|6[1-9a-f]|7[\dae])/gi, decodeURIComponent);
  // A segment that turns into "." or ".." once %2F, %5C or "\" count as a slash.
  if (/(\\|%2f|%5c)\.\.?(\/|\\|%2f|%5c|$)|\/\.\.?(\\|%2f|%5c)/i.test(decoded)) {
    return { statusCode: 400, headers: { 'cache-control': { value: 'no-store' } } };
  }
  var plain = normalize(decoded);
  // Whether CloudFront decodes escapes before it chooses the behavior is
  // unstated, so the path has to lead to the same route either way.
  if (/\/\.\.?(\/|$)/.test(decoded) || find(plain) !== route || find(normalize(uri)) !== route) {
    // Browsers read "/\" as "//", the beginning of another host.
    return redirect(request, plain.replace(/\\/g, '%5C'));
  }
}

function find(uri) {
  probing = 1;
  var route = handler({ request: { uri: uri } });
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

function redirect(request, path) {
  // Newer than the rest of the runtime, and empty where the console tests a
  // function.
  var query = request.rawQueryString && request.rawQueryString();
  if (!query) {
    query = '';
    for (var name in request.querystring) {
      var entry = request.querystring[name];
      (entry.multiValue || [entry]).forEach(function (item) {
        query += (query && '&') + name + (item.value && '=' + item.value);
      });
    }
  }
  return {
    statusCode: 308,
    headers: {
      location: { value: path + (query && '?' + query) },
      'cache-control': { value: 'no-store' },
    },
  };
}

function notFound(request) {
  var accept = request.headers.accept;
  var html = accept && accept.value.indexOf('text/html') >= 0;
  return {
    statusCode: 404,
    headers: {
      'content-type': { value: html ? 'text/html; charset=utf-8' : 'application/json' },
      'cache-control': { value: 'no-store' },
    },
    body: html
      ? '<!doctype html><html lang="en"><title>404 Not Found</title><h1>404 Not Found</h1></html>'
      : '{"status":404,"error":"Not Found"}',
  };
}
