package edgefn_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

func BenchmarkCompose(b *testing.B) {
	for _, n := range []int{37, 5000} {
		table := edgefn.Table{Routes: prefixes(n, selectedOrigin), Store: true}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				composed(b, table)
			}
		})
	}
}

// selectedOrigin is a route to one of fifty origins of a distribution.
func selectedOrigin(path string) edgefn.Route {
	r := customOrigin(path)
	sum := 0
	for _, c := range path {
		sum = sum*7 + int(c)
	}
	r.Origin = fmt.Sprintf("function:Shop|%s%02d", []string{"Orders", "Users", "Billing", "Reports"}[sum%4], sum%50)
	return r
}

// asManyAsFit is the number of routes that a function holds.
func asManyAsFit(b testing.TB, route func(path string) edgefn.Route) int {
	n := 0
	for step := 1024; step > 0; step /= 2 {
		if program := composed(b, edgefn.Table{Routes: prefixes(n+step, route)}); len(program.Request) <= edgefn.MaxBytes {
			n += step
		}
	}
	return n
}

// A measured is a row of the table that [BenchmarkInstructions] prints.
type measured struct {
	name         string
	program      edgefn.Program
	routes       []edgefn.Route // to send requests to
	instructions float64        // of a request
	reads        int            // of the key-value store, at most
}

// BenchmarkInstructions counts what a request costs in an engine that has served no
// other, as CloudFront's does for all that is known:
//
//	valgrind --tool=callgrind --callgrind-out-file=/dev/null njs -q -p DIR FILE
//
// FILE defines the function and calls it with one event. The same file with a call
// of a function that returns the request untouched is subtracted, so that parsing
// them and reading the event is not counted, and what that function costs is added.
//
// The count of a file is the same in every run, but njs takes memory in blocks, and
// a request that happens to need the next one is charged some 3,000 instructions
// more. Where in a block a request begins depends on the length of everything before
// it, so six urls are counted with events of two lengths each, and the mean is that
// of the middle half. Figures depend on the build of njs: compare the ratios. Run it
// with:
//
//	go test ./edgefn -run '^$' -bench Instructions -benchtime 1x -v
func BenchmarkInstructions(b *testing.B) {
	for _, tool := range []string{"njs", "valgrind"} {
		if _, err := exec.LookPath(tool); err != nil {
			b.Skip(err)
		}
	}
	few, hosted := prefixes(4, customOrigin), prefixes(40, customOrigin)
	for i := range 20 {
		hosted[i].Host = admin
	}
	most, mostSelected := asManyAsFit(b, customOrigin), asManyAsFit(b, selectedOrigin)
	rows := []*measured{{name: "hard-coded strip of one prefix", program: edgefn.Program{Request: hardCoded}, routes: few[:1]}}
	for _, table := range []struct {
		name   string
		routes []edgefn.Route
	}{
		{"4 custom origins", few},
		{"40 custom origins", prefixes(40, customOrigin)},
		{"40 object stores", prefixes(40, objectStore)},
		{"40 custom origins, half on a host", hosted},
		{"250 routes to 50 origins", prefixes(250, selectedOrigin)},
		{fmt.Sprintf("%d custom origins, as many as fit", most), prefixes(most, customOrigin)},
		{fmt.Sprintf("%d routes, as many as fit", mostSelected), prefixes(mostSelected, selectedOrigin)},
		{"5000 routes, in the store", prefixes(5000, selectedOrigin)},
	} {
		rows = append(rows, &measured{name: table.name, program: composed(b, edgefn.Table{Routes: table.routes, Store: true}), routes: table.routes})
	}
	floor := 0.0
	for b.Loop() {
		floor = floorOf(b)
		for _, row := range rows {
			row.measure(b, floor)
		}
	}
	strip := rows[0].instructions
	out := fmt.Sprintf("%-36s %6s %6s %12s %7s\n%-36s %6s %6s %12.0f %7.1f\n", "", "bytes", "reads", "instructions", "ratio", "floor: return event.request", "", "", floor, floor/strip)
	for _, row := range rows {
		out += fmt.Sprintf("%-36s %6d %6d %12.0f %7.1f\n", row.name, len(row.program.Request), row.reads, row.instructions, row.instructions/strip)
		b.ReportMetric(row.instructions, strings.NewReplacer(" ", "-", ",", "").Replace(row.name)+"/req")
	}
	// Published for another build of njs, and converted by what the strip costs
	// above the floor on both.
	const publishedFloor, publishedStrip = 1_362, 2_974
	for _, published := range []struct {
		name         string
		instructions float64
	}{{"published: SST's router, 40 routes", 467_400}, {"published: SST's router, 400 routes", 4_230_000}} {
		scaled := floor + (published.instructions-publishedFloor)/(publishedStrip-publishedFloor)*(strip-floor)
		out += fmt.Sprintf("%-36s %6d %6s %12.0f %7.1f\n", published.name, 8_625, "", scaled, scaled/strip)
	}
	b.Log("\n" + out)
}

