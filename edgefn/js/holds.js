// holds says whether one of the values that something was sent with is wanted.
function holds(sent, wanted) {
  return sent.some(function (item) {
    return wanted.indexOf(item.value) >= 0;
  });
}
