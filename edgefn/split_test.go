package edgefn_test

import (
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// canary is a split among destinations, each named by its key, with a cookie.
func canary(weights ...float64) edgefn.Split {
	s := edgefn.Split{ID: "canary", Weights: weights, Cookie: "canary", MaxAge: 3600}
	for i := range weights {
		s.Destinations = append(s.Destinations, edgefn.Destination{Key: fmt.Sprint(i)})
	}
	return s
}

func splitting(s edgefn.Split) edgefn.Table {
	return edgefn.Table{Routes: []edgefn.Route{{Path: "/a", Strip: "/a", Split: &s}, prefix("/plain")}}
}

// pointed is a request with a point in its cookie.
func pointed(point string) edgetest.Request {
	return edgetest.Request{URL: "/a/x", Headers: map[string]string{"cookie": "canary=" + point}}
}

// led are the numbers of the destinations that requests were led to.
func led(t testing.TB, engine edgetest.Engine, d *edgetest.Distribution, requests ...edgetest.Request) []int {
	t.Helper()
	var out []int
	for _, answer := range send(t, engine, d, requests...) {
		number, err := strconv.Atoi(answer.Headers[edgefn.RouteHeader])
		if err != nil || answer.URI != "/x" || answer.Reads != 1 {
			t.Fatalf("got %s with %d reads of the store, want one of the destinations with one", outcome(answer), answer.Reads)
		}
		out = append(out, number)
	}
	return out
}

// fresh is a number of viewers without a cookie.
func fresh(n int) []edgetest.Request {
	requests := make([]edgetest.Request, n)
	for i := range requests {
		requests[i].URL = "/a/x"
	}
	return requests
}

func TestSplitByCookie(t *testing.T) {
	tests := []struct {
		weights []float64
		points  map[string]int // the destination of each
	}{
		{[]float64{90, 10}, map[string]int{"0": 0, "0.0000": 0, "45.5": 0, "89.9999": 0, "90": 1, "90.0000": 1, "99.999999999": 1}},
		{[]float64{100, 0}, map[string]int{"0": 0, "50": 0, "99.9999": 0, "99.999999999": 0}},
		{[]float64{0, 100}, map[string]int{"0": 1, "0.000000001": 1, "50": 1, "99.9999": 1}},
		{[]float64{0, 1, 0, 1, 0}, map[string]int{"0": 1, "49.9999": 1, "50": 3, "99.999999999": 3}},
		{[]float64{1, 1, 1}, map[string]int{"0": 0, "33.3333": 0, "33.3334": 1, "66.6666": 1, "66.6667": 2, "99.9999": 2}},
		{[]float64{0.1, 0.2, 0}, map[string]int{"33.3333": 0, "33.3334": 1, "99.999999999": 1}},
		{[]float64{1e-9, 999_999_999}, map[string]int{"0": 0, "0.0001": 1, "99.9999": 1}},
		{[]float64{100.0 / 3, 200.0 / 3}, map[string]int{"33.3333": 0, "33.3334": 1}},
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			d := deployed(t, composed(t, splitting(canary(test.weights...))))
			points := slices.Sorted(maps.Keys(test.points))
			var requests []edgetest.Request
			for _, point := range points {
				requests = append(requests, pointed(point))
			}
			for i, got := range led(t, engine, d, requests...) {
				if want := test.points[points[i]]; got != want {
					t.Errorf("%v: the point %s leads to %d, want %d", test.weights, points[i], got, want)
				}
			}
		}
	})
}

// A weight of 0 is no request at all and the whole weight every one, whatever
// viewers send.
func TestSplitExact(t *testing.T) {
	requests := fresh(200)
	for _, point := range []string{
		"", "0", "99.9999", "99.999999999", "99.9999999999999999999", "100", "100.0", "-1", "-0", "+1", "1e1", "1e-7", "Infinity", "NaN", "0x10", "1,5", " 5", "5 ",
		"true", "[]", "٣", "1.", ".5", "99.", "007", strings.Repeat("9", 400), "%31", "\"5\"",
	} {
		requests = append(requests, pointed(point))
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for only := range 3 {
			weights := make([]float64, 3)
			weights[only] = 7
			d := deployed(t, composed(t, splitting(canary(weights...))))
			for i, got := range led(t, engine, d, requests...) {
				if got != only {
					t.Errorf("%v: %v led to %d", weights, requests[i].Headers, got)
				}
			}
		}
	})
}

