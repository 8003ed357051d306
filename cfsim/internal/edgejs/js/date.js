// Local time is UTC at CloudFront, wherever the simulation runs. The texts of
// dates, and the texts that are taken for dates, are those of njs. What the code
// does not mention is left as it is.
(function (host) {
  const Native = globalThis.Date;
  const construct = Reflect.construct; // may be removed after this
  const prototype = Native.prototype;

  function define(object, name, value) {
    Object.defineProperty(object, name, { value, writable: true, configurable: true });
  }

  for (const name of host.local()) define(prototype, name, prototype[name.slice(0, 3) + 'UTC' + name.slice(3)]);
  if (host.mentions('getTimezoneOffset')) {
    define(prototype, 'getTimezoneOffset', function getTimezoneOffset() {
      return prototype.getTime.call(this) - this; // NaN if the date is
    });
  }
  for (const name of host.texts()) {
    define(prototype, name, function () {
      return host.format(prototype.getTime.call(this), name);
    });
  }

  function Date(...args) {
    if (!new.target) return new Native().toString();
    if (args.length > 1) args = [Native.UTC(...args)];
    else if (typeof args[0] === 'string') args = [host.parse(args[0])];
    return construct(Native, args, new.target);
  }
  Object.defineProperty(Date, 'prototype', { value: prototype });
  Object.defineProperty(Date, 'length', { value: 7 });
  define(Date, 'now', Native.now);
  define(Date, 'UTC', Native.UTC);
  define(Date, 'parse', function parse(text) {
    return host.parse(String(text));
  });
  define(prototype, 'constructor', Date);
  define(globalThis, 'Date', Date);
})
