package edgetest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// stored returns a template with the code on every path of the origin "o", beside
// the origins "a" and "b" and the group "g" of both, and with a key-value store.
func stored(code string) object {
	template := edge(code)
	resources := template["Resources"].(object)
	resources["Edge"].(object)["Properties"].(object)["FunctionConfig"] = object{
		"KeyValueStoreAssociations": []any{object{"KeyValueStoreARN": getAtt("Store", "Arn")}},
	}
	resources["Store"] = object{"Type": "AWS::CloudFront::KeyValueStore"}
	resources["Bucket"] = object{"Type": "AWS::S3::Bucket"}
	config := resources["Dist"].(object)["Properties"].(object)["DistributionConfig"].(object)
	config["Origins"] = append(config["Origins"].([]any),
		object{"Id": "a", "DomainName": getAtt("Bucket", "RegionalDomainName")},
		object{"Id": "b", "DomainName": "b.example.com", "OriginPath": "/base"})
	config["OriginGroups"] = object{"Items": []any{object{"Id": "g", "Members": object{"Items": []any{
		object{"OriginId": "b"}, object{"OriginId": "a"},
	}}}}}
	return template
}

const importing = "import cf from 'cloudfront';\n"

func TestKeyValueStore(t *testing.T) {
	tests := []struct {
		name, body, want string
		reads            int
	}{
		{"get", "return await kvs.get('a');", `"1"`, 1},
		{"get of a text", "return await kvs.get('a', {format: 'string'});", `"1"`, 1},
		{"get of JSON", "return await kvs.get('json', {format: 'json'});", `{"x":[1]}`, 1},
		{"get of bytes", "let b = await kvs.get('euro', {format: 'bytes'}); return [b.length, b[0], b[3]];", "[4,226,33]", 1},
		{"get of nothing", "try { await kvs.get('b'); } catch (error) { return error.message; }", `"the key-value store has no key \"b\""`, 1},
		{"inherited name", "return await kvs.exists('toString');", "false", 1},
		{"exists", "let a = await kvs.exists('a'), b = await kvs.exists('b'); return [a, b];", "[true,false]", 2},
		{"meta", "let m = await kvs.meta(); return m.keyCount;", "3", 0},
		{"in a loop", "let s = ''; for (let i = 0; i < 4; i++) { s += await kvs.get('a'); } return s;", `"1111"`, 4},
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			d := load(t, stored(importing+"const kvs = cf.kvs(); async function value() { "+test.body+` }
				async function handler(event) { let v = await value(); return {statusCode: 200, body: JSON.stringify(v)}; }`))
			d.Store(map[string]string{"a": "1", "json": `{"x": [1]}`, "euro": "€!"})
			got := do(t, engine, d, edgetest.Request{URL: "/"})
			if got.Body != test.want || got.Reads != test.reads {
				t.Errorf("%s: got %s after %d reads, %v; want %s after %d", test.name, got.Body, got.Reads, got.Err, test.want, test.reads)
			}
		}
	})
}

// What one request reads is not counted for another, whichever waits longer.
func TestReadsOfEachRequest(t *testing.T) {
	d := load(t, stored(importing+`async function handler(event) {
		let request = event.request, n = Number(request.uri.slice(1));
		for (let i = 0; i < n; i++) { await cf.kvs().get('a'); }
		if (n > 2) { throw new Error('too many'); }
		return request;
	}`))
	d.Store(map[string]string{"a": "1"})
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		answers, err := d.Do(engine, edgetest.Request{URL: "/2"}, edgetest.Request{URL: "/0"}, edgetest.Request{URL: "/3"}, edgetest.Request{URL: "/1"})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []int{2, 0, 3, 1} {
			if answers[i].Reads != want || (answers[i].Status == 503) != (want == 3) {
				t.Errorf("got %v after %d reads, want %d", answers[i], answers[i].Reads, want)
			}
		}
	})
}