// A viewer stays where the first request led.
func TestSplitSticks(t *testing.T) {
	d := deployed(t, composed(t, splitting(canary(1, 1))))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		answers := send(t, engine, d, fresh(50)...)
		var again []edgetest.Request
		for _, answer := range answers {
			// What the response function makes the cookie of.
			again = append(again, pointed(strings.Split(answer.Headers[edgefn.RespondHeader], ";")[2]))
		}
		for i, number := range led(t, engine, d, again...) {
			if first := answers[i].Headers[edgefn.RouteHeader]; fmt.Sprint(number) != first {
				t.Errorf("%v led to %d, and to %s before", again[i].Headers, number, first)
			}
		}
	})
}

func TestSplitCookie(t *testing.T) {
	session := canary(1, 1)
	session.MaxAge = 0
	for want, s := range map[string]edgefn.Split{
		"Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Lax": canary(1, 1),
		"Path=/; Secure; HttpOnly; SameSite=Lax":               session,
	} {
		d := deployed(t, composed(t, splitting(s)))
		eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
			for name, request := range map[string]edgetest.Request{"new": {URL: "/a/x"}, "nonsense": pointed("x; Domain=example.com")} {
				got := respond(t, engine, d, request, edgetest.OriginResponse{}).Cookies["canary"]
				if len(got) != 1 || got[0].Attributes != want {
					t.Fatalf("%s: got the cookie %v, want one with %s", name, got, want)
				}
				if point, err := strconv.ParseFloat(got[0].Value, 64); err != nil || point < 0 || point >= 100 {
					t.Errorf("%s: got the point %q, want a number below 100", name, got[0].Value)
				}
			}
			for name, request := range map[string]edgetest.Request{"known": pointed("12.5"), "another route": {URL: "/plain"}} {
				if got := respond(t, engine, d, request, edgetest.OriginResponse{}).Cookies; len(got) > 0 {
					t.Errorf("%s: got the cookies %v, want none", name, got)
				}
			}
		})
	}
}

// The weights in the store are those that count, if they make sense.
func TestSplitStore(t *testing.T) {
	program := composed(t, splitting(canary(90, 10)))
	if want := (edgefn.Entry{Key: "weights/canary", Value: "90,10"}); len(program.Entries) != 1 || program.Entries[0] != want {
		t.Fatalf("the entries are %v, want %v", program.Entries, want)
	}
	d := deployed(t, program)
	const declared = 90.0
	tests := map[string]float64{ // where the second destination begins
		"90,10": 90, "50,50": 50, "1,1": 50, "3,1": 75, "100,0": 100, "0,100": 0, "0,1": 0, "0.5,0.5": 50, "25, 75": 25, " 25,75": 25, "000025,75": 25,
		"25 , 75": 25, "25,75\n": 25, "25,75\r\n": 25, "\n\t25\t,\t75 ": 25, "25,\n75": 25,

		"": declared, "50": declared, "50,50,0": declared, "50;50": declared, "0,0": declared, "-1,101": declared, "101,-1": declared, "a,b": declared, "50,": declared,
		",50": declared, "50,50,": declared, "NaN,1": declared, "Infinity,1": declared, "1e5,1": declared, "0x1,1": declared, "50%,50%": declared, "[50,50]": declared,
		"1 1,1": declared, "1.,1": declared, ".5,.5": declared, strings.Repeat("9", 400) + ",1": declared, "on": declared, "50,50\n50,50": declared,
	}
	points := []float64{0, 12.5, 24.9999, 25, 49.9999, 50, 74.9999, 75, 89.9999, 90, 99.9999}
	var requests []edgetest.Request
	for _, point := range points {
		requests = append(requests, pointed(fmt.Sprint(point)))
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		check := func(name string, begin float64) {
			for i, got := range led(t, engine, d, requests...) {
				if (got == 1) != (points[i] >= begin) {
					t.Errorf("%s: the point %v leads to %d, want the second destination to begin at %v", name, points[i], got, begin)
				}
			}
		}
		for value, begin := range tests {
			d.Store(map[string]string{"weights/canary": value})
			check(strconv.Quote(value), begin)
		}
		d.Store(nil)
		check("no value", declared)
	})
}

