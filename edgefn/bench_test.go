package edgefn_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/internal/edgetest"
)

func BenchmarkCompose(b *testing.B) {
	routes := prefixes(37, customOrigin)
	for b.Loop() {
		compose(b, routes)
	}
}

// hardCoded is what one would write by hand for one route, and the unit in which
// the other rows of [BenchmarkInstructions] are given.
const hardCoded = `function handler(event) {
	var request = event.request;
	if (request.uri.startsWith('/service00/')) {
		request.uri = request.uri.slice(10);
	}
	return request;
}
`

// BenchmarkInstructions counts what a request costs in an engine that has
// served no other, as CloudFront's does for all that is known:
//
//	valgrind --tool=callgrind --callgrind-out-file=/dev/null njs -q FILE
//
// FILE defines the function and calls it with one event. The same file with a
// call of a function that returns the request untouched is subtracted; both
// files define both functions, so that parsing them and reading the event costs
// the same.
//
// The count of a file is the same in every run, but njs takes memory in blocks,
// and a request that happens to need the next one is charged some 3,000
// instructions more. Where in a block a request begins depends on the length of
// everything before it, so each of six urls is counted with events of two
// lengths, and the mean is that of the middle half. Figures depend on the build of njs: compare them with
// each other and not with those of another machine. Run it with:
//
//	go test ./edgefn -run '^$' -bench Instructions -benchtime 1x -v
func BenchmarkInstructions(b *testing.B) {
	for _, tool := range []string{"njs", "valgrind"} {
		if _, err := exec.LookPath(tool); err != nil {
			b.Skip(err)
		}
	}
	rows := []struct{ name, code string }{
		{"hard-coded strip", hardCoded},
		{"4 custom origins", compose(b, prefixes(4, customOrigin))},
		{"37 custom origins", compose(b, prefixes(37, customOrigin))},
		{"4 object stores", compose(b, prefixes(4, objectStore))},
		{"37 object stores", compose(b, prefixes(37, objectStore))},
	}
	counts := map[string]float64{}
	for b.Loop() {
		for _, row := range rows {
			counts[row.name] = instructions(b, row.code)
		}
	}
	unit := counts[rows[0].name]
	table := fmt.Sprintf("%-18s %12s %6s %6s\n", "", "instructions", "ratio", "bytes")
	for _, row := range rows {
		n := counts[row.name]
		table += fmt.Sprintf("%-18s %12.0f %6.2f %6d\n", row.name, n, n/unit, len(row.code))
		b.ReportMetric(n, strings.ReplaceAll(row.name, " ", "-")+"/req")
	}
	for _, kind := range []string{"custom origins", "object stores"} {
		table += fmt.Sprintf("37 against 4 %s: %.3f\n", kind, counts["37 "+kind]/counts["4 "+kind])
	}
	b.Log("\n" + table)
}

// instructions is the mean of the middle half of the counts of some urls, of
// which each table has routes.
func instructions(b *testing.B, code string) float64 {
	b.Helper()
	var counts []int
	for _, u := range []string{
		"/service00/", "/service00/users/1", "/service01/assets/app.4f2a9c.js",
		"/service02/a/b/c/d", "/service03/users", "/service03/index.html",
	} {
		for _, agent := range []string{"", strings.Repeat("x", 100)} {
			counts = append(counts, collected(b, code, "handler", u, agent)-collected(b, code, "floor", u, agent))
		}
	}
	slices.Sort(counts)
	counts = counts[len(counts)/4 : len(counts)-len(counts)/4]
	total := 0
	for _, n := range counts {
		total += n
	}
	return float64(total) / float64(len(counts))
}

var collectedCount = regexp.MustCompile(`Collected : (\d+)`)

// collected runs a file that calls the function once and returns how many
// instructions the whole process took.
func collected(b *testing.B, code, function, u, agent string) int {
	b.Helper()
	event, err := json.Marshal(edgetest.NewEvent(edgetest.Request{URL: u, Headers: map[string]string{
		"accept": "*/*", "accept-encoding": "gzip, br", "user-agent": "Mozilla/5.0" + agent,
	}}))
	if err != nil {
		b.Fatal(err)
	}
	script := fmt.Sprintf("function floor(event){return event.request}\n%s;\nvar E = JSON.parse(%s);\n%s(E);\n",
		code, strconv.Quote(string(event)), function)
	file := filepath.Join(b.TempDir(), "function.js")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "njs", "-q", file)
	// Else the first call of each function of libc is charged to the request
	// that happens to make it.
	cmd.Env = append(os.Environ(), "LD_BIND_NOW=1")
	out, err := cmd.CombinedOutput()
	found := collectedCount.FindSubmatch(out)
	if err != nil || found == nil || strings.Contains(string(out), "Thrown") {
		b.Fatalf("valgrind: %v\n%s", err, out)
	}
	n, err := strconv.Atoi(string(found[1]))
	if err != nil {
		b.Fatal(err)
	}
	return n
}
