// Pages load nothing from elsewhere and stand in no frame. For a header that every
// response is to have, a response headers policy is simpler, and reaches errors too.
function handler(event) {
  var headers = event.response.headers;
  var type = headers['content-type'];
  if (type && type.value.indexOf('text/html') === 0) {
    headers['content-security-policy'] = { value: "default-src 'self'; frame-ancestors 'none'" };
  }
  return event.response;
}
