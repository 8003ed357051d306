// Byte strings of runtime 1.0: strings whose characters are bytes.
(function (host) {
  function define(object, methods) {
    for (const name of Object.keys(methods)) {
      Object.defineProperty(object, name, { value: methods[name], writable: true, configurable: true });
    }
  }

  define(String, {
    bytesFrom(value, encoding) {
      if (Array.isArray(value)) {
        return value.map((b) => String.fromCharCode(b & 255)).join('');
      }
      if (typeof value !== 'string') throw new TypeError('value must be a string or array');
      if (encoding !== 'hex' && encoding !== 'base64' && encoding !== 'base64url') {
        throw new TypeError('Unknown encoding: "' + encoding + '"');
      }
      return host.latin1(host.decode(value, encoding));
    },
  });

  define(String.prototype, {
    // Characters that are bytes stay what they are.
    fromBytes(start, end) {
      return String(this).slice(start, end);
    },
    toBytes(start, end) {
      const text = String(this).slice(start, end);
      for (let i = 0; i < text.length; i++) {
        if (text.charCodeAt(i) > 255) return null;
      }
      return text;
    },
    fromUTF8(start, end) {
      return host.fromUTF8(String(this).slice(start, end));
    },
    toUTF8(start, end) {
      return host.latin1(host.decode(String(this).slice(start, end), 'utf8'));
    },
  });
})
