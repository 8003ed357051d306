// share is the number, from 1, of the one among so many shares that a point lies
// in, 0 if the weights are not that many, or add up to nothing. Whoever writes them
// by hand may put spaces in, and a value from a file ends in that of its line.
function share(weights, many, point) {
  if (!/^(,\s*\d{1,9}(\.\d{1,9})?\s*)+$/.test(',' + weights)) return 0;
  var list = weights.split(',');
  if (list.length !== many) return 0;
  var total = 0;
  var sum = 0;
  var j;
  // njs takes a text that ends in a line end for no number, parseFloat does not.
  for (j = 0; j < list.length; j++) total += parseFloat(list[j]);
  for (j = 0; j < list.length; j++) {
    sum += parseFloat(list[j]);
    // The last sum is the very same number as the total, so that every point is
    // below it, and one that a weight of 0 adds nothing to takes no point.
    if (point * total < sum * 100) return j + 1;
  }
  return 0;
}
//#if hashes

// hashed is a point that follows from a value. A hash written in JavaScript takes
// some 2,000 instructions for each character, and the value can be a token of a
// thousand; the engine's own takes less than 10,000 for all.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html#writing-functions-javascript-features-builtin-modules-crypto-20
function hashed(id, value) {
  if (value === undefined) return value;
  var hash = require('crypto').createHash('md5').update(id + ' ' + value).digest('hex');
  return (parseInt(hash.slice(0, 8), 16) * (100 * 2 ** -32)).toFixed(9);
}
//#end
