// The buffer module. A buffer is a Uint8Array with a prototype of its own.
(function (host) {
  const MAX = 2147483647;

  function Buffer() {
    throw new TypeError('Buffer is not a constructor');
  }
  Object.setPrototypeOf(Buffer, Uint8Array);
  Object.defineProperty(Buffer, Symbol.species, { value: Uint8Array });

  function define(object, methods) {
    for (const name of Object.keys(methods)) {
      Object.defineProperty(object, name, { value: methods[name], writable: true, configurable: true });
    }
  }

  function view(arrayBuffer, offset, length) {
    return Object.setPrototypeOf(new Uint8Array(arrayBuffer, offset, length), Buffer.prototype);
  }

  function make(size) {
    host.size(size);
    return view(new ArrayBuffer(size));
  }

  function isBytes(value) {
    return value instanceof Uint8Array;
  }

  function bytes(value, name) {
    if (!isBytes(value)) {
      throw new TypeError('"' + name + '" argument must be an instance of Buffer or Uint8Array');
    }
    return value;
  }

  function unlike(what, value) {
    const type = value === null ? 'null' : typeof value;
    return new TypeError(what + ' ' + type + ' is not a string or Buffer-like object');
  }

  const encodings = ['utf8', 'utf-8', 'hex', 'base64', 'base64url'];

  function encodingOf(encoding) {
    if (encoding === undefined) return 'utf8';
    if (!encodings.includes(encoding)) throw new TypeError('"' + encoding + '" encoding is not supported');
    return encoding;
  }

  function decode(text, encoding) {
    return view(host.decode(text, encodingOf(encoding)));
  }

  function integer(value) {
    return Math.trunc(Number(value)) || 0;
  }

  // A relative index, as slice takes it.
  function clamp(value, length, fallback) {
    if (value === undefined) return fallback;
    const i = integer(value);
    return i < 0 ? Math.max(0, length + i) : Math.min(i, length);
  }

  // An index that must be in range.
  function ranged(value, max, fallback, name) {
    if (value === undefined) return fallback;
    const i = integer(value);
    if (i < 0 || i > max) throw new RangeError('"' + name + '" is out of range');
    return i;
  }

  function sizeOf(size) {
    if (typeof size !== 'number') throw new TypeError('"size" argument must be of type number');
    if (!(size >= 0 && size <= MAX)) throw new RangeError('invalid size');
    return Math.trunc(size);
  }

  function compare(a, b) {
    const n = Math.min(a.length, b.length);
    for (let i = 0; i < n; i++) {
      if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
    }
    return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
  }

  function fromView(arrayBuffer, offset, length) {
    const start = offset === undefined ? 0 : integer(offset);
    if (start < 0 || start > arrayBuffer.byteLength) throw new RangeError('"offset" is outside of buffer bounds');
    const rest = arrayBuffer.byteLength - start;
    const n = length === undefined ? rest : Math.max(0, integer(length));
    if (n > rest) throw new RangeError('"length" is outside of buffer bounds');
    return view(arrayBuffer, start, n);
  }

  function fromList(list) {
    const buffer = make(Math.max(0, integer(list.length)));
    for (let i = 0; i < buffer.length; i++) buffer[i] = list[i];
    return buffer;
  }

  define(Buffer, {
    alloc(size, fill, encoding) {
      const buffer = make(sizeOf(size));
      if (fill !== undefined) buffer.fill(fill, 0, buffer.length, encoding);
      return buffer;
    },
    allocUnsafe(size) {
      return make(sizeOf(size));
    },
    allocUnsafeSlow(size) {
      return make(sizeOf(size));
    },
    byteLength(value, encoding) {
      if (typeof value === 'string') return decode(value, encoding).length;
      if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
      throw unlike('first argument', value);
    },
    compare(a, b) {
      return compare(bytes(a, 'source'), bytes(b, 'target'));
    },
    concat(list, total) {
      if (!Array.isArray(list)) throw new TypeError('"list" argument must be an instance of Array');
      list.forEach((item, i) => bytes(item, 'list[' + i + ']'));
      const sum = list.reduce((n, item) => n + item.length, 0);
      const result = make(total === undefined ? sum : sizeOf(total));
      let at = 0;
      for (const item of list) {
        const part = Uint8Array.prototype.subarray.call(item, 0, result.length - at);
        result.set(part, at);
        at += part.length;
      }
      return result;
    },
    from(value, offsetOrEncoding, length) {
      if (typeof value === 'string') return decode(value, offsetOrEncoding);
      if (value === null || typeof value !== 'object') throw unlike('first argument', value);
      if (value instanceof ArrayBuffer) return fromView(value, offsetOrEncoding, length);
      if (ArrayBuffer.isView(value) || Array.isArray(value)) return fromList(value);
      if (value.type === 'Buffer' && Array.isArray(value.data)) return fromList(value.data);
      const inner = value.valueOf();
      if (inner !== value && inner !== null && inner !== undefined) {
        return Buffer.from(inner, offsetOrEncoding, length);
      }
      if (value.length === undefined) throw unlike('first argument', value);
      return fromList(value);
    },
    isBuffer(value) {
      return value instanceof Buffer;
    },
    isEncoding(encoding) {
      return encodings.includes(encoding);
    },
  });

  Buffer.prototype = Object.create(Uint8Array.prototype);
  Object.defineProperty(Buffer.prototype, Symbol.toStringTag, { value: 'Buffer', configurable: true });

  function part(value, encoding, what) {
    if (typeof value === 'string') return decode(value, encoding);
    if (typeof value === 'number') return Uint8Array.of(value);
    if (ArrayBuffer.isView(value)) return value;
    throw unlike(what, value);
  }

  // The places where a search may begin, in the order in which they are tried.
  function search(buffer, value, offset, encoding, last) {
    if (typeof offset === 'string') {
      encoding = offset;
      offset = undefined;
    }
    const wanted = part(value, encoding, '"value" argument');
    const end = buffer.length - wanted.length;
    let i = last ? end : 0;
    if (offset !== undefined && offset === offset) {
      i = integer(offset);
      if (i < 0) i += buffer.length;
      if (i < 0 && last) return -1;
      i = last ? Math.min(i, end) : Math.max(i, 0);
    }
    for (; last ? i >= 0 : i <= end; i += last ? -1 : 1) {
      let j = 0;
      while (j < wanted.length && buffer[i + j] === wanted[j]) j++;
      if (j === wanted.length) return i;
    }
    return -1;
  }

  define(Buffer.prototype, {
    constructor: Buffer,
    compare(target, targetStart, targetEnd, start, end) {
      bytes(target, 'target');
      targetStart = ranged(targetStart, target.length, 0, 'targetStart');
      targetEnd = ranged(targetEnd, target.length, target.length, 'targetEnd');
      start = ranged(start, this.length, 0, 'sourceStart');
      end = ranged(end, this.length, this.length, 'sourceEnd');
      const sub = Uint8Array.prototype.subarray;
      return compare(sub.call(this, start, end), sub.call(target, targetStart, targetEnd));
    },
    copy(target, targetStart, start, end) {
      bytes(target, 'target');
      targetStart = ranged(targetStart, target.length, 0, 'targetStart');
      start = ranged(start, this.length, 0, 'sourceStart');
      end = ranged(end, this.length, this.length, 'sourceEnd');
      const n = Math.max(0, Math.min(end - start, target.length - targetStart));
      target.set(Uint8Array.prototype.slice.call(this, start, start + n), targetStart);
      return n;
    },
    equals(other) {
      return compare(this, bytes(other, 'target')) === 0;
    },
    fill(value, offset, end, encoding) {
      if (typeof offset === 'string') {
        encoding = offset;
        offset = end = undefined;
      }
      offset = ranged(offset, this.length, 0, 'offset');
      end = ranged(end, this.length, this.length, 'end');
      const pattern = typeof value === 'string' || ArrayBuffer.isView(value)
        ? part(value, encoding, '"value" argument')
        : Uint8Array.of(value);
      for (let i = offset; i < end; i++) this[i] = pattern.length ? pattern[(i - offset) % pattern.length] : 0;
      return this;
    },
    includes(value, offset, encoding) {
      return search(this, value, offset, encoding, false) >= 0;
    },
    indexOf(value, offset, encoding) {
      return search(this, value, offset, encoding, false);
    },
    lastIndexOf(value, offset, encoding) {
      return search(this, value, offset, encoding, true);
    },
    slice(start, end) {
      const from = clamp(start, this.length, 0);
      const to = Math.max(from, clamp(end, this.length, this.length));
      return view(this.buffer, this.byteOffset + from, to - from);
    },
    subarray(start, end) {
      return this.slice(start, end);
    },
    swap16() {
      return swap(this, 2);
    },
    swap32() {
      return swap(this, 4);
    },
    swap64() {
      return swap(this, 8);
    },
    toJSON() {
      return { type: 'Buffer', data: Array.prototype.slice.call(this) };
    },
    toString(encoding, start, end) {
      encoding = encodingOf(encoding);
      const from = clamp(start, this.length, 0);
      const to = Math.max(from, clamp(end, this.length, this.length));
      return host.encode(Uint8Array.prototype.subarray.call(this, from, to), encoding);
    },
    write(text, offset, length, encoding) {
      if (typeof text !== 'string') throw new TypeError('first argument must be a string');
      if (typeof offset === 'string') {
        encoding = offset;
        offset = length = undefined;
      } else if (typeof length === 'string') {
        encoding = length;
        length = undefined;
      }
      offset = ranged(offset, this.length, 0, 'offset');
      const rest = this.length - offset;
      length = Math.min(rest, length === undefined ? rest : ranged(length, MAX, rest, 'length'));
      const data = Uint8Array.prototype.subarray.call(decode(text, encoding), 0, length);
      this.set(data, offset);
      return length; // and not how much was written: njs
    },
  });

  function swap(buffer, size) {
    if (buffer.length % size) {
      throw new RangeError('Buffer size must be a multiple of ' + size * 8 + '-bits');
    }
    for (let i = 0; i < buffer.length; i += size) {
      Uint8Array.prototype.subarray.call(buffer, i, i + size).reverse();
    }
    return buffer;
  }

  return { Buffer, kMaxLength: MAX, constants: { MAX_LENGTH: MAX, MAX_STRING_LENGTH: MAX } };
})