// When weights change, a viewer moves only if another destination has come to lie
// over the viewer's point.
func TestSplitMoves(t *testing.T) {
	d := deployed(t, composed(t, splitting(canary(90, 10))))
	var requests []edgetest.Request
	for point := range 100 {
		requests = append(requests, pointed(fmt.Sprint(point)))
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		var before []int
		for _, share := range []int{100, 90, 60, 25, 0} {
			d.Store(map[string]string{"weights/canary": fmt.Sprintf("%d,%d", share, 100-share)})
			now := led(t, engine, d, requests...)
			for point := range now {
				if moved := before != nil && now[point] != before[point]; (now[point] == 1) != (point >= share) || moved && now[point] == 0 {
					t.Errorf("%d%%: the point %d leads to %d", share, point, now[point])
				}
			}
			before = now
		}
	})
}

// deviation is by how many standard deviations a count is off what a share of n
// independent viewers would be.
func deviation(count, n int, share float64) float64 {
	return math.Abs(float64(count)-float64(n)*share) / math.Sqrt(float64(n)*share*(1-share))
}

// New viewers are spread by the weights. That a count is six standard deviations
// off happens once in five hundred million times.
func TestSplitDistribution(t *testing.T) {
	const n = 1500
	weights := []float64{70, 20, 10}
	d := deployed(t, composed(t, splitting(canary(weights...))))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		counts := make([]int, len(weights))
		for _, number := range led(t, engine, d, fresh(n)...) {
			counts[number]++
		}
		for i, count := range counts {
			if off := deviation(count, n, weights[i]/100); off > 6 {
				t.Errorf("%d of %d viewers were led to the destination with %v%%, which is %.1f standard deviations off", count, n, weights[i], off)
			}
		}
	})
}

// byHeader is a split by a header. goja knows no crypto module.
func byHeader(t *testing.T, id string, weights ...float64) (edgetest.Engine, *edgetest.Distribution) {
	t.Helper()
	s := canary(weights...)
	s.ID, s.Cookie, s.Header = id, "", "x-user"
	d := deployed(t, composed(t, splitting(s)))
	for _, engine := range edgetest.Engines(t) {
		if engine.Name() != edgetest.Goja().Name() {
			return engine, d
		}
	}
	t.Skip("no engine has the crypto module")
	return nil, nil
}

func user(name string) edgetest.Request {
	return edgetest.Request{URL: "/a/x", Headers: map[string]string{"x-user": name}}
}

// pointOf is the point of a user, in Go.
func pointOf(id, name string) float64 {
	sum := md5.Sum([]byte(id + " " + name))
	return float64(binary.BigEndian.Uint32(sum[:])) * 100 / (1 << 32)
}

func TestSplitByHeader(t *testing.T) {
	names := []string{"x", "0", "user", "Ünïcödé", strings.Repeat("token", 300), "a,b", "a b"}
	for i := range 2000 {
		names = append(names, fmt.Sprintf("user%d", i))
	}
	requests := make([]edgetest.Request, len(names))
	for i, name := range names {
		requests[i] = user(name)
	}
	weights := []float64{10, 20, 30, 40}
	engine, d := byHeader(t, "blue", weights...)
	counts := make([]int, len(weights))
	for i, got := range led(t, engine, d, requests...) {
		counts[got]++
		want, end := 0, weights[0]
		for pointOf("blue", names[i]) >= end {
			want++
			end += weights[want]
		}
		if got != want {
			t.Errorf("%.20q is led to %d, want %d", names[i], got, want)
		}
	}
	for i, count := range counts {
		if off := deviation(count, len(names), weights[i]/100); off > 4 { // the names are the same in every run
			t.Errorf("%d of %d users were led to the destination with %v%%, which is %.1f standard deviations off", count, len(names), weights[i], off)
		}
	}
}

// Users without the header are spread without one, and are not all in one place.
func TestSplitWithoutHeader(t *testing.T) {
	const n = 400
	engine, d := byHeader(t, "blue", 50, 50)
	seconds := 0
	for _, number := range led(t, engine, d, fresh(n)...) {
		seconds += number
	}
	if off := deviation(seconds, n, 0.5); off > 6 {
		t.Errorf("%d of %d requests were led to the second destination, which is %.1f standard deviations off", seconds, n, off)
	}
}