func TestOriginChoice(t *testing.T) {
	tests := []struct {
		name, call string
		want       string // origin, uri and group; or part of the error
		settings   string
	}{
		{"none", "", "origin.example.com /x []", "null"},
		{"other", "cf.selectRequestOriginById('b');", "b.example.com /base/x []", "null"},
		{"bucket", "cf.selectRequestOriginById('a', {hostHeader: 'h'});", "Bucket /x []", `{"hostHeader":"h"}`},
		{"last call", "cf.selectRequestOriginById('a'); cf.selectRequestOriginById('b');", "b.example.com /base/x []", "null"},
		{
			"group", "cf.createRequestOriginGroup({originIds: [{originId: 'b'}, {originId: 'a'}], failoverCriteria: {statusCodes: [500, 503]}});",
			"b.example.com /base/x [b.example.com Bucket]", "null",
		},
		{
			"update", "cf.updateRequestOrigin({domainName: 'n.example.com', originPath: '/n', customHeaders: {}});",
			"n.example.com /n/x []", `{"customHeaders":{},"domainName":"n.example.com","originPath":"/n"}`,
		},
		{"inherited", "cf.updateRequestOrigin({hostHeader: 'h'});", "origin.example.com /x []", `{"hostHeader":"h"}`},

		{"no such origin", "cf.selectRequestOriginById('c');", `no origin "c", it has ["o","a","b"]`, ""},
		{"group by id", "cf.selectRequestOriginById('g');", `no origin "g"`, ""},
		{"no id", "cf.selectRequestOriginById();", "no origin", ""},
		{"overrides", "cf.selectRequestOriginById('a', 'h');", `"h"`, ""},
		{"one twice", "cf.createRequestOriginGroup({originIds: [{originId: 'a'}, {originId: 'a'}], failoverCriteria: {statusCodes: [500]}});", "two origins", ""},
		{"criteria", "cf.createRequestOriginGroup({originIds: [{originId: 'a'}, {originId: 'b'}]});", "Error", ""},
		{"status", "cf.createRequestOriginGroup({originIds: [{originId: 'a'}, {originId: 'b'}], failoverCriteria: {statusCodes: [200]}});", "[200]", ""},
		{"update of nothing", "cf.updateRequestOrigin('n.example.com');", "n.example.com", ""},
		{"domain no text", "cf.updateRequestOrigin({domainName: 5});", "domainName", ""},
		{"no store", "cf.kvs();", "no key-value store is associated", ""},
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			template := stored(importing + handler(test.call+" return event.request;"))
			delete(template["Resources"].(object)["Edge"].(object)["Properties"].(object), "FunctionConfig")
			got := do(t, engine, load(t, template), edgetest.Request{URL: "/x"})
			if test.settings == "" {
				if got.Status != 503 || !strings.Contains(got.Err.Error(), test.want) {
					t.Errorf("%s: got %v, want 503 with %q", test.name, got, test.want)
				}
				continue
			}
			settings, _ := json.Marshal(got.OriginSettings)
			if has := fmt.Sprint(got.Origin, " ", got.URI, " ", got.Group); has != test.want || string(settings) != test.settings {
				t.Errorf("%s: got %s, %s, %v; want %s, %s", test.name, has, settings, got.Err, test.want, test.settings)
			}
		}
	})
}

// The choice of one request is not that of the next.
func TestOriginChoiceOfEachRequest(t *testing.T) {
	d := load(t, stored(importing+handler("if (event.request.uri === '/a') { cf.selectRequestOriginById('a'); } return event.request;")))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		answers, err := d.Do(engine, edgetest.Request{URL: "/a"}, edgetest.Request{URL: "/b"})
		if err != nil {
			t.Fatal(err)
		}
		if answers[0].Origin != "Bucket" || answers[1].Origin != "origin.example.com" {
			t.Errorf("got %v", answers)
		}
	})
}

