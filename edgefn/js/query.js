// arranged are the parameters that are kept, in the order of their names.
function arranged(parameters, q) {
  var names = [];
  var name;
  for (name in parameters) if (QUERIES) names.push(name);
  return names[0] === undefined ? {} : written(parameters, names.sort());
}