// Those that one split leads to its canary are not those of the next one.
func TestSplitsAreIndependent(t *testing.T) {
	const n = 2000
	both := 0
	for i := range n {
		name := fmt.Sprintf("user%d", i)
		if pointOf("blue", name) < 10 && pointOf("green", name) < 10 {
			both++
		}
	}
	if off := deviation(both, n, 0.01); off > 4 {
		t.Errorf("%d of %d users are in both canaries, which is %.1f standard deviations off", both, n, off)
	}
	requests := make([]edgetest.Request, 100)
	for i := range requests {
		requests[i] = user(fmt.Sprintf("user%d", i))
	}
	engine, blue := byHeader(t, "blue", 50, 50)
	_, green := byHeader(t, "green", 50, 50)
	if a, b := led(t, engine, blue, requests...), led(t, engine, green, requests...); fmt.Sprint(a) == fmt.Sprint(b) {
		t.Errorf("two splits lead the same users to the same destinations: %v", a)
	}
}

// Each destination is as if the route led there alone: nothing of another one is
// left in what it does not set.
func TestSplitDestinations(t *testing.T) {
	destinations := []edgefn.Destination{
		{Forwards: true},
		{Key: "k", Origin: "other", Index: pointer("index.html")},
		{Key: "k2", Index: pointer(""), Documents: &edgefn.Documents{Fallback: "/app.html"}},
		{Origin: "third", Forwards: true, Plain: true},
		{Methods: "GET HEAD"},
		{Key: "k3", Unique: true},
		{Key: "k4", Documents: &edgefn.Documents{Content: []string{"/a.js"}, NotFound: "/lost"}},
	}
	s := edgefn.Split{ID: "s", Cookie: "canary", Destinations: destinations, Weights: []float64{1, 1, 1, 1, 1, 1, 1}}
	together := deployed(t, composed(t, splitting(s)), "other", "third")
	for i, destination := range destinations {
		alone := deployed(t, composed(t, edgefn.Table{Routes: []edgefn.Route{{Path: "/a", Strip: "/a", Destination: destination}, prefix("/plain")}}), "other", "third")
		eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
			var requests []edgetest.Request
			for _, url := range []string{"/a", "/a/", "/a/x", "/a/x/", "/a/a.js"} {
				for _, method := range []string{"GET", "POST"} {
					requests = append(requests, edgetest.Request{Method: method, URL: url + "?q=1", Headers: map[string]string{
						"cookie": fmt.Sprintf("canary=%f", (float64(i)+0.5)*100/float64(len(destinations))), "forwarded": "x", "origin": "https://a.example",
					}})
				}
			}
			got, want := send(t, engine, together, requests...), send(t, engine, alone, requests...)
			for j := range requests {
				if got, want := withoutChance(destination, got[j]), withoutChance(destination, want[j]); got != want {
					t.Errorf("destination %d, %v: got %s, and alone %s", i, requests[j], got, want)
				}
			}
		})
	}
}

// withoutChance is what becomes of a request, without what no two have in common.
func withoutChance(d edgefn.Destination, a edgetest.Answer) string {
	delete(a.Headers, edgefn.RespondHeader)
	if d.Unique {
		delete(a.Headers, edgefn.RouteHeader)
	}
	return fmt.Sprint(outcome(a), a.Origin, a.Query, a.Headers)
}

// The bare prefix of object stores is redirected if the prefix is kept.
func TestSplitOfStores(t *testing.T) {
	s := canary(1, 1)
	for i := range s.Destinations {
		s.Destinations[i].Index = pointer("index.html")
	}
	stores := deployed(t, composed(t, edgefn.Table{Routes: []edgefn.Route{{Path: "/a", Split: &s}}}))
	mixed := canary(1, 1)
	mixed.Destinations[0].Index = pointer("index.html")
	some := deployed(t, composed(t, edgefn.Table{Routes: []edgefn.Route{{Path: "/a", Split: &mixed}}}))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		if got := outcome(send(t, engine, stores, edgetest.Request{URL: "/a"})[0]); got != "308 /a/" {
			t.Errorf("got %s, want a redirect to /a/", got)
		}
		for _, answer := range send(t, engine, some, pointedAt("/a", "10"), pointedAt("/a", "90")) {
			if answer.URI != "/a" {
				t.Errorf("got %s, want /a as it was asked for", outcome(answer))
			}
		}
	})
}

