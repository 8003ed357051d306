// Calls the handler of a CloudFront function and reports, as a JSON string,
// the value it returned or the text of what it threw, and what it did with the
// cloudfront module. Only what both engines know is used here.
function edgetestCall(item, report) {
    var request = globalThis.edgetestRequest = {reads: 0, choice: undefined};
    function returned(value) {
        // The value is JSON within JSON: undefined has none, and is left out.
        report(JSON.stringify({value: JSON.stringify(value), reads: request.reads, choice: request.choice}));
    }
    function threw(error) {
        report(JSON.stringify({error: String(error), reads: request.reads}));
    }
    // resolve takes a plain value and an async handler's promise alike.
    new Promise(function (resolve) {
        var event = JSON.parse(item.event);
        request.eventType = event.context.eventType;
        if (item.hasRawQuery) {
            event.request.rawQueryString = function () {
                return item.rawQuery === null ? undefined : item.rawQuery;
            };
        }
        resolve(handler(event));
    }).then(returned).catch(threw);
}