func TestImport(t *testing.T) {
	tests := []struct{ name, code, want string }{
		{"squeezed", "import cf from'cloudfront';var a=cf.kvs;" + handler("return typeof a;"), "function"},
		{"after a comment", "// a\nimport cf from \"cloudfront\"\n" + handler("return typeof cf.kvs;"), "function"},
		{"other name", "import edge from 'cloudfront';" + handler("return typeof edge.selectRequestOriginById;"), "function"},
		{"unknown", "import x from 'nothing';" + handler("return '';"), "nothing"},
		{"not imported", handler("return typeof cf;"), "undefined"},
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			got := do(t, engine, load(t, edge(test.code)), edgetest.Request{URL: "/"})
			if got.Err == nil || !strings.Contains(got.Err.Error(), test.want) {
				t.Errorf("%s: got %v, want an error with %q", test.name, got, test.want)
			}
		}
	})
}

// A handler that never comes back does not keep others from their turn.
func TestNeverSettledAmongOthers(t *testing.T) {
	d := load(t, edge(handler("return event.request.uri === '/never' ? new Promise(function () {}) : event.request;")))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		urls := []string{"/a", "/never", "/b", "/never", "/c"}
		var requests []edgetest.Request
		for _, url := range urls {
			requests = append(requests, edgetest.Request{URL: url})
		}
		answers, err := d.Do(engine, requests...)
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range answers {
			if never := urls[i] == "/never"; (a.Status == 503) != never || !never && a.URI != urls[i] {
				t.Errorf("%s: got %v", urls[i], a)
			}
		}
	})
}

func TestRequestID(t *testing.T) {
	d := load(t, edge(handler("return {statusCode: 200, body: event.context.requestId};")))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		var seen []string
		for range 2 {
			answers, err := d.Do(engine, edgetest.Request{URL: "/"}, edgetest.Request{URL: "/"})
			if err != nil {
				t.Fatal(err)
			}
			seen = append(seen, answers[0].Body, answers[1].Body)
		}
		slices.Sort(seen)
		if n := len(slices.Compact(slices.Clone(seen))); n != 4 || seen[0] == "" {
			t.Errorf("got %q, want four ids", seen)
		}
	})
}

func TestQuery(t *testing.T) {
	policy := object{"Type": "AWS::CloudFront::CachePolicy", "Properties": object{"CachePolicyConfig": object{
		"ParametersInCacheKeyAndForwardedToOrigin": object{"QueryStringsConfig": object{"QueryStringBehavior": "allExcept", "QueryStrings": []any{"z"}}},
	}}}
	tests := []struct{ name, body, want, key string }{
		{"untouched", "", "b=2&z=&a=1&b=%20&c", "/?b=2&a=1&b=%20&c"},
		{"text", "r.querystring = 'c&b=2&z=1&a=1&b=3';", "c&b=2&z=1&a=1&b=3", "/?c&b=2&a=1&b=3"},
		{"empty text", "r.querystring = '';", "", "/"},
		{"object", "r.querystring.a = {value: '3'};", "a=3&b=2&b=%20&c=&z=", "/?a=3&b=2&b=%20&c="},
		{"first of several", "r.querystring.b.value = '7';", "a=1&b=7&b=%20&c=&z=", "/?a=1&b=7&b=%20&c="},
		{"several", "r.querystring.b.multiValue = [{value: '8'}];", "a=1&b=8&c=&z=", "/?a=1&b=8&c="},
		{"removed", "delete r.querystring.b; delete r.querystring.z;", "a=1&c=", "/?a=1&c="},
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			template := edge(handler(set + test.body + " return r;"))
			resources := template["Resources"].(object)
			resources["Policy"] = policy
			config := resources["Dist"].(object)["Properties"].(object)["DistributionConfig"].(object)
			config["DefaultCacheBehavior"].(object)["CachePolicyId"] = object{"Ref": "Policy"}
			got := do(t, engine, load(t, template), edgetest.Request{URL: "/?b=2&z=&a=1&b=%20&c"})
			if got.Query != test.want || got.CacheKey != test.key {
				t.Errorf("%s: got %s, cached as %s, %v; want %s, %s", test.name, got.Query, got.CacheKey, got.Err, test.want, test.key)
			}
		}
	})
}