func pointedAt(url, point string) edgetest.Request {
	r := pointed(point)
	r.URL = url
	return r
}

// Routes can share a split, but not an id for two of them.
func TestSplitsOfOneID(t *testing.T) {
	a, b, other := canary(90, 10), canary(90, 10), canary(80, 20)
	b.Destinations = []edgefn.Destination{{Key: "2"}, {Key: "3"}}
	table := edgefn.Table{Routes: []edgefn.Route{{Path: "/a", Strip: "/a", Split: &a}, {Path: "/b", Strip: "/b", Split: &b}, {Path: "/c", Strip: "/c", Split: &a}}}
	program := composed(t, table)
	if len(program.Entries) != 1 {
		t.Errorf("the entries are %v, want one", program.Entries)
	}
	d := deployed(t, program)
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for url, want := range map[string]int{"/a/x": 1, "/b/x": 3, "/c/x": 1} {
			if got := led(t, engine, d, pointedAt(url, "95"))[0]; got != want {
				t.Errorf("%s led to %d, want %d", url, got, want)
			}
		}
	})
	table.Routes[1].Split = &other
	if _, err := edgefn.Compose(table); err == nil || !strings.Contains(err.Error(), `"canary", one with the weights 90,10 and one with 80,20`) {
		t.Errorf("two splits with the id canary: got %v", err)
	}
}

func TestSplitCheck(t *testing.T) {
	edit := func(change func(*edgefn.Split)) edgefn.Split {
		s := canary(90, 10)
		change(&s)
		return s
	}
	tests := []struct {
		split edgefn.Split
		want  string // part of the message, "" for none
	}{
		{canary(90, 10), ""},
		{canary(1, 0, 0), ""},
		{edit(func(s *edgefn.Split) { s.Cookie, s.Header = "", "x-user" }), ""},
		{edit(func(s *edgefn.Split) { s.MaxAge = 0 }), ""},
		{edit(func(s *edgefn.Split) { s.ID = "" }), `the id ""`},
		{edit(func(s *edgefn.Split) { s.ID = "a b" }), `the id "a b"`},
		{edit(func(s *edgefn.Split) { s.ID = "a/b" }), `the id "a/b"`},
		{edit(func(s *edgefn.Split) { s.ID = strings.Repeat("a", 65) }), "1 to 64"},
		{canary(), "0 destinations"},
		{canary(100), "1 destinations"},
		{edit(func(s *edgefn.Split) { s.Weights = []float64{1} }), "1 weights for 2 destinations"},
		{canary(0, 0), "add up to 0"},
		{canary(-1, 2), "the weight -1 as number 1"},
		{canary(1, math.NaN()), "the weight NaN as number 2"},
		{canary(1, math.Inf(1)), "the weight +Inf as number 2"},
		{canary(1, math.Inf(-1)), "the weight -Inf as number 2"},
		{canary(1, 1e-10), "the weight 1e-10"},
		{canary(1, 1e10), "the weight 1e+10"},
		{edit(func(s *edgefn.Split) { s.Cookie = "" }), "neither a cookie nor a header"},
		{edit(func(s *edgefn.Split) { s.Header = "x-user" }), `both the cookie "canary" and the header "x-user"`},
		{edit(func(s *edgefn.Split) { s.Cookie = "a;b" }), `the cookie "a;b"`},
		{edit(func(s *edgefn.Split) { s.Cookie = "a=b" }), `the cookie "a=b"`},
		{edit(func(s *edgefn.Split) { s.MaxAge = -1 }), "-1 seconds"},
		{edit(func(s *edgefn.Split) { s.Cookie, s.Header = "", "X-User" }), `the header "X-User"`},
		{edit(func(s *edgefn.Split) { s.Cookie, s.Header = "", "cookie" }), "name a cookie"},
		{edit(func(s *edgefn.Split) { s.Cookie, s.Header = "", "connection" }), `the header "connection"`},
	}
	for _, test := range tests {
		switch err := test.split.Check(); {
		case test.want == "" && err != nil:
			t.Errorf("%+v: got %v, want nothing", test.split, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%+v: got %v, want %q", test.split, err, test.want)
		}
	}
}