// hardCoded is what one would write by hand for one route.
const hardCoded = `function handler(event) {
	var request = event.request;
	if (request.uri.startsWith('/service00/')) {
		request.uri = request.uri.slice(10);
	}
	return request;
}
`

// requestsTo are some requests to routes from all over a table.
func requestsTo(routes []edgefn.Route) []edgetest.Request {
	var out []edgetest.Request
	for i, rest := range []string{"/", "/users/1", "/assets/app.4f2a9c.js", "/a/b/c/d", "/users", "/index.html"} {
		r := routes[i*(len(routes)-1)/5]
		for _, agent := range []string{"", strings.Repeat("x", 100)} {
			out = append(out, edgetest.Request{URL: r.Path + rest, Host: r.Host, Headers: map[string]string{
				"accept": "*/*", "accept-encoding": "gzip, br", "user-agent": "Mozilla/5.0" + agent,
			}})
		}
	}
	return out
}

// floorOf is what a call costs that does nothing.
func floorOf(b *testing.B) float64 {
	b.Helper()
	return middle(b, requestsTo(prefixes(1, customOrigin)), func(dir string, r edgetest.Request) (int, error) {
		once, err := collected(dir, "", "floor", 1, r)
		twice, err2 := collected(dir, "", "floor", 2, r)
		return twice - once, errors.Join(err, err2)
	})
}

func (row *measured) measure(b *testing.B, floor float64) {
	b.Helper()
	requests := requestsTo(row.routes)
	njs, err := edgetest.Njs()
	if err != nil {
		b.Fatal(err)
	}
	for _, a := range send(b, njs, deployed(b, row.program, originsOf(row.routes)...), requests...) {
		row.reads = max(row.reads, a.Reads)
	}
	module, err := moduleOf(row.program)
	if err != nil {
		b.Fatal(err)
	}
	row.instructions = floor + middle(b, requests, func(dir string, r edgetest.Request) (int, error) {
		if err := os.WriteFile(filepath.Join(dir, "cloudfront"), []byte(module), 0o600); err != nil {
			return 0, err
		}
		handler, err := collected(dir, row.program.Request, "handler", 1, r)
		untouched, err2 := collected(dir, row.program.Request, "floor", 1, r)
		return handler - untouched, errors.Join(err, err2)
	})
}

// middle is the mean of the middle half of the counts of requests. Each is counted
// in a directory of its own, as many at once as there are processors.
func middle(b *testing.B, requests []edgetest.Request, count func(dir string, r edgetest.Request) (int, error)) float64 {
	b.Helper()
	counts, errs := make([]int, len(requests)), make([]error, len(requests))
	var group sync.WaitGroup
	slots := make(chan bool, runtime.NumCPU())
	for i, r := range requests {
		dir := b.TempDir()
		group.Go(func() {
			slots <- true
			counts[i], errs[i] = count(dir, r)
			<-slots
		})
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		b.Fatal(err)
	}
	slices.Sort(counts)
	counts = counts[len(counts)/4 : len(counts)-len(counts)/4]
	total := 0
	for _, n := range counts {
		total += n
	}
	return float64(total) / float64(len(counts))
}

// moduleOf is a cloudfront module that does as little as possible.
func moduleOf(program edgefn.Program) (string, error) {
	values := map[string]string{}
	for _, e := range program.Entries {
		values[e.Key] = e.Value
	}
	text, err := json.Marshal(values)
	return fmt.Sprintf(`var values = %s;
var store = {get: function (key) { return Promise.resolve(values[key]); }};
export default {kvs: function () { return store; }, selectRequestOriginById: function () {}};
`, text), err
}

var collectedCount = regexp.MustCompile(`Collected : (\d+)`)

// collected runs a file that calls the function some times and returns how many
// instructions the whole process took.
func collected(dir, code, function string, times int, r edgetest.Request) (int, error) {
	event, err := json.Marshal(edgetest.NewEvent(r))
	if err != nil {
		return 0, err
	}
	script := fmt.Sprintf("%s;\nfunction floor(event) {\n\treturn event.request;\n}\nvar E = JSON.parse(%s);\nfor (var i = 0; i < %d; i++) %s(E);\n",
		code, strconv.Quote(string(event)), times, function)
	file := filepath.Join(dir, "function.js")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		return 0, err
	}
	cmd := exec.Command("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "njs", "-q", "-p", dir, file)
	// Else the first call of each function of libc is charged to the request
	// that happens to make it.
	cmd.Env = append(os.Environ(), "LD_BIND_NOW=1")
	out, err := cmd.CombinedOutput()
	found := collectedCount.FindSubmatch(out)
	if err != nil || found == nil || strings.Contains(string(out), "Thrown") {
		return 0, fmt.Errorf("valgrind: %v\n%s", err, out)
	}
	return strconv.Atoi(string(found[1]))
}
