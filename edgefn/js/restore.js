// restore maps what an application says of its own paths, which have no prefix,
// to those that the viewer knows.
function restore(response, prefix, host) {
  ['location', 'content-location'].forEach(function (name) {
    var header = response.headers[name];
    if (header) header.value = restoredUrl(header.value, prefix, host && host.value.toLowerCase());
  });
  for (var name in response.cookies) {
    // Browsers take a cookie of such a name with Path=/ only.
    if (/^__host-/i.test(name)) continue;
    var cookie = response.cookies[name];
    restoreCookie(cookie, prefix);
    if (cookie.multiValue) {
      cookie.multiValue.forEach(function (item) {
        restoreCookie(item, prefix);
      });
    }
  }
}

// restoredUrl is the viewer's form of a path, or of a url of the viewer's host. A
// url of another host stays; so does a relative one, since the viewer's browser
// resolves it against the viewer's path.
function restoredUrl(url, prefix, host) {
  var origin = /^(?:https?:)?\/\/([^\/\\?#]*)/i.exec(url);
  if (origin ? origin[1].toLowerCase() !== host : url[0] !== '/') return url;
  var start = origin ? origin[0] : '';
  return start + restoredPath(url.slice(start.length), prefix);
}

// restoredPath leaves a path that has the prefix: an application that knows
// x-forwarded-prefix has put it there.
function restoredPath(path, prefix) {
  var next = path[prefix.length];
  var has = path.indexOf(prefix) === 0 && (!next || '/?#'.indexOf(next) >= 0);
  return has ? path : prefix + path;
}

// restoreCookie maps the path of a cookie. Without one, the cookie is for the
// directory of the viewer's path.
function restoreCookie(cookie, prefix) {
  if (!cookie.attributes) return;
  cookie.attributes = cookie.attributes.replace(/(^|;)(\s*path\s*=\s*"?)(\/[^;"\s]*)/gi, function (all, end, name, path) {
    return end + name + restoredPath(path === '/' ? '' : path, prefix);
  });
}
