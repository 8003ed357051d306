// Leads to what the key-value store has for a path. For one that it has not, the
// request goes on as it came.
async function handler(event) {
  var request = event.request;
  try {
    var target = await cf.kvs().get(request.uri);
    return { statusCode: 302, statusDescription: 'Found', headers: { location: { value: target } } };
  } catch (error) {
    return request;
  }
}
