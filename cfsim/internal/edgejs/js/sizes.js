// Constructors that would take any length only take what fits into memory.
(function (host) {
  const construct = Reflect.construct; // may be removed after this
  for (const name of host.names()) {
    const native = globalThis[name];
    const size = native.BYTES_PER_ELEMENT || 1;
    const value = function (...args) {
      if (args.length === 1 && typeof args[0] === 'number') host.size(args[0] * size);
      else if (args[0] && name !== 'Array') host.size(args[0].length * size);
      // Array alone can be called.
      return new.target || name !== 'Array' ? construct(native, args, new.target) : native(...args);
    };
    Object.defineProperties(value, Object.getOwnPropertyDescriptors(native));
    Object.setPrototypeOf(value, Object.getPrototypeOf(native));
    Object.defineProperty(native.prototype, 'constructor', { value, writable: true, configurable: true });
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
})
