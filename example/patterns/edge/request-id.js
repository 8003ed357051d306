// What the origin logs can be found in the logs of CloudFront.
function handler(event) {
  event.request.headers['x-request-id'] = { value: event.context.requestId };
  return event.request;
}
