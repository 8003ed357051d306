// restore maps what an application says of its own paths, which have no prefix but
// may have the base path of its origin, to those that the viewer knows.
function restore(response, prefix, base, host) {
  ['location', 'content-location'].forEach(function (name) {
    var header = response.headers[name];
    if (header) header.value = restoredUrl(header.value, prefix, base, host && host.value.toLowerCase());
  });
  for (var name in response.cookies) {
    // Browsers take a cookie of such a name with Path=/ only.
    if (/^__host-/i.test(name)) continue;
    var cookie = response.cookies[name];
    restoreCookie(cookie, prefix, base);
    if (cookie.multiValue) {
      cookie.multiValue.forEach(function (item) {
        restoreCookie(item, prefix, base);
      });
    }
  }
}

// restoredUrl is the viewer's form of a path, or of a url of the viewer's host. A
// url of another host stays; so does a relative one, since the viewer's browser
// resolves it against the viewer's path.
function restoredUrl(url, prefix, base, host) {
  var origin = /^(?:https?:)?\/\/([^\/\\?#]*)/i.exec(url);
  if (origin ? origin[1].toLowerCase() !== host : url[0] !== '/') return url;
  var start = origin ? origin[0] : '';
  return start + restoredPath(url.slice(start.length), prefix, base);
}

// restoredPath leaves a path that has the prefix: an application that knows
// x-forwarded-prefix has put it there. Where one of prefix and base is part of the
// other, the longer is meant.
function restoredPath(path, prefix, base) {
  var has = isBelow(path, prefix);
  //#if bases
  if (base && isBelow(path, base) && !(has && prefix.length > base.length)) return prefix + path.slice(base.length);
  //#end
  return has ? path : prefix + path;
}

function isBelow(path, prefix) {
  var next = path[prefix.length];
  return path.indexOf(prefix) === 0 && (!next || '/?#'.indexOf(next) >= 0);
}

// restoreCookie maps the path of a cookie. Without one, the cookie is for the
// directory of the viewer's path.
function restoreCookie(cookie, prefix, base) {
  if (!cookie.attributes) return;
  cookie.attributes = cookie.attributes.replace(/(^|;)(\s*path\s*=\s*"?)(\/[^;"\s]*)/gi, function (all, end, name, path) {
    return end + name + restoredPath(path === '/' ? '' : path, prefix, base);
  });
}
