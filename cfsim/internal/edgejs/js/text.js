// TextEncoder and TextDecoder, which know UTF-8 only.
(function (host) {
  class TextEncoder {
    get encoding() {
      return 'utf-8';
    }
    encode(text) {
      return new Uint8Array(host.decode(text === undefined ? '' : String(text), 'utf8'));
    }
    encodeInto(text, target) {
      if (!(target instanceof Uint8Array)) {
        throw new TypeError('The "destination" argument must be an instance of Uint8Array');
      }
      text = String(text);
      let read = 0;
      let written = 0;
      while (read < text.length) {
        const c = String.fromCodePoint(text.codePointAt(read));
        const bytes = new Uint8Array(host.decode(c, 'utf8'));
        if (written + bytes.length > target.length) break;
        target.set(bytes, written);
        written += bytes.length;
        read += c.length;
      }
      return { read, written };
    }
  }

  const state = new WeakMap();

  class TextDecoder {
    constructor(encoding, options) {
      const label = encoding === undefined ? 'utf-8' : String(encoding);
      if (label !== 'utf-8' && label !== 'utf8') {
        throw new RangeError('The "' + label + '" encoding is not supported');
      }
      options = options || {};
      state.set(this, { fatal: !!options.fatal, ignoreBOM: !!options.ignoreBOM, rest: [], begun: false });
    }
    get encoding() {
      return 'utf-8';
    }
    get fatal() {
      return state.get(this).fatal;
    }
    get ignoreBOM() {
      return state.get(this).ignoreBOM;
    }
    decode(data, options) {
      const s = state.get(this);
      const stream = !!(options && options.stream);
      const decoded = host.decodeUTF8(s.rest, data === undefined ? new Uint8Array(0) : data, stream);
      s.rest = decoded.rest;
      if (s.fatal && decoded.invalid) throw new TypeError('The encoded data was not valid');
      let text = decoded.text;
      if (!s.begun && !s.ignoreBOM && text[0] === '\uFEFF') text = text.slice(1);
      s.begun = stream && (s.begun || text !== '');
      return text;
    }
  }

  for (const c of [TextEncoder, TextDecoder]) {
    Object.defineProperty(globalThis, c.name, { value: c, writable: true, configurable: true });
  }
})
