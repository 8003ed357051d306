// rewritten is what the first rule that matches makes of a path: '' if that has
// a segment which is "." or "..", or could be taken for one. respell saw to what
// the viewer sent, but a rule can put a segment together from harmless parts.
function rewritten(uri, w) {
  var rule;
  var to = REWRITES;
  if (to === uri) return uri;
  if (to[0] !== '/' || to[1] === '/') to = '/' + to.replace(/^\/+/, '');
  return /(\/|\\|%2f|%5c)(\.|%2e){1,2}(\/|\\|%2f|%5c|$)/i.test(to) ? '' : to;
}
