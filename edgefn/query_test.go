package edgefn_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

func TestQueries(t *testing.T) {
	tracking := edgefn.Query{Deny: edgefn.TrackingParameters}
	pages := edgefn.Query{Allow: []string{"page", "sort", "filter_*"}}
	both := edgefn.Query{Allow: []string{"a*"}, Deny: []string{"ab*", "ac"}}
	tests := []struct {
		rules      edgefn.Query
		sent, want string
	}{
		{tracking, "", ""},
		{tracking, "?", ""},
		{tracking, "?b=2&a=1&utm_source=x", "a=1&b=2"},
		{tracking, "?a=1&b=2", "a=1&b=2"},
		{tracking, "?fbclid=1&utm_&gclid", ""},
		{tracking, "?utm=1&xutm_source=2&gclidx=3&xgclid=4&UTM_SOURCE=5&utn_=6", "UTM_SOURCE=5&gclidx=3&utm=1&utn_=6&xgclid=4&xutm_source=2"},
		{tracking, "?b=2&b=1&a&b&b=2", "a&b=2&b=1&b&b=2"},
		{tracking, "?z&y=&x==&w=%C3%A4+%26&%77=1", "%77=1&w=%C3%A4+%26&x==&y&z"},
		{tracking, "?__proto__=1&constructor=2&toString", "__proto__=1&constructor=2&toString"},
		{tracking, "?10=a&9=b", "10=a&9=b"},
		{tracking, "?=x&&a=1", "=x&a=1"},
		{tracking, "?a='\"\\$&b", "a='\"\\$&b"},
		{pages, "?sort=asc&page=2&q=x&filter_b&filter_a=1&filter=1&Page=3", "filter_a=1&filter_b&page=2&sort=asc"},
		{pages, "?pag=1&ages=2&page%20sort=1&=3", ""},
		{edgefn.Query{Allow: []string{}}, "?a=1&b", ""},
		{edgefn.Query{Allow: []string{}, Deny: []string{"a"}}, "?a=1&b", ""},
		{edgefn.Query{}, "?b&a", "a&b"},
		{edgefn.Query{Deny: []string{"*"}}, "?b&a", ""},
		{edgefn.Query{Allow: []string{"*"}}, "?b&a", "a&b"},
		{edgefn.Query{Allow: []string{`"'`}}, `?"'=1&a`, `"'=1`},
		{both, "?ad=1&ac=2&abc=3&a=4&b", "a=4&ad=1"},
		{both, "?ac%61=1", "ac%61=1"},
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			route := prefix("/")
			route.Query = &test.rules
			d := behind(t, compose(t, []edgefn.Route{route}))
			for _, raw := range []bool{true, false} {
				got := ask(t, engine, d, edgetest.Request{URL: "/a" + test.sent, NoRawQueryString: !raw})
				if got.URI != "/a" || got.Query != test.want {
					t.Errorf("%+v: %s: got %v with query %q, want %q", test.rules, test.sent, got, got.Query, test.want)
				}
			}
		}
	})
}

// Each route has rules of its own, or none.
func TestQueriesOfNeighbours(t *testing.T) {
	a, b, c := prefix("/a"), prefix("/b"), prefix("/c")
	a.Query, b.Query = &edgefn.Query{Allow: []string{"x"}}, &edgefn.Query{Deny: []string{"x"}}
	d := behind(t, compose(t, []edgefn.Route{a, b, c}))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for path, want := range map[string]string{"/a": "x=1", "/b": "y=2", "/c": "y=2&x=1"} {
			if got := ask(t, engine, d, edgetest.Request{URL: path + "?y=2&x=1"}); got.Query != want {
				t.Errorf("%s: got query %q, want %q", path, got.Query, want)
			}
		}
	})
}

// The lists are public: they are read by people, and shown in documents.
func TestTrackingParameters(t *testing.T) {
	names := edgefn.TrackingParameters
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("not sorted, or a name is there twice: %q", names)
	}
	if err := (edgefn.Query{Deny: names}).Check(); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"utm_*", "gclid", "fbclid", "msclkid"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestQueryCheck(t *testing.T) {
	tests := []struct {
		rules edgefn.Query
		want  []string
	}{
		{edgefn.Query{Allow: []string{""}}, []string{"without a name"}},
		{edgefn.Query{Allow: []string{"a=1"}}, []string{`"a=1"`, `'='`, "name alone"}},
		{edgefn.Query{Deny: []string{"?a"}}, []string{`"?a"`, `'?'`}},
		{edgefn.Query{Deny: []string{"a&b"}}, []string{`"a&b"`, `'&'`}},
		{edgefn.Query{Deny: []string{"a b"}}, []string{`"a b"`, `' '`}},
		{edgefn.Query{Deny: []string{"ä"}}, []string{`'ä'`, "as it stands in the url"}},
		{edgefn.Query{Deny: []string{"utm_*_x"}}, []string{`"utm_*_x"`, `write "utm_*"`}},
		{edgefn.Query{Deny: []string{"**"}}, []string{`"**"`, `write "*"`}},
		{edgefn.Query{Allow: []string{"a", "b"}, Deny: []string{"b"}}, []string{`"b"`, "both"}},
	}
	for _, test := range tests {
		err := test.rules.Check()
		for _, part := range test.want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%+v: got error %v, want %q in it", test.rules, err, part)
			}
		}
	}
	for _, rules := range []edgefn.Query{{}, {Allow: []string{}}, {Allow: []string{"a[]", "*"}, Deny: []string{"utm_*", "%20"}}} {
		if err := rules.Check(); err != nil {
			t.Errorf("%+v: %v", rules, err)
		}
	}
}
