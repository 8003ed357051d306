// The viewer-request function of a Router. Words in capitals stand for what is
// generated from the table: see record.go. What stands between "#if" and "#end" is
// left out of tables that have no use for it, and "#include" is followed by the
// name of another file.
//
// The engine behind CloudFront's runtime 2.0 is njs, which starts each request
// from a fresh copy of the engine. Nothing is therefore built at the top level,
// and as a call costs as much as ten comparisons, an ordinary request makes
// three: slice, encodeURI and indexOf.
//
// Comments and white space are removed by squeeze.go, which takes every slash in
// the code for the beginning of a comment or of a regular expression: no division
// here.

//#if cloudfront
import cf from 'cloudfront';
//#end

var probing; // respell asks only which route a path belongs to
//#if reads
var held; // what has been read of the table for this request, by key
var reads;
//#end

ASYNC function handler(event) {
  var request = event.request;
  //#if maintenance
  //#include maintenance
  //#end
  //#include before
  var path = request.uri;
  var v = path + '/';
  var VARIABLES;
  var route;
  var uri = path;
  var headers;
  var answer;
  //#if conditions
  var seen;
  //#end

  //#include find
  if (probing) return route;
  if (p) uri = uri.slice(l);

  // encodeURI changes a path that holds an escape or a backslash. Only then, or
  // where a segment begins with a dot, or where a double slash could hide
  // another route, is the path looked at more closely.
  if (encodeURI(uri) !== uri || uri.indexOf('/.') >= 0 || (n && uri.indexOf('//') >= 0)) {
    answer = AWAIT respell(request, route);
    if (answer) return answer;
  }
  if (!route) return notFound(request);

  //#if routeCode
  //#include routebefore
  //#end
  //#if answers
  if (a) return ANSWERS;
  //#end
  //#if splits
  //#include split
  //#end
  //#if methods
  //#include methods
  //#end

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
  //#if rewrites
  if (w && !(uri = rewritten(uri, w))) return refusal(request, '400 Bad Request');
  //#end
  //#if stores
  //#include documents
  //#end
  //#if responses
  //#include respond
  //#end
  request.uri = uri;
  //#if queries
  if (q) request.querystring = arranged(request.querystring, q);
  //#end
  //#if plain
  //#include plain
  //#end
  //#if unique
  if (g) k = event.context.requestId || '' + Math.random();
  //#end
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
  //#if origins
  if (o) cf.selectRequestOriginById(o);
  //#end
  //#if elsewhere
  if (h) {
    answer = h.indexOf('/');
    cf.updateRequestOrigin(answer < 0 ? { domainName: h } : { domainName: h.slice(0, answer), originPath: h.slice(answer) });
  }
  //#end
  //#include after
  return request;
}

//#include respell
//#if conditions
//#include holds
//#end
//#if splits
//#include share
//#end
//#include answers
//#if rewrites
//#include rewrite
//#end
//#if queries
//#include query
//#end
