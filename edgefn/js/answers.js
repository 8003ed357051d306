function redirect(request, path) {
  return {
    statusCode: 308,
    headers: {
      location: { value: onSite(path) + asked(request, '?') },
      'cache-control': { value: 'no-store' },
    },
  };
}

// onSite spells a path so that it is one to every browser: they read "\" as a
// slash and leave out tabs, and two slashes are the beginning of another host.
function onSite(path) {
  return path.replace(/[^!-\[\]-~]+/g, encodeURIComponent).replace(/^\/+/, '/');
}

// asked is the query string as the viewer sent it with what is to stand in front,
// or nothing if there is none.
function asked(request, mark) {
  // Newer than the rest of the runtime, and empty where the console tests a
  // function.
  var query = request.rawQueryString && request.rawQueryString() || written(request.querystring, Object.keys(request.querystring));
  return query && mark + query;
}

// written are the named parameters of a query string.
function written(parameters, names) {
  var query = '';
  names.forEach(function (name) {
    var entry = parameters[name];
    (entry.multiValue || [entry]).forEach(function (item) {
      query += (query && '&') + name + (item.value && '=' + item.value);
    });
  });
  return query;
}

function notFound(request) {
  return refusal(request, '404 Not Found');
}

function refusal(request, title) {
  var accept = request.headers.accept;
  var html = accept && accept.value.indexOf('text/html') >= 0;
  return {
    statusCode: parseInt(title),
    headers: {
      'content-type': { value: html ? 'text/html; charset=utf-8' : 'application/json' },
      'cache-control': { value: 'no-store' },
    },
    body: html
      ? '<!doctype html><html lang="en"><title>' + title + '</title><h1>' + title + '</h1></html>'
      : '{"status":' + title.replace(' ', ',"error":"') + '"}',
  };
}
