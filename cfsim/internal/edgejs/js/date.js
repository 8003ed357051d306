// Local time is UTC at CloudFront, wherever the simulation runs. The texts of
// dates, and the texts that are taken for dates, are those of njs.
(function (host) {
  const Native = globalThis.Date;
  const construct = Reflect.construct; // may be removed after this
  const prototype = Native.prototype;

  function define(name, value) {
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  }

  for (const part of ['Date', 'Day', 'FullYear', 'Hours', 'Milliseconds', 'Minutes', 'Month', 'Seconds']) {
    define('get' + part, prototype['getUTC' + part]);
    if (part !== 'Day') define('set' + part, prototype['setUTC' + part]);
  }
  define('getTimezoneOffset', function () {
    return prototype.getTime.call(this) - this; // NaN if the date is
  });

  function format(names, layout) {
    for (const name of names) {
      define(name, {
        [name]() {
          return host.format(prototype.getTime.call(this), layout);
        },
      }[name]);
    }
  }
  format(['toString', 'toLocaleString'], 'Mon Jan 02 2006 15:04:05 GMT-0700');
  format(['toDateString', 'toLocaleDateString'], 'Mon Jan 02 2006');
  format(['toTimeString', 'toLocaleTimeString'], '15:04:05 GMT-0700');

  function Date(...args) {
    if (!new.target) return new Native().toString();
    if (args.length > 1) args = [Native.UTC(...args)];
    else if (typeof args[0] === 'string') args = [host.parse(args[0])];
    return construct(Native, args, new.target);
  }
  const statics = Object.getOwnPropertyDescriptors(Native);
  statics.parse.value = function parse(text) {
    return host.parse(String(text));
  };
  Object.defineProperties(Date, statics);
  define('constructor', Date);
  Object.defineProperty(globalThis, 'Date', { value: Date, writable: true, configurable: true });
})
