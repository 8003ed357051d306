// What the user's code returns goes on, unless it is a response, which is told by
// its status.
if (!request || request.statusCode) return request;
// What is neither must not go on to where it throws, nor past the rest to an origin:
// nothing is what CloudFront refuses.
if (!request.uri || !request.headers) return;
