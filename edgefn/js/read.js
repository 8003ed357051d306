value = NUMBER;
//#if levels
for (level = 2; level; level--) {
//#end
value = FOLDER + value;
if (!held[value]) {
  // Without having looked up the other paths, respell redirects to a safe one.
  if (++reads > 3) return;
  try {
    held[value] = AWAIT cf.kvs().get(value);
  } catch (error) {}
  // Which route it would be is not known, so that none is safe.
  if (!held[value]) return probing ? 0 : notFound(request);
}
rows = held[value].split(' ');
codes = rows.pop();
//#if beside
//#if levels
if (level < 2)
//#end
beside = rows.splice(rows.length >> 1);
//#end
low = 0;
high = rows.length;
while (low < high) {
  row = low + high >> 1;
  if (v < rows[row]) high = row;
  else low = row + 1;
}
row = low - 1;
entry = rows[row];
//#if levels
value = +codes + low;
}
//#end
