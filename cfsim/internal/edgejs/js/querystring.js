// The querystring module. It differs from Node's as njs does: stringify leaves
// out empty lists, and a number that is not finite is an empty value.
(function (host) {
  function escape(text) {
    return encodeURIComponent(String(text));
  }

  function unescape(text) {
    return host.unescape(String(text));
  }

  function option(options, name, fallback) {
    const value = options && options[name];
    if (value === undefined) return fallback;
    if (typeof value !== 'function') throw new TypeError('option ' + name + ' is not a function');
    return value;
  }

  function parse(text, separator, equal, options) {
    const result = Object.create(null);
    if (typeof text !== 'string') return result;
    separator = separator ? String(separator) : '&';
    equal = equal ? String(equal) : '=';
    const decode = option(options, 'decodeURIComponent', unescape);
    let max = options && options.maxKeys !== undefined ? Math.trunc(Number(options.maxKeys)) : 1000;
    if (!(max > 0)) max = Infinity;
    let keys = 0;
    for (const part of text.split(separator)) {
      if (part === '') continue;
      if (keys++ >= max) break;
      const at = part.indexOf(equal);
      const key = decode(at < 0 ? part : part.slice(0, at));
      const value = decode(at < 0 ? '' : part.slice(at + equal.length));
      if (!(key in result)) result[key] = value;
      else if (Array.isArray(result[key])) result[key].push(value);
      else result[key] = [result[key], value];
    }
    return result;
  }

  function stringify(object, separator, equal, options) {
    if (object === null || typeof object !== 'object') return '';
    separator = separator ? String(separator) : '&';
    equal = equal ? String(equal) : '=';
    const encode = option(options, 'encodeURIComponent', escape);
    const parts = [];
    for (const key of Object.keys(object)) {
      for (const value of Array.isArray(object[key]) ? object[key] : [object[key]]) {
        parts.push(encode(key) + equal + encode(primitive(value)));
      }
    }
    return parts.join(separator);
  }

  function primitive(value) {
    switch (typeof value) {
      case 'string':
        return value;
      case 'number':
        return isFinite(value) ? String(value) : '';
      case 'boolean':
        return String(value);
    }
    return '';
  }

  return { parse, stringify, escape, unescape, decode: parse, encode: stringify };
})
