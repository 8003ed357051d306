package cfsim

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// answering is a handler that answers with a text.
type answering string

func (a answering) ServeHTTP(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, string(a)) }

// get sends a request and returns what comes, which has to be whole.
func get(t testing.TB, d *Distribution, method, url string, headers ...string) (r *http.Response, body string, trace *Trace) {
	t.Helper()
	request, err := NewRequest(method, url)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		if name, value, ok := strings.Cut(h, ": "); ok {
			request.Header.Add(name, value)
		}
	}
	return send(t, d, request)
}

func send(t testing.TB, d *Distribution, request *http.Request) (r *http.Response, body string, trace *Trace) {
	t.Helper()
	r, trace = d.Do(request)
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Errorf("%s %s: %v\n%s", request.Method, request.RequestURI, err, trace)
	}
	r.Body.Close()
	return r, string(text), trace
}

func openFile(t testing.TB, path string, o *Options) *Distribution {
	t.Helper()
	app, err := Load(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { app.Close() })
	d, err := app.Distribution("")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func attach(t testing.TB, d *Distribution, name string, o Origin) {
	t.Helper()
	if err := d.Attach(name, o); err != nil {
		t.Fatal(err)
	}
}

// TestAttachNames: an origin may be called by anything that tells which it is.
func TestAttachNames(t *testing.T) {
	for _, test := range []struct {
		template string
		names    []string
		url      string
	}{
		{
			"cdk-typescript.template.json",
			[]string{"Site", "cdk-typescript/Site", "/cdk-typescript/Site/", "SiteE53D7754", "cdktypescriptWebOrigin1DC2422BD", "/", "*"},
			"/about",
		},
		{"cdk-typescript.template.json", []string{"images.example.com", "cdktypescriptWebOrigin4DF582120", "/img", "/img/", "/img/*"}, "/img/a.jpg"},
		{"clean.yaml", []string{"Report", "ReportUrl", "report", "/api/reports/latest"}, "/api/reports/latest"},
		{"clean.yaml", []string{"Api", "api", "/api", "/api/*"}, "/api/users"},
		{"failover.yaml", []string{"PrimaryBucket", "site-primary", "/"}, "/a.html"},
		{"solutions-constructs.template.json", []string{"Website/S3Bucket", "Website", "WebsiteS3Bucket"}, "/a.html"},
	} {
		for _, name := range test.names {
			d := openFile(t, "testdata/foreign/"+test.template, nil)
			attach(t, d, name, Handler(answering(name)))
			if r, body, trace := get(t, d, "GET", test.url); r.StatusCode != 200 || body != name {
				t.Errorf("%s of %s: got %s %q\n%s", name, test.template, r.Status, body, trace)
			}
		}
	}
}

func TestAttachRefuses(t *testing.T) {
	file := written(t, "a.txt", "a")
	const cdk, failover = "cdk-typescript.template.json", "failover.yaml"
	for _, test := range []struct {
		template, name string
		origin         Origin
		says           []string
	}{
		{cdk, "Sight", Handler(answering("")), []string{`no origin "Sight"`, `"Site"`, `"api.example.com"`, `"images.example.com"`}},
		{cdk, "/image", Handler(answering("")), []string{`no origin "/image"`}},
		{cdk, "", Handler(answering("")), []string{`no origin ""`}},
		{cdk, "Web", Handler(answering("")), []string{`no origin "Web"`}},
		{failover, "site", Handler(answering("")), []string{`"site"`, `"PrimaryBucket"`}}, // a group
		{cdk, "Site", Dir(filepath.Join(filepath.Dir(file), "none")), []string{"none", "no such file"}},
		{cdk, "Site", Dir(file), []string{"a.txt", "no directory"}},
		{cdk, "Site", URL(""), []string{`""`, "http://localhost:3000"}},
		{cdk, "Site", URL("localhost:3000"), []string{`"localhost:3000"`, "http://localhost:3000"}},
		{cdk, "Site", URL("ftp://localhost"), []string{`"ftp://localhost"`}},
		{cdk, "Site", URL("http://"), []string{`"http://"`}},
		{cdk, "Site", URL("http://localhost?a=1"), []string{`"http://localhost?a=1"`}},
		{cdk, "Site", URL("http://local host"), []string{`"http://local host"`}},
		{cdk, "Render", Lambda(), []string{"Lambda needs a command"}},
		{cdk, "Site", Lambda("./a"), []string{"SiteE53D7754", "neither a function URL nor an HTTP API"}},
		{cdk, "api.example.com", Lambda("./a"), []string{"api.example.com", "neither a function URL nor an HTTP API"}},
	} {
		d := openFile(t, "testdata/foreign/"+test.template, nil)
		missing := d.Missing()
		err := d.Attach(test.name, test.origin)
		for _, text := range append(test.says, "cfsim: ") {
			if err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("%q: got %v, want %s", test.name, err, text)
			}
		}
		if !slices.Equal(d.Missing(), missing) {
			t.Errorf("%q: something is attached all the same", test.name)
		}
	}
}

