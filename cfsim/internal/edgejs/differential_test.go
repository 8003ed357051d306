package edgejs

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// samples are functions of the kinds that people write, which have to do the same
// under njs as here, whatever they are sent.
var samples = map[string]string{
	"router":            router(routes(37, nil)...),
	"router of stores":  router(append(routes(5, ptr("index.html")), edgefn.Route{Kind: edgefn.Glob, Path: "/img/*.png", Destination: edgefn.Destination{Key: "k"}})...),
	"router of globs":   router(edgefn.Route{Kind: edgefn.Glob, Path: "/a*b?c", Strip: "/a", Destination: edgefn.Destination{Forwards: true}}, edgefn.Route{Kind: edgefn.Exact, Path: "/x"}, edgefn.Route{Path: "/a"}),
	"index document":    handler(`var r = event.request; if (r.uri.endsWith('/')) r.uri += 'index.html'; else if (!r.uri.includes('.')) r.uri += '/index.html'; return r;`),
	"redirect":          handler(`var h = event.request.headers.host.value; if (h.startsWith('www.')) return event.request; return {statusCode: 301, statusDescription: 'Moved', headers: {location: {value: 'https://www.' + h + event.request.uri}}};`),
	"untouched":         handler(`return event.request;`),
	"copy of the event": handler(`return JSON.parse(JSON.stringify(event));`),
	"request by parts":  handler(`var r = event.request; return {method: r.method, uri: r.uri, querystring: r.querystring, headers: r.headers, cookies: r.cookies};`),
	"assigned request":  handler(`return Object.assign({}, event.request, {uri: '/x'});`),
	"raw query":         handler(`var q = event.request.rawQueryString(); return {value: q, type: typeof q, has: 'rawQueryString' in event.request};`),
	"sorted query": handler(`
		var q = event.request.querystring, names = Object.keys(q).sort(), parts = [];
		for (var i = 0; i < names.length; i++) {
			var p = q[names[i]];
			(p.multiValue || [p]).forEach(function (v) { parts.push(names[i] + '=' + encodeURIComponent(v.value)); });
		}
		return {query: parts.join('&'), count: names.length};`),
	"headers by loop": handler(`
		var h = event.request.headers, out = {};
		for (var name in h) {
			if (name.indexOf('x-') === 0) { delete h[name]; continue; }
			out[name.toUpperCase()] = h[name].multiValue ? h[name].multiValue.map(function (v) { return v.value.trim(); }) : h[name].value.length;
		}
		h['x-new'] = {value: 'é' + Object.keys(out).length};
		h.host.value += ':80';
		return {out: out, headers: h, gone: h['x-a'] === undefined, own: h.hasOwnProperty('host')};`),
	"cookies": handler(`
		var c = event.request.cookies, id = c.id && c.id.value || 'none';
		if (!c.group) c.group = {value: id < 'm' ? 'a' : 'b'};
		delete c.id;
		return {cookies: c, id: id, json: JSON.stringify(c.group)};`),
	"patterns": handler(`
		var u = event.request.uri, m = /^\/([a-z]{2})(?:-([A-Z]{2}))?(\/.*)?$/.exec(u);
		return {
			lang: m && m[1], country: m && m[2], rest: m ? m[3] : u.replace(/\/+/g, '/'),
			parts: u.split('/'), numbers: (u.match(/\d+/g) || []).length, last: u.slice(u.lastIndexOf('/') + 1), hidden: /(^|\/)\.(?!well-known)/.test(u),
			lower: u.toLowerCase(), first: u.charAt(1), code: u.charCodeAt(1), sub: u.substring(3, 1), padded: u.padEnd(6, '-'),
		};`),
	"escapes": handler(`
		var u = event.request.uri, r = {encoded: encodeURI(u), component: encodeURIComponent(u)};
		try { r.decoded = decodeURIComponent(u); } catch (e) { r.error = e.name; }
		return r;`),
	"query module": "var qs = require('querystring');\n" + handler(`
		var raw = event.request.rawQueryString() || '', q = qs.parse(raw), names = Object.keys(q).sort();
		return {q: q, again: names.map(function (n) { var o = {}; o[n] = q[n]; return qs.stringify(o); })};`),
	"signature": "var crypto = require('crypto');\n" + handler(`
		var u = event.request.uri;
		var mac = crypto.createHmac('sha256', 'secret').update(u).digest('base64url');
		return {mac: mac, md5: crypto.createHash('md5').update(u).digest('hex'), bytes: Buffer.from(u).length, back: Buffer.from(Buffer.from(u).toString('base64'), 'base64').toString() === u};`),
	"async": `async function last(list) { return list[list.length - 1]; }
		async function handler(event) {
			var parts = event.request.uri.split('/'), end = await last(parts);
			try { await Promise.reject(new Error(end)); } catch (e) { end = e.message; }
			return {end: end, all: await Promise.all([1, last(parts)]), settled: (await Promise.allSettled([Promise.reject(1)]))[0].status};
		}`,
	"arrows and templates": "const twice = (...list) => list.map(x => `${x}${x}`);\nlet count = 0;\n" + handler("count++; const r = event.request; return {list: twice(r.method, r.uri), method: `<${r.method}>`, count: typeof count};"),
	"throws": handler(`
		if (event.request.method === 'GET') return event.request.headers['x-a'].value;
		if (event.request.method === 'POST') throw new RangeError(event.request.uri);
		return undefined;`),
	"order of properties": handler(`return {query: Object.keys(event.request.querystring).slice(0, 3), cookies: Object.keys(event.request.cookies).slice(0, 3)};`),
}

