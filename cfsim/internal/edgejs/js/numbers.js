// The methods of buffers that read and write numbers.
(function (host) {
  const prototype = host.buffer().prototype;

  function define(methods) {
    for (const name of Object.keys(methods)) {
      Object.defineProperty(prototype, name, { value: methods[name], writable: true, configurable: true });
    }
  }

  function integer(value) {
    return Math.trunc(Number(value)) || 0;
  }

  function at(buffer, offset, size) {
    const i = integer(offset);
    if (i < 0 || i + size > buffer.length) {
      throw new RangeError('index ' + i + ' is outside the bound of the buffer');
    }
    return i;
  }

  function data(buffer) {
    return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  }

  function lengthOf(byteLength) {
    const n = integer(byteLength);
    if (n < 1) throw new TypeError('"byteLength" must be >= 1');
    if (n > 6) throw new TypeError('"byteLength" must be <= 6');
    return n;
  }

  // Fixed sizes: the name in the methods, the one of DataView, and the bytes.
  for (const [name, kind, size] of [
    ['Int8', 'Int8', 1], ['UInt8', 'Uint8', 1], ['Int16', 'Int16', 2], ['UInt16', 'Uint16', 2],
    ['Int32', 'Int32', 4], ['UInt32', 'Uint32', 4], ['Float', 'Float32', 4], ['Double', 'Float64', 8],
  ]) {
    const isFloat = kind[0] === 'F';
    for (const order of size === 1 ? [''] : ['LE', 'BE']) {
      define({
        ['read' + name + order](offset) {
          return data(this)['get' + kind](at(this, offset, size), order === 'LE');
        },
        ['write' + name + order](value, offset) {
          const i = at(this, offset, size);
          data(this)['set' + kind](i, value, order === 'LE');
          return isFloat ? undefined : i + size;
        },
      });
    }
  }

  // Integers of one to six bytes.
  for (const order of ['LE', 'BE']) {
    const step = (i, n) => (order === 'LE' ? i : n - 1 - i);
    const read = (buffer, offset, byteLength) => {
      const n = lengthOf(byteLength);
      const start = at(buffer, offset, n);
      let value = 0;
      for (let i = n - 1; i >= 0; i--) value = value * 256 + buffer[start + step(i, n)];
      return value;
    };
    const write = (buffer, value, offset, byteLength) => {
      const n = lengthOf(byteLength);
      const start = at(buffer, offset, n);
      let rest = Math.trunc(Number(value)) || 0;
      for (let i = 0; i < n; i++) {
        buffer[start + step(i, n)] = rest - Math.floor(rest / 256) * 256;
        rest = Math.floor(rest / 256);
      }
      return start + n;
    };
    define({
      ['readUInt' + order](offset, byteLength) {
        return read(this, offset, byteLength);
      },
      ['readInt' + order](offset, byteLength) {
        const value = read(this, offset, byteLength);
        const limit = Math.pow(2, 8 * lengthOf(byteLength) - 1);
        return value >= limit ? value - 2 * limit : value;
      },
      ['writeUInt' + order](value, offset, byteLength) {
        return write(this, value, offset, byteLength);
      },
      ['writeInt' + order](value, offset, byteLength) {
        return write(this, value, offset, byteLength);
      },
    });
  }
})
