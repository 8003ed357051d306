// Crawlers that collect texts to train models on are turned away.
function handler(event) {
  var agent = event.request.headers['user-agent'];
  if (agent && /\b(Bytespider|CCBot|GPTBot)\b/.test(agent.value)) {
    return { statusCode: 403, statusDescription: 'Forbidden' };
  }
  return event.request;
}
