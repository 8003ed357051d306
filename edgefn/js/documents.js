//#if documents
// How a document is found, and what the signs mean, is said in documents.go.
var slash = uri[uri.length - 1] === '/';
var dotted = uri.lastIndexOf('.') > uri.lastIndexOf('/');
var fallback;
var missing;
var found;
var site;
var kept;
if (d) {
  found = DOCUMENTS;
  //#if contents
  if (site) {
    // Both a path that is not in the store and one that cannot be decoded throw.
    try {
      found = AWAIT cf.kvs().get(site + decodeURIComponent(uri));
    } catch (error) {}
  }
  //#end
  if (found && found[0] !== '/') {
    // Elsewhere, what a rule made of the path would not be the viewer's own.
    if (path === p + uri) return redirect(request, slash ? path.slice(0, -1) : path + '/');
    found = found.slice(1);
  }
  if (!found && !dotted) found = fallback;
  if (!found) {
    if (!missing) return notFound(request);
    found = missing;
    t = 1;
    // Part of a page is no answer for a page that does not exist.
    delete headers.range;
  }
  uri = found;
  //#if immutables
  if (kept) {
    var ending = uri.slice(-5).toLowerCase();
    if (ending === '.html' || ending.slice(1) === '.htm') {
      t = t || 3;
      g = 1;
    } else if (!t && IMMUTABLES) t = 2;
  }
  //#end
} else
//#end
if (i !== null && uri[uri.length - 1] === '/') {
  // An object store would answer "/" with a list of its keys.
  if (!i && uri === '/') return notFound(request);
  uri += i;
}
