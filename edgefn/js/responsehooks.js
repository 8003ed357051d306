// What the user's code returns goes on, with headers to look at. What is no response
// is for CloudFront to refuse.
if (!response || !response.statusCode) return;
response.headers = response.headers || {};
