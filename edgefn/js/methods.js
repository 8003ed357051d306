if (m && m.indexOf(request.method) < 0) {
  answer = refusal(request, '405 Method Not Allowed');
  answer.headers.allow = { value: m.replace(/ /g, ', ') };
  return answer;
}