func TestMissing(t *testing.T) {
	d := openFile(t, "testdata/foreign/cdk-typescript.template.json", nil)
	check := func(want ...string) {
		t.Helper()
		if got := d.Missing(); !slices.Equal(got, want) {
			t.Errorf("missing are %q, want %q", got, want)
		}
	}
	check("Site", "api.example.com", "Render", "images.example.com")
	r, body, trace := get(t, d, "GET", "/about")
	if r.StatusCode != 502 || !strings.Contains(body, "nothing is attached to the origin SiteE53D7754") || !strings.Contains(trace.String(), "nothing is attached") {
		t.Errorf("got %s %q\n%s", r.Status, body, trace)
	}
	attach(t, d, "Site", Files(fstest.MapFS{}))
	check("api.example.com", "Render", "images.example.com")
	attach(t, d, "/", Handler(answering("again"))) // replaces it
	if _, body, _ := get(t, d, "GET", "/other"); body != "again" {
		t.Errorf("got %q", body)
	}
}

// TestDir: changes are seen at once, and a bucket does what its policy allows.
func TestDir(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("about.html", "first")
	d := openFile(t, "testdata/foreign/faults.yaml", nil) // caches nothing of the site
	attach(t, d, "Site", Dir(dir))
	for _, test := range []struct {
		method, url, header string
		status              int
		body                string
	}{
		{"GET", "/about.html", "", 200, "first"},
		{"HEAD", "/about.html", "", 200, ""},
		{"GET", "/about.html", "Range: bytes=1-2", 206, "ir"},
		{"GET", "/about.html", "Range: bytes=9-", 416, ""},
	} {
		if r, body, trace := get(t, d, test.method, test.url, test.header); r.StatusCode != test.status || test.status < 400 && body != test.body {
			t.Errorf("%s %s %s: got %s %q\n%s", test.method, test.url, test.header, r.Status, body, trace)
		}
	}
	r, _, _ := get(t, d, "GET", "/about.html")
	if r.Header.Get("Content-Type") != "text/html" && !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
		t.Errorf("the page is %s", r.Header.Get("Content-Type"))
	}
	if again, _, _ := get(t, d, "GET", "/about.html", "If-None-Match: "+r.Header.Get("ETag")); again.StatusCode != 304 {
		t.Errorf("with its ETag, the page is answered %s", again.Status)
	}
	write("about.html", "second")
	if _, body, _ := get(t, d, "GET", "/about.html"); body != "second" {
		t.Errorf("after a change, the page is %q", body)
	}
	if r, _, _ := get(t, d, "GET", "/new.html"); r.StatusCode != 404 {
		t.Errorf("a missing page is answered %s", r.Status)
	}
	write("new.html", "new")
	if _, body, _ := get(t, d, "GET", "/new.html"); body != "new" {
		t.Errorf("a new page is %q", body)
	}
	for _, path := range []string{"/../attach_test.go", "/%2e%2e/attach_test.go", "/..%2fattach_test.go", "//etc/passwd", "/.", "/%00"} {
		if r, body, _ := get(t, d, "GET", path); r.StatusCode < 400 {
			t.Errorf("%s: got %s %q", path, r.Status, body)
		}
	}
}