// routes are the routes of n prefixes and of everything else.
func routes(n int, index *string) []edgefn.Route {
	var routes []edgefn.Route
	for i := range n {
		prefix := fmt.Sprintf("/service%02d", i)
		routes = append(routes, edgefn.Route{Path: prefix, Strip: prefix, Destination: edgefn.Destination{Index: index, Forwards: index == nil}})
	}
	return append(routes, edgefn.Route{Path: "/", Destination: edgefn.Destination{Index: index, Forwards: index == nil}})
}

// router is the viewer-request function for routes.
func router(routes ...edgefn.Route) string {
	program, err := edgefn.Compose(edgefn.Table{Routes: routes})
	if err != nil {
		panic(err)
	}
	return program.Request
}

func ptr[T any](v T) *T { return &v }

// An input is a request.
type input struct {
	method, uri, query string
	hasQuery           bool
	headers            http.Header
	cookie             string
}

// events returns the event of the input for both engines. The header of the
// other has one value only, so further ones are added to it.
func (in input) events() (*Event, edgetest.Event) {
	url := in.uri
	if in.hasQuery {
		url += "?" + in.query
	}
	first := map[string]string{}
	for key, values := range in.headers {
		first[key] = values[0]
	}
	ours := in.headers.Clone()
	ours.Set("Host", edgetest.DefaultHost)
	if in.cookie != "" {
		first["Cookie"] = in.cookie
		ours.Set("Cookie", in.cookie)
	}
	theirs := edgetest.NewEvent(edgetest.Request{Method: in.method, URL: url, Headers: first})
	for i, f := range theirs.Request.Headers {
		theirs.Request.Headers[i].Values = ours[http.CanonicalHeaderKey(f.Name)]
	}
	return &Event{
		Type: theirs.Context.EventType, DistributionDomain: theirs.Context.DistributionDomainName,
		DistributionID: theirs.Context.DistributionID, RequestID: theirs.Context.RequestID, ViewerIP: theirs.Viewer.IP,
		Request: Request{Method: in.method, URI: in.uri, RawQuery: in.query, HasQuery: in.hasQuery, Header: ours},
	}, theirs
}

