package lambda

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestValidate(t *testing.T) {
	f := &Function{}
	for _, test := range []struct {
		want   string
		routes []Route
	}{
		{`the route key "nonsense" is neither`, []Route{{RouteKey: "nonsense", Function: f}}},
		{`two routes with the key "GET /a"`, []Route{{RouteKey: "GET /a", Function: f}, {RouteKey: "GET /a", Function: f}}},
		{`the route "$default" has no function`, []Route{{RouteKey: "$default"}}},
		{`the payload format "3.0", want "1.0" or "2.0"`, []Route{{RouteKey: "$default", Function: f, PayloadFormat: "3.0"}}},
	} {
		api := &API{Routes: test.routes}
		if err := api.Validate(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got %v, want %q", err, test.want)
		}
		if response, body, _ := request(t, "GET", serve(t, api), ""); response.StatusCode != 500 || !strings.Contains(body, "cfsim: ") {
			t.Errorf("got %s %s, want 500 and the error", response.Status, body)
		}
	}
}

// TestDecodePath has what API Gateway was observed to make of each.
func TestDecodePath(t *testing.T) {
	for path, want := range map[string]string{
		"/plain":                      "/plain",
		"/space%20value":              "/space value",
		"/a+b":                        "/a+b",
		"/slash%2Fvalue":              "/slash/value",
		"/hash%23value":               "/hash#value",
		"/unicode-%CE%BB":             "/unicode-λ",
		"/question%3Fvalue":           "/question",
		"/literal%252Fvalue":          "/literal/value",
		"/literal%253Fvalue":          "/literal?value",
		"/literal%2525value":          "/literal%value",
		"/percent%25done is rejected": "",
	} {
		got, ok := decodePath(strings.TrimSuffix(path, " is rejected"))
		if !ok {
			got = ""
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

func TestAPIRequest(t *testing.T) {
	f, _ := start(t, "obey", Options{})
	url := serve(t, &API{
		Routes:         []Route{{RouteKey: "POST /pets/{id}", Function: f}},
		Stage:          "dev",
		StageVariables: map[string]string{"color": "blue"},
		Domain:         "abc.execute-api.us-east-1.amazonaws.com",
	})
	response, body, err := request(t, "POST", url+"/dev/pets/c%20d?x=1&x=2", "event",
		"Content-Type", "text/plain", "Cookie", "a=1; b=2", "User-Agent", "me")
	if err != nil || response.StatusCode != 200 {
		t.Fatal(response.Status, body, err)
	}
	var got struct {
		RawPath, RawQueryString string
		Cookies                 []string
		Headers                 map[string]string
		RequestContext          struct {
			RequestID, DomainName string
			HTTP                  struct{ Method, Path string }
		}
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	want := got
	want.RawPath, want.RawQueryString = "/dev/pets/c d", "x=1&x=2"
	want.Cookies = []string{"a=1", "b=2"}
	want.RequestContext.DomainName = "abc.execute-api.us-east-1.amazonaws.com"
	want.RequestContext.HTTP.Method, want.RequestContext.HTTP.Path = "POST", "/dev/pets/c d"
	want.Headers = map[string]string{
		"accept-encoding": "gzip", "content-length": "5", "content-type": "text/plain", "user-agent": "me",
		"host": "abc.execute-api.us-east-1.amazonaws.com", "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https", "x-forwarded-port": "443",
		"x-amzn-trace-id": got.Headers["x-amzn-trace-id"],
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
	if id := response.Header.Get("Apigw-Requestid"); len(id) != 16 {
		t.Errorf("got request id %q", id)
	}
}

// TestAPIEventFields are those that aws-lambda-go's type for function URLs, which
// the handler above takes, does not have.
func TestAPIEventFields(t *testing.T) {
	api := &API{Routes: []Route{{RouteKey: "GET /{proxy+}", Function: &Function{}}}, StageVariables: map[string]string{"color": "blue"}}
	if err := api.Validate(); err != nil {
		t.Fatal(err)
	}
	r := must(http.NewRequest("GET", "http://h/a/b", nil))
	e := api.event(r, api.find("GET", "/a/b"), nil, "id").(*event)
	if e.RouteKey != "GET /{proxy+}" || e.RequestContext.RouteKey != e.RouteKey || e.RequestContext.Stage != "$default" ||
		e.PathParameters["proxy"] != "a/b" || e.StageVariables["color"] != "blue" || e.RequestContext.RequestID != "id" {
		t.Errorf("got %+v", e)
	}
}

// says is the body of an answer of the API's own.
func says(message string) string {
	return string(must(json.Marshal(map[string]string{"message": message})))
}

func TestAPIAnswers(t *testing.T) {
	obey, log := start(t, "obey", Options{})
	verbatim, _ := start(t, "verbatim", Options{})
	broken, _ := start(t, "obey", Options{Name: "broken", Command: Command{Args: []string{"no-such-program"}}})
	url := serve(t, &API{Stage: "dev", Routes: []Route{
		{RouteKey: "POST /obey", Function: obey},
		{RouteKey: "POST /v1", Function: verbatim, PayloadFormat: "1.0"},
		{RouteKey: "POST /v2", Function: verbatim},
		{RouteKey: "POST /broken", Function: broken},
		{RouteKey: "POST /impatient", Function: obey, Timeout: time.Millisecond},
	}})
	const failure = `{"message":"Internal Server Error"}`
	for _, test := range []struct {
		path, body string
		status     int
		kind, want string
	}{
		{"/dev/obey", "error", 500, "application/json", failure},
		{"/dev/obey", strings.Repeat("x", maxBody+1), 413, "application/json", `{"message":"Request Entity Too Large"}`},
		{"/dev/obey", strings.Repeat("x", maxBody), 500, "application/json", failure},
		{"/dev/nothing", "", 404, "application/json", `{"message":"Not Found"}`},
		{"/device/obey", "", 404, "application/json", `{"message":"Not Found"}`},
		{"/obey", "", 404, "application/json", `{"message":"Not Found"}`},
		{"/dev", "", 404, "application/json", `{"message":"Not Found"}`},
		{"/dev/%25zz", "", 400, "application/json", `{"message":"Bad Request"}`},
		{"/dev/broken", "", 500, "application/json", says(`cfsim: function "broken": the command "no-such-program" did not start: ` + exec.Command("no-such-program").Err.Error())},
		{"/dev/impatient", "hang", 503, "application/json", `{"message":"Service Unavailable"}`},
		{"/dev/v2", `{"statusCode":200,"body":"a"}`, 200, "text/plain; charset=utf-8", "a"},
		{"/dev/v2", `{"a":1}`, 200, "application/json", `{"a":1}`},
		{"/dev/v2", `{"statusCode":"x"}`, 500, "application/json", failure},
		{"/dev/v1", `{"statusCode":201,"multiValueHeaders":{"content-type":["text/css"]},"body":"a"}`, 201, "text/css", "a"},
		{"/dev/v1", `{"a":1}`, 500, "application/json", failure},
		{"/dev/v1", `garbage`, 500, "application/json", failure},
	} {
		response, body, err := request(t, "POST", url+test.path, test.body, "Content-Type", "text/plain")
		if err != nil || response.StatusCode != test.status || response.Header.Get("Content-Type") != test.kind || body != test.want {
			t.Errorf("%s %.40s: got %s %s %s %v, want %d %s %s", test.path, test.body, response.Status, response.Header.Get("Content-Type"), body, err, test.status, test.kind, test.want)
		}
	}
	if want := "the integration timed out, and the function goes on"; !strings.Contains(log.String(), want) {
		t.Errorf("the log lacks %q:\n%s", want, log)
	}
}
