package cfsim

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The benchmarks compare two things within one run and print the ratio, since the
// machines they run on differ and are shared.

const rewriting = `function handler(event) {
	var request = event.request;
	if (request.uri.endsWith('/')) request.uri += 'index.html';
	request.headers['x-forwarded-host'] = request.headers.host;
	return request;
}`

// benchTemplate is a distribution with n behaviors, one edge function and one
// origin.
func benchTemplate(n int, maxTTL int) map[string]any {
	behavior := func(pattern string) map[string]any {
		b := map[string]any{
			"TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": map[string]any{"Ref": "Policy"},
			"FunctionAssociations": []any{map[string]any{"EventType": "viewer-request", "FunctionARN": map[string]any{"Fn::GetAtt": []any{"Edge", "FunctionARN"}}}},
		}
		if pattern != "" {
			b["PathPattern"] = pattern
		}
		return b
	}
	var listed []any
	for i := range n {
		listed = append(listed, behavior(fmt.Sprintf("/route%d/*", i)))
	}
	none := map[string]any{"CookieBehavior": "none", "HeaderBehavior": "none", "QueryStringBehavior": "none"}
	return map[string]any{"Resources": map[string]any{
		"Edge": map[string]any{"Type": "AWS::CloudFront::Function", "Properties": map[string]any{
			"Name": "edge", "AutoPublish": true, "FunctionCode": rewriting, "FunctionConfig": map[string]any{"Comment": "", "Runtime": "cloudfront-js-2.0"},
		}},
		"Policy": map[string]any{"Type": "AWS::CloudFront::CachePolicy", "Properties": map[string]any{"CachePolicyConfig": map[string]any{
			"Name": "policy", "MinTTL": 0, "DefaultTTL": maxTTL, "MaxTTL": maxTTL,
			"ParametersInCacheKeyAndForwardedToOrigin": map[string]any{
				"EnableAcceptEncodingGzip": false, "CookiesConfig": none, "HeadersConfig": none, "QueryStringsConfig": none,
			},
		}}},
		"Web": map[string]any{"Type": "AWS::CloudFront::Distribution", "Properties": map[string]any{"DistributionConfig": map[string]any{
			"Enabled": true, "CacheBehaviors": listed, "DefaultCacheBehavior": behavior(""),
			"Origins": []any{map[string]any{"Id": "o", "DomainName": "origin.example.net", "CustomOriginConfig": map[string]any{"OriginProtocolPolicy": "https-only"}}},
		}}},
	}}
}

func benchDistribution(b testing.TB, maxTTL int, origin string) *Distribution {
	b.Helper()
	template := benchTemplate(10, maxTTL)
	d := OpenTemplate(b, &template)
	if err := d.Attach("origin.example.net", URL(origin)); err != nil {
		b.Fatal(err)
	}
	return d
}

// BenchmarkAgainstReverseProxy prints how many requests a second the distribution
// answers for each that a bare httputil.ReverseProxy with the same origin does.
func BenchmarkAgainstReverseProxy(b *testing.B) {
	body := bytes.Repeat([]byte("0123456789"), 1000)
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.Write(body)
	}))
	defer origin.Close()
	target, err := url.Parse(origin.URL)
	if err != nil {
		b.Fatal(err)
	}
	bare := httputil.NewSingleHostReverseProxy(target)
	bare.Transport = newServerTransport()
	proxy := httptest.NewServer(bare)
	defer proxy.Close()
	for _, test := range []struct {
		name string
		ttl  int
	}{{"hit", 3600}, {"miss", 0}} {
		b.Run(test.name, func(b *testing.B) {
			site := httptest.NewServer(benchDistribution(b, test.ttl, origin.URL))
			defer site.Close()
			compare(b, site.URL+"/folder/", proxy.URL+"/folder/")
		})
	}
}

// compare prints how many requests a second a gets for each that b gets, each asked
// in turn several times.
func compare(b *testing.B, first, second string) {
	b.Helper()
	var a, z time.Duration
	const rounds, requests = 5, 4000
	for range rounds {
		a += load(b, first, requests)
		z += load(b, second, requests)
	}
	b.ReportMetric(float64(z)/float64(a), "times-as-fast")
	b.ReportMetric(rounds*requests/a.Seconds(), "requests/s")
	b.ReportMetric(0, "ns/op")
}