// plain drops what njs is known to see otherwise: characters beyond the Basic
// Multilingual Plane.
func plain(s string) string {
	return strings.Map(func(c rune) rune {
		if c > 0xffff || c == utf8.RuneError {
			return -1
		}
		return c
	}, s)
}

// pieces are what random inputs are made of.
var pieces = []string{
	"/", "/", "/service03", "/service03/", "a", "b", "en", "en-US", ".", "..", "index.html", ".png", "%2F", "%2e", "%C3%A9", "%", "%zz", "é", "€",
	"\\", " ", "\t", "\x01", "\"", "'", "<", "+", "=", "&", ";", ":", "?", "#", "//", "0", "42", "__proto__", "constructor", "toString", "id", "x", "\u2028", "~", "*", "$&", "$1",
}

func random(r *rand.Rand, most int) string {
	var b strings.Builder
	for range r.IntN(most + 1) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String()
}

func randomInput(r *rand.Rand) input {
	in := input{
		method:   []string{"GET", "HEAD", "POST", "DELETE"}[r.IntN(4)],
		uri:      "/" + strings.ReplaceAll(random(r, 6), "?", ""),
		query:    random(r, 6),
		hasQuery: r.IntN(4) > 0,
		headers:  http.Header{},
		cookie:   random(r, 8),
	}
	if !in.hasQuery {
		in.query = ""
	}
	for range r.IntN(4) {
		key := http.CanonicalHeaderKey([]string{"x-a", "X-B", "accept", "user-agent", "constructor", "x-forwarded-host", "connection", "x-edge-a"}[r.IntN(8)])
		for range 1 + r.IntN(3) {
			in.headers.Add(key, random(r, 3))
		}
	}
	return in
}

// TestSamples runs each function under njs and here with thousands of inputs.
func TestSamples(t *testing.T) {
	engine := njs(t)
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range slices.Sorted(maps.Keys(samples)) {
		inputs := make([]input, 200)
		for i := range inputs {
			inputs[i] = randomInput(random)
		}
		compare(t, engine, name, inputs)
	}
}

// FuzzSamples does so with inputs that the fuzzer makes. Run it with:
//
//	go test ./cfsim/internal/edgejs -run '^$' -fuzz FuzzSamples
func FuzzSamples(f *testing.F) {
	for i, uri := range []string{"/", "/service03/a", "//evil", "/en-US/x", "/%2e%2e/a", "/é", "/.well-known/x"} {
		f.Add(byte(i), "GET", uri, "a=1&b&a=%20", "accept", "text/html", "id=1; group=a")
	}
	names := slices.Sorted(maps.Keys(samples))
	f.Fuzz(func(t *testing.T, which byte, method, uri, query, key, value, cookie string) {
		uri, _, _ = strings.Cut(plain(uri), "?")
		in := input{
			method: plain(method), uri: "/" + uri, query: plain(query), hasQuery: query != "",
			headers: http.Header{}, cookie: plain(cookie),
		}
		if key = http.CanonicalHeaderKey(plain(key)); key != "" && !strings.ContainsFunc(key, unicode.IsUpper) {
			in.headers.Add(key, plain(value))
		}
		compare(t, njs(t), names[int(which)%len(names)], []input{in})
	})
}

func compare(t *testing.T, engine edgetest.Engine, name string, inputs []input) {
	t.Helper()
	f := compile(t, samples[name])
	ours, theirs := make([]*Event, len(inputs)), make([]edgetest.Event, len(inputs))
	for i, in := range inputs {
		ours[i], theirs[i] = in.events()
	}
	want, err := engine.Run(edgetest.Function{Code: samples[name]}, theirs)
	if err != nil {
		t.Fatal(err)
	}
	for i := range inputs {
		got, failed := returned(f, ours[i])
		if difference := differs(got, failed, want[i]); difference != "" {
			text, _ := json.Marshal(theirs[i].Request)
			t.Errorf("%s, given %s: %s", name, text, difference)
			return // the others are probably of the same kind
		}
	}
}
