// The viewer-response function of a Router. CloudFront does not run it if the
// origin answers with a status of 400 or more, nor for an answer of the edge's
// own: those stay as they are.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-status-codes

//#if responseCloudfront
import cf from 'cloudfront';
//#end

ASYNC function handler(event) {
  var request = event.request;
  var response = event.response;
  var headers;
  //#if responses
  var word = request.headers['x-cfrouter-respond'];
  //#end
  //#if routeResponses
  var r;
  var restores;
  var base;
  var cookie;
  var attributes;
  var first;
  var last;
  //#end

  //#if responseBefore
  response = event.response = OWN_RESPONSE_BEFORE;
  //#include responsehooks
  //#end
  //#if responses
  // A prefix with two slashes in front would be another host.
  word = (word && /^(\d{1,4});([0-3]);(\d\d?\.\d{4})?;(\/(?![\/\\])[!-~]+)?$/.exec(word.value)) || [];
  //#end

  //#if routeResponses
  r = word[1];
  if (r > 0) RESPONSES;
  //#end
  //#if first
  if (first) {
    response = event.response = OWN_FIRST;
    //#include responsehooks
  }
  //#end
  headers = response.headers;
  //#if restores
  if (restores && word[4]) restore(response, word[4], base, request.headers.host);
  //#end
  //#if cookies
  if (cookie && word[3]) {
    response.cookies = response.cookies || {};
    response.cookies[cookie] = { value: word[3], attributes: attributes };
  }
  //#end
  //#if documentResponses
  if (word[2] === '1' && response.statusCode < 300) {
    response.statusCode = 404;
    response.statusDescription = 'Not Found';
  }
  // What an object says of itself wins.
  if (word[2] > 0 && !headers['cache-control'] && !headers.expires) {
    headers['cache-control'] = { value: word[2] === '2' ? 'public, max-age=31536000, immutable' : 'no-cache' };
  }
  //#end
  //#if last
  if (last) {
    response = event.response = OWN_LAST;
    //#include responsehooks
  }
  //#end
  //#if responseAfter
  response = OWN_RESPONSE_AFTER;
  //#end
  return response;
}

//#if restores
//#include restore
//#end
