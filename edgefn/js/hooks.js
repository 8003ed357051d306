// What the user's code returns goes on, unless it is a response, which is told by
// its status. What is neither is for CloudFront to refuse.
if (!request || request.statusCode) return request;
