package edgejs

import (
	"net/http"
	"testing"
	"time"
)

// browser is the event of a request as browsers send them.
func browser() *Event {
	return &Event{
		Type: "viewer-request", DistributionDomain: "d111111abcdef8.cloudfront.net", DistributionID: "EDFDVBD6EXAMPLE",
		RequestID: "EXAMPLEntjQpEXAMPLE_SG5Z-EXAMPLEPmPfEXAMPLEu3EqEXAMPLE==", ViewerIP: "198.51.100.11",
		Request: Request{
			Method: "GET", URI: "/service17/assets/app.js", RawQuery: "v=3&lang=de", HasQuery: true,
			Header: http.Header{
				"Host": {"d111111abcdef8.cloudfront.net"}, "Accept": {"*/*"}, "Accept-Encoding": {"gzip, deflate, br"}, "Accept-Language": {"de"},
				"User-Agent": {"Mozilla/5.0"}, "Cache-Control": {"no-cache"}, "Referer": {"https://d111111abcdef8.cloudfront.net/"}, "Cookie": {"id=1; theme=dark"},
			},
		},
	}
}

func benchmark(b *testing.B, code string, env *Env) time.Duration {
	f, event := compile(b, code), browser()
	b.ReportAllocs()
	for b.Loop() {
		if result := f.Run(b.Context(), event, env); result.Err != nil {
			b.Fatal(result.Err)
		}
	}
	return b.Elapsed() / time.Duration(b.N)
}

// BenchmarkRun runs functions of several kinds.
func BenchmarkRun(b *testing.B) {
	for _, row := range []struct{ name, code string }{
		{"untouched", handler("return event.request;")},
		{"router", router(routes(37, nil)...)},
		{"header", handler("event.request.headers['x-a'] = {value: event.request.uri}; return event.request;")},
		{"response", handler("return {statusCode: 302, headers: {location: {value: '/x' + event.request.uri}}};")},
		{"store", importCF + "const kvs = cf.kvs();\nasync function handler(event) { event.request.uri = await kvs.get('a'); return event.request; }"},
		{"signature", "var c = require('crypto');\n" + handler("event.request.headers['x-a'] = {value: c.createHmac('sha256', 'k').update('a').digest('hex')}; return event.request;")},
		{"date", handler("event.request.headers['x-a'] = {value: new Date().toISOString()}; return event.request;")},
		{"buffer", handler("event.request.headers['x-a'] = {value: Buffer.from('a').toString('hex')}; return event.request;")},
	} {
		b.Run(row.name, func(b *testing.B) { benchmark(b, row.code, &Env{Store: memory{"a": "/b"}}) })
	}
}

// BenchmarkRunWhole compares the router with the same code in runtimes that are
// set up whole, as if it mentioned every name there is.
func BenchmarkRunWhole(b *testing.B) {
	mention := router(routes(37, nil)...)
	whole := mention + "// console require Date Buffer TextEncoder atob btoa constructor InternalError getOwnPropertyNames"
	var mentioned, all time.Duration
	b.Run("mentioned", func(b *testing.B) { mentioned = benchmark(b, mention, nil) })
	b.Run("whole", func(b *testing.B) {
		if all = benchmark(b, whole, nil); mentioned > 0 {
			b.ReportMetric(float64(all)/float64(mentioned), "times")
		}
	})
}

// BenchmarkRunParallel runs the router on all processors.
func BenchmarkRunParallel(b *testing.B) {
	f, event := compile(b, router(routes(37, nil)...)), browser()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if result := f.Run(b.Context(), event, nil); result.Err != nil {
				b.Error(result.Err)
			}
		}
	})
}
