// The two constructors of errors that njs has and ECMAScript has not.
(function () {
  for (const name of ['InternalError', 'MemoryError']) {
    const constructor = function (message) {
      const error = new Error(message);
      Object.setPrototypeOf(error, constructor.prototype);
      return error;
    };
    const define = (object, key, value) =>
      Object.defineProperty(object, key, { value, writable: true, configurable: true });
    define(constructor, 'name', name);
    constructor.prototype = Object.create(Error.prototype);
    define(constructor.prototype, 'constructor', constructor);
    define(constructor.prototype, 'name', name);
    define(constructor.prototype, 'message', '');
    define(globalThis, name, constructor);
  }
})
