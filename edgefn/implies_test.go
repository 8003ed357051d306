package edgefn_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
)

type conditions = []edgefn.Condition

func TestImplies(t *testing.T) {
	tests := []struct {
		a, b conditions
		want bool
	}{
		{nil, nil, true},
		{conditions{cookie("a")}, nil, true},
		{nil, conditions{cookie("a")}, false},
		{conditions{cookie("a", "1")}, conditions{cookie("a", "1")}, true},
		{conditions{cookie("a", "1")}, conditions{cookie("a", "2", "1")}, true},
		{conditions{cookie("a", "1", "2")}, conditions{cookie("a", "1")}, false},
		{conditions{cookie("a", "1")}, conditions{cookie("a")}, true},
		{conditions{cookie("a")}, conditions{cookie("a", "1")}, false},
		{conditions{cookie("a", "1")}, conditions{cookie("b", "1")}, false},
		{conditions{cookie("a", "1")}, conditions{header("a", "1")}, false},
		{conditions{cookie("a", "1"), method("GET")}, conditions{method("GET", "HEAD")}, true},
		{conditions{method("GET", "HEAD")}, conditions{not(method("POST"))}, true},
		{conditions{method("GET", "POST")}, conditions{not(method("POST"))}, false},
		{conditions{not(method("GET", "HEAD"))}, conditions{method("POST", "PUT", "PATCH", "DELETE", "OPTIONS")}, true},
		{conditions{not(method("GET", "HEAD"))}, conditions{method("POST")}, false},
		{conditions{country("DE", "FR"), country("FR", "IT")}, conditions{country("FR")}, true},
		{conditions{country("DE", "FR"), not(country("DE"))}, conditions{country("FR")}, true},
		{conditions{country("DE")}, conditions{not(country("FR")), country()}, true},
		{conditions{not(country())}, conditions{not(country("FR"))}, true},
		{conditions{not(country("FR"))}, conditions{not(country())}, false},
		{conditions{not(country("FR"))}, conditions{country()}, false},
		// A cookie may be there twice.
		{conditions{cookie("a", "1")}, conditions{not(cookie("a", "2"))}, false},
		{conditions{cookie("a", "1", "2"), cookie("a", "2", "3")}, conditions{cookie("a", "2")}, false},
		{conditions{cookie("a", "1", "2"), not(cookie("a", "1"))}, conditions{cookie("a", "2")}, true},
		{conditions{not(cookie("a", "1", "2"))}, conditions{not(cookie("a", "2"))}, true},
		{conditions{not(cookie("a", "1")), not(cookie("a", "2"))}, conditions{not(cookie("a", "2", "1"))}, true},
		{conditions{not(cookie("a"))}, conditions{not(cookie("a", "1"))}, true},
		// Whatever follows from what cannot be.
		{conditions{method("GET"), method("POST")}, conditions{cookie("a")}, true},
		{conditions{cookie("a"), not(cookie("a"))}, conditions{cookie("b")}, true},
		{conditions{cookie("a", "1"), cookie("a", "2")}, conditions{cookie("b")}, false},
	}
	for _, test := range tests {
		if got := edgefn.Implies(test.a, test.b); got != test.want {
			t.Errorf("that %v implies %v is %t, want %t", test.a, test.b, got, test.want)
		}
	}
}