// TestHandlerSees: what an origin is sent.
func TestHandlerSees(t *testing.T) {
	d := openFile(t, "testdata/foreign/failover.yaml", nil)
	attach(t, d, "LoadBalancer", Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		fmt.Fprintln(w, r.Method, r.RequestURI, r.URL.Path, r.URL.RawQuery, r.Host, r.RemoteAddr, r.Header.Get("X-Request-Id"), string(body), r.ContentLength, err)
	})))
	request, err := NewRequest("POST", "/api/a%2Fb//c?x=1&y=%20")
	if err != nil {
		t.Fatal(err)
	}
	request.Body, request.ContentLength = io.NopCloser(strings.NewReader("order")), 5
	request.Header.Set("X-Request-Id", "7")
	request.RemoteAddr = "192.0.2.7:1234"
	_, body, _ := send(t, d, request)
	if want := "POST /internal/api/a%2Fb//c?x=1&y=%20 /internal/api/a/b//c x=1&y=%20 ${LoadBalancer.DNSName} 192.0.2.7:1234 7 order 5 <nil>\n"; body != want {
		t.Errorf("got  %swant %s", body, want)
	}
}

// TestURL: a server stands in for an origin.
func TestURL(t *testing.T) {
	noLeaks(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/base/about.html" {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(302) // is not followed
			return
		}
		fmt.Fprintln(w, r.Method, r.RequestURI, r.Host == r.Context().Value(http.LocalAddrContextKey).(interface{ String() string }).String(), r.Header.Get("Accept-Encoding"), r.Header.Get("User-Agent"))
	}))
	defer server.Close()
	for _, base := range []string{"/base", "/base/"} {
		d := openFile(t, "testdata/foreign/faults.yaml", nil)
		attach(t, d, "Site", URL(server.URL+base))
		if r, _, _ := get(t, d, "GET", "/about.html"); r.StatusCode != 302 || r.Header.Get("Location") != "/elsewhere" {
			t.Errorf("got %s to %q", r.Status, r.Header.Get("Location"))
		}
		for path, want := range map[string]string{
			"/a":              "/base/a",
			"/a%2Fb/c%20d":    "/base/a%2Fb/c%20d",
			"/%41?x=%41&y":    "/base/%41",
			"//a//":           "/base//a//",
			"/a:b@c;d=e,f!()": "/base/a:b@c;d=e,f!()",
		} {
			r, body, trace := get(t, d, "GET", path)
			if want := "GET " + want + " true  Amazon CloudFront\n"; r.StatusCode != 200 || body != want {
				t.Errorf("%s: got %s %q, want %q\n%s", path, r.Status, body, want, trace)
			}
		}
	}
}

// TestExternal: origins outside are asked only if that is wanted.
func TestExternal(t *testing.T) {
	noLeaks(t)
	server := httptest.NewServer(answering("outside"))
	defer server.Close()
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	template := web(`
        Origins:
          - {Id: a, DomainName: `+u.Hostname()+`, CustomOriginConfig: {OriginProtocolPolicy: http-only, HTTPPort: `+u.Port()+`}}
        DefaultCacheBehavior: {TargetOriginId: a, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad}
`, "")
	inside, outside := loaded(t, template, nil).Distributions()[0], loaded(t, template, &Options{External: true}).Distributions()[0]
	if r, body, _ := get(t, inside, "GET", "/"); r.StatusCode != 502 || !strings.Contains(body, "nothing is attached to the origin "+u.Hostname()) {
		t.Errorf("got %s %q", r.Status, body)
	}
	if _, body, trace := get(t, outside, "GET", "/"); body != "outside" || len(outside.Missing()) > 0 {
		t.Errorf("got %q\n%s", body, trace)
	}
	attach(t, outside, "a", Handler(answering("attached")))
	if _, body, _ := get(t, outside, "GET", "/"); body != "attached" {
		t.Errorf("got %q", body)
	}
}