// load sends requests over 8 connections that stay open.
func load(b *testing.B, url string, requests int) time.Duration {
	b.Helper()
	const connections = 8
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, DisableCompression: true}}
	defer client.CloseIdleConnections()
	start := time.Now()
	var group sync.WaitGroup
	for range connections {
		group.Go(func() {
			for range requests / connections {
				r, err := client.Get(url)
				if err != nil {
					b.Error(err)
					return
				}
				if _, err := io.Copy(io.Discard, r.Body); err != nil || r.StatusCode != http.StatusOK {
					b.Errorf("%s: %d, %v", url, r.StatusCode, err)
				}
				r.Body.Close()
			}
		})
	}
	group.Wait()
	return time.Since(start)
}

// BenchmarkLoad75 loads a template with 75 behaviors.
func BenchmarkLoad75(b *testing.B) {
	template := benchTemplate(75, 3600)
	for b.Loop() {
		app, err := FromTemplate(template, nil)
		if err != nil {
			b.Fatal(err)
		}
		app.Close()
	}
}

// BenchmarkExplain is the time of one explanation.
func BenchmarkExplain(b *testing.B) {
	template := benchTemplate(75, 3600)
	d := OpenTemplate(b, &template)
	r, err := NewRequest("GET", "/route60/folder/")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		d.Explain(r)
	}
}

// BenchmarkMemory prints by how much the heap grows over 100,000 requests for ever
// new objects.
func BenchmarkMemory(b *testing.B) {
	template := benchTemplate(10, 3600)
	app, err := FromTemplate(template, &Options{CacheBytes: 8 << 20})
	if err != nil {
		b.Fatal(err)
	}
	defer app.Close()
	d := app.Distributions()[0]
	err = d.Attach("origin.example.net", Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, strings.Repeat(r.URL.Path, 100))
	})))
	if err != nil {
		b.Fatal(err)
	}
	send := func(from, to int) uint64 {
		for i := from; i < to; i++ {
			d.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", fmt.Sprintf("/%d", i), nil))
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := send(0, 20_000)
	after := send(20_000, 120_000)
	b.ReportMetric(float64(after)/float64(before), "times-the-heap")
	b.ReportMetric(float64(after)/(1<<20), "MiB")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkAgainstCdkLocal compares the command with cdk-local, another simulator.
// It needs a directory with cdk-local@0.147.22 installed by npm and an app
// synthesized in cdk.out whose distribution serves /10k.html:
//
//	CDK_LOCAL=DIR CDK_LOCAL_TARGET=Stack/Distribution go test ./cfsim -run none -bench CdkLocal
func BenchmarkAgainstCdkLocal(b *testing.B) {
	dir, target := os.Getenv("CDK_LOCAL"), os.Getenv("CDK_LOCAL_TARGET")
	if dir == "" {
		b.Skip("CDK_LOCAL is not set")
	}
	binary := filepath.Join(b.TempDir(), "cfrouter")
	if out, err := exec.Command("go", "build", "-o", binary, "../cmd/cfrouter").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	const port, other = "18473", "18474"
	ours := func() *exec.Cmd {
		return exec.Command(binary, "serve", "-listen", "127.0.0.1:"+port, "-template", filepath.Join(dir, "cdk.out"), "-json")
	}
	theirs := func() *exec.Cmd {
		cmd := exec.Command("node", "node_modules/.bin/cdkl", "start-cloudfront", target, "-a", "cdk.out", "--port", other, "--region", "us-east-1")
		cmd.Dir = dir
		return cmd
	}
	var startOurs, startTheirs time.Duration
	for range 3 {
		started, stop := start(b, ours(), "http://127.0.0.1:"+port+"/10k.html")
		startOurs += started
		stop()
		started, stop = start(b, theirs(), "http://127.0.0.1:"+other+"/10k.html")
		startTheirs += started
		stop()
	}
	_, stopOurs := start(b, ours(), "http://127.0.0.1:"+port+"/10k.html")
	defer stopOurs()
	_, stopTheirs := start(b, theirs(), "http://127.0.0.1:"+other+"/10k.html")
	defer stopTheirs()
	compare(b, "http://127.0.0.1:"+port+"/10k.html", "http://127.0.0.1:"+other+"/10k.html")
	b.ReportMetric(float64(startOurs)/float64(startTheirs), "of-its-start")
}

// start runs a server until it answers and returns how long that took, and how to
// end it.
func start(b *testing.B, cmd *exec.Cmd, url string) (took time.Duration, stop func()) {
	b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	for ctx.Err() == nil {
		r, err := http.Get(url)
		if err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return time.Since(began), func() {
					cmd.Process.Signal(syscall.SIGTERM)
					cmd.Wait()
				}
			}
		}
		time.Sleep(time.Millisecond)
	}
	cmd.Process.Kill()
	b.Fatalf("%v does not answer", cmd.Args)
	return 0, nil
}
