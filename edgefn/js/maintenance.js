// respell asks within a request that was let through.
if (!probing) {
  var uri = request.uri;
  var switched;
  try {
    switched = AWAIT cf.kvs().get('maintenance');
  } catch (error) {}
  if (switched === 'on') return MAINTENANCE;
}