// TestLambda runs this test's own binary as the handler behind a function URL and
// behind routes of an HTTP API.
func TestLambda(t *testing.T) {
	noLeaks(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	template := web(`
        Origins:
          - {Id: url, DomainName: !Select [2, !Split ['/', !GetAtt Url.FunctionUrl]], CustomOriginConfig: {OriginProtocolPolicy: https-only}}
          - {Id: api, DomainName: !Sub '${Api}.execute-api.${AWS::Region}.amazonaws.com', CustomOriginConfig: {OriginProtocolPolicy: https-only}}
        CacheBehaviors:
          - {PathPattern: '/api/*', TargetOriginId: api, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad, OriginRequestPolicyId: b689b0a8-53d0-40ab-baf2-68738e2966ac, AllowedMethods: [GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE]}
        DefaultCacheBehavior: {TargetOriginId: url, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad, OriginRequestPolicyId: b689b0a8-53d0-40ab-baf2-68738e2966ac, AllowedMethods: [GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE]}
`, `
  Task: {Type: AWS::Lambda::Function, Properties: {Runtime: provided.al2023, Handler: bootstrap, Role: r, Timeout: 60, Environment: {Variables: {`+handlerVariable+`: '1', STAGE: task}}, Code: {S3Bucket: b, S3Key: k}}}
  Url: {Type: AWS::Lambda::Url, Properties: {AuthType: NONE, TargetFunctionArn: !GetAtt Task.Arn}}
  Public: {Type: AWS::Lambda::Permission, Properties: {Action: 'lambda:InvokeFunctionUrl', FunctionName: !Ref Task, Principal: '*', FunctionUrlAuthType: NONE}}
  Items: {Type: AWS::Lambda::Function, Properties: {Runtime: provided.al2023, Handler: bootstrap, Role: r, Timeout: 60, Environment: {Variables: {`+handlerVariable+`: '1', STAGE: items}}, Code: {S3Bucket: b, S3Key: k}}}
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP}}
  Integration: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt Items.Arn, PayloadFormatVersion: '2.0'}}
  Route: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: 'ANY /api/items/{id}', Target: !Sub 'integrations/${Integration}'}}
`)
	d := loaded(t, template, nil).Distributions()[0]
	if err := d.Attach("Items", Lambda(program)); err != nil { // behind a route of the API
		t.Fatal(err)
	}
	attach(t, d, "Task", Lambda(program))
	if missing := d.Missing(); len(missing) > 0 {
		t.Errorf("missing are %q", missing)
	}
	for _, test := range []struct {
		method, url, body string
		status            int
		want              string
	}{
		{"GET", "/a%20b?x=1", "", 201, `["GET","$default","/a%20b","x=1","","","task"]`},
		{"PUT", "/a", "text", 201, `["PUT","$default","/a","","","dGV4dA==","task"]`},
		{"DELETE", "/api/items/7?x=1", "", 201, `["DELETE","ANY /api/items/{id}","/api/items/7","x=1","7","","items"]`},
		{"GET", "/api/other", "", 404, `{"message":"Not Found"}`},
	} {
		request, err := NewRequest(test.method, test.url)
		if err != nil {
			t.Fatal(err)
		}
		if test.body != "" {
			request.Body, request.ContentLength = io.NopCloser(strings.NewReader(test.body)), int64(len(test.body))
		}
		r, body, trace := send(t, d, request)
		if r.StatusCode != test.status || body != test.want {
			t.Errorf("%s %s: got %s %s, want %d %s\n%s", test.method, test.url, r.Status, body, test.status, test.want, trace)
		}
	}
	if err := d.Attach("Item", Lambda(program)); err == nil || !strings.Contains(err.Error(), `"Items"`) {
		t.Errorf("got %v, want an error that lists the functions behind the API too", err)
	}
}

// TestAttachNamesOnce: what can be attached to is listed by name, and once where several
// origins are of one bucket.
func TestAttachNamesOnce(t *testing.T) {
	two := strings.Replace(bucketOrigin, "Id: b,", "Id: b, OriginPath: /b,", 1) + strings.Replace(bucketOrigin, "Id: b,", "Id: c, OriginPath: /c,", 1)
	d := loaded(t, web(origins("b", two), control), nil).Distributions()[0]
	if got := d.Missing(); !slices.Equal(got, []string{"Bucket"}) {
		t.Errorf("missing are %q, want the bucket once", got)
	}
	if err := d.Attach("Buckets", Dir(t.TempDir())); err == nil || !strings.HasSuffix(err.Error(), `there are "Bucket"`) {
		t.Errorf("got %v, want the bucket once", err)
	}
	if err := d.Attach("Bucket", Dir(t.TempDir())); err != nil || len(d.Missing()) > 0 {
		t.Errorf("got %v, with %q missing", err, d.Missing())
	}
}