func TestImpossible(t *testing.T) {
	for _, test := range []struct {
		conditions conditions
		want       string
	}{
		{nil, ""},
		{conditions{cookie("a", "1"), cookie("b", "2"), header("a", "3")}, ""},
		{conditions{cookie("a", "1", "2"), cookie("a", "2", "3")}, ""},
		{conditions{cookie("a", "1"), cookie("a", "2")}, `cookie "a" is "1" and cookie "a" is "2" exclude each other`},
		{conditions{cookie("a", "1", "2"), cookie("b"), not(cookie("a", "2", "1", "3"))}, `cookie "a" is "1" or "2" and cookie "a" is not "2" nor "1" nor "3" exclude each other`},
		{conditions{cookie("a"), not(cookie("a"))}, `cookie "a" is there and cookie "a" is missing exclude each other`},
		{conditions{not(cookie("a")), cookie("a", "1")}, `cookie "a" is missing and cookie "a" is "1" exclude each other`},
		{conditions{cookie("a"), not(cookie("a", "1"))}, ""},
		{conditions{not(cookie("a")), not(cookie("a", "1"))}, ""},
		{conditions{header("a", "1"), header("a", "2")}, `header "a" is "1" and header "a" is "2" exclude each other`},
		{conditions{parameter("tag", "1"), parameter("tag", "2")}, ""},
		{conditions{parameter("tag", "1"), not(parameter("tag", "1"))}, `parameter "tag" is "1" and parameter "tag" is not "1" exclude each other`},
		{conditions{method("GET"), not(method("GET"))}, `method is "GET" and method is not "GET" exclude each other`},
		{conditions{method("GET"), method("POST")}, `method is "GET" and method is "POST" exclude each other`},
		{conditions{not(method("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"))}, `method is not "GET" nor "HEAD" nor "OPTIONS" nor "PUT" nor "POST" nor "PATCH" nor "DELETE" is what no request has`},
		{conditions{not(method())}, `method is missing is what no request has`},
		{conditions{country("DE"), country("FR")}, `country is "DE" and country is "FR" exclude each other`},
		{conditions{country("DE", "FR"), not(country("DE")), not(country("FR"))}, `country is not "FR" is excluded by the conditions before it`},
	} {
		if got := edgefn.Impossible(test.conditions); got != test.want {
			t.Errorf("%v: got %q, want %q", test.conditions, got, test.want)
		}
	}
}

// sender is what a request has to do with conditions on the cookies a and b, the
// country and the method.
type sender struct {
	a, b            []string
	country, method string
}

func (v sender) fulfils(c edgefn.Condition) bool {
	sent := v.a
	switch {
	case c.Subject == edgefn.Method:
		sent = []string{v.method}
	case c.Subject == edgefn.Country && v.country == "":
		sent = nil
	case c.Subject == edgefn.Country:
		sent = []string{v.country}
	case c.Name == "b":
		sent = v.b
	}
	holds := slices.ContainsFunc(sent, func(value string) bool { return len(c.Values) == 0 || slices.Contains(c.Values, value) })
	return holds != c.Not
}

// What is said to follow must follow for every request, and what is said to be
// impossible must hold for none that sends a cookie once.
func TestImpliesIsSound(t *testing.T) {
	var senders []sender
	sent := [][]string{nil, {"1"}, {"2"}, {"3"}, {"1", "2"}, {"2", "3"}, {"3", "1", "2"}}
	for _, a := range sent {
		for _, b := range sent {
			for _, country := range []string{"", "DE", "FR", "US"} {
				for _, method := range methods {
					senders = append(senders, sender{a, b, country, method})
				}
			}
		}
	}
	r := randomSource(7)
	implied, impossible := 0, 0
	for range 3000 {
		a, b := randomConditions(r), randomConditions(r)
		implies, reason := edgefn.Implies(a, b), edgefn.Impossible(a)
		for _, v := range senders {
			all := func(list conditions) bool {
				return !slices.ContainsFunc(list, func(c edgefn.Condition) bool { return !v.fulfils(c) })
			}
			if implies && all(a) && !all(b) {
				t.Fatalf("%v does not imply %v: %v", a, b, v)
			}
			if reason != "" && len(v.a) < 2 && len(v.b) < 2 && all(a) {
				t.Fatalf("%v is possible although %s: %v", a, reason, v)
			}
		}
		if implies {
			implied++
		}
		if reason != "" {
			impossible++
		}
	}
	if implied < 100 || impossible < 100 {
		t.Errorf("%d implied and %d impossible are too few to show anything", implied, impossible)
	}
}

func randomConditions(r *rand.Rand) conditions {
	list := make(conditions, 1+r.IntN(3))
	for i := range list {
		values := func(from ...string) []string {
			r.Shuffle(len(from), func(i, j int) { from[i], from[j] = from[j], from[i] })
			return from[:1+r.IntN(2)]
		}
		list[i] = oneOf(r,
			cookie("a", values("1", "2", "3")...), cookie("b", values("1", "2", "3")...), cookie("a"),
			country(values("DE", "FR", "US")...), country(), method(values("GET", "HEAD", "POST")...))
		list[i].Not = r.IntN(2) == 0
	}
	return list
}
