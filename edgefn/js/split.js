// How a split leads to a destination is said in split.go.
var split;
var weights;
var many;
var point;
var at;
if (s) {
  point = SPLITS;
  // Anybody can write a cookie. More digits than these could round up to 100.
  if (!/^\d\d?(\.\d{1,9})?$/.test(point)) {
    point = (Math.random() * 99.9999).toFixed(4);
    //#if cookies
    u = point;
    //#end
  }
  try {
    at = AWAIT cf.kvs().get(split);
  } catch (error) {}
  at = share(at, many, point) || share(weights, many, point);
  DESTINATIONS;
}
