// AWS: "Both eval() and Function constructors throw an error if attempted." The
// constructors of functions are also reached by way of any function.
(function () {
  function refuse(what) {
    throw new TypeError(what + ' is not supported: functions cannot evaluate code');
  }

  function replace(of) {
    const prototype = Object.getPrototypeOf(of);
    function Function() {
      refuse('Function()');
    }
    Object.defineProperty(Function, 'prototype', { value: prototype });
    Object.defineProperty(prototype, 'constructor', { value: Function, writable: true, configurable: true });
    return Function;
  }

  replace(async function () {});
  replace(function* () {});
  const value = replace(function () {});
  Object.defineProperty(globalThis, 'Function', { value, writable: true, configurable: true });
  Object.defineProperty(globalThis, 'eval', {
    value: function () {
      refuse('eval()');
    },
    writable: true,
    configurable: true,
  });
})
