// Calls the handler of a CloudFront function and reports, as a JSON string,
// the value it returned or the text of what it threw. Only what both engines
// know is used here.
function edgetestCall(item, report) {
    function returned(value) {
        // The value is JSON within JSON: undefined has none, and is left out.
        report(JSON.stringify({value: JSON.stringify(value)}));
    }
    function threw(error) {
        report(JSON.stringify({error: String(error)}));
    }
    try {
        var event = JSON.parse(item.event);
        if (item.hasRawQuery) {
            event.request.rawQueryString = function () {
                return item.rawQuery === null ? undefined : item.rawQuery;
            };
        }
        // resolve takes a plain value and an async handler's promise alike.
        Promise.resolve(handler(event)).then(returned).catch(threw);
    } catch (error) {
        threw(error);
    }
}
