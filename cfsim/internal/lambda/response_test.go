package lambda

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var interpretTests = []struct {
	payload string
	want    string // status, headers and body
}{
	{`{"statusCode":201,"headers":{"x-a":"1"},"body":"b"}`, `201 map[Content-Type:[text/default] X-A:[1]] "b"`},
	{`{"statusCode":"418","body":"b"}`, `418 map[Content-Type:[text/default]] "b"`},
	{`{"statusCode":200,"headers":null,"cookies":null,"body":null,"isBase64Encoded":null}`, `200 map[Content-Type:[text/default]] ""`},
	{`{"statusCode":200,"headers":{"x-n":1e3,"x-b":true}}`, `200 map[Content-Type:[text/default] X-B:[true] X-N:[1e3]] ""`},
	{`{"statusCode":200,"cookies":["a=1","b=2"],"headers":{"set-cookie":"c=3"}}`, `200 map[Content-Type:[text/default] Set-Cookie:[a=1 b=2 c=3]] ""`},
	{`{"statusCode":200,"headers":{"x-a":"3"},"multiValueHeaders":{"X-A":["1","2"]}}`, `200 map[Content-Type:[text/default] X-A:[1 2 3]] ""`},
	{`{"statusCode":200,"headers":{"Content-Length":"9","Connection":"close","transfer-encoding":"chunked"},"body":"b"}`, `200 map[Content-Type:[text/default]] "b"`},
	{`{"statusCode":200,"body":"AAE=","isBase64Encoded":true}`, `200 map[Content-Type:[text/default]] "\x00\x01"`},

	{`{"message":"hi"}`, `200 map[Content-Type:[application/json]] "{\"message\":\"hi\"}"`},
	{`{"StatusCode":404}`, `200 map[Content-Type:[application/json]] "{\"StatusCode\":404}"`},
	{`"test \"it\""`, `200 map[Content-Type:[application/json]] "test \"it\""`},
	{`[1, 2]`, `200 map[Content-Type:[application/json]] "[1, 2]"`},
	{`42`, `200 map[Content-Type:[application/json]] "42"`},
	{`null`, `200 map[Content-Type:[application/json]] "null"`},
	{`{"name": "broken`, `200 map[Content-Type:[application/json]] "{\"name\": \"broken"`},
	{``, `200 map[Content-Type:[application/json]] ""`},

	{`{"statusCode":0}`, `the response is malformed: "statusCode" is 0, return a number from 200 to 599`},
	{`{"statusCode":100}`, `the response is malformed: "statusCode" is 100, return a number from 200 to 599`},
	{`{"statusCode":200.5}`, `the response is malformed: "statusCode" is 200.5, return a number from 200 to 599`},
	{`{"statusCode":null}`, `the response is malformed: "statusCode" is null, return a number from 200 to 599`},
	{`{"statusCode":200,"body":{"a":1}}`, `the response is malformed: "body" is {"a":1}, return a string`},
	{`{"statusCode":200,"body":"!","isBase64Encoded":true}`, `the response is malformed: "body" is "!", return Base64, since isBase64Encoded is true`},
	{`{"statusCode":200,"headers":{"a":["b"]}}`, `the response is malformed: "headers" is ["b"], return an object of strings`},
	{`{"statusCode":200,"headers":["a"]}`, `the response is malformed: "headers" is ["a"], return an object of strings`},
	{`{"statusCode":200,"headers":{"a b":"c"}}`, `the response is malformed: "a b" cannot be sent as a header with the value "c"`},
	{`{"statusCode":200,"headers":{"a":"b\r\nc: d"}}`, `the response is malformed: "a" cannot be sent as a header with the value "b\r\nc: d"`},
	{`{"statusCode":200,"cookies":"a=1"}`, `the response is malformed: "cookies" is "a=1", return a list of strings`},
}

func TestInterpret(t *testing.T) {
	for _, test := range interpretTests {
		got := ""
		if a, err := interpret([]byte(test.payload), "text/default"); err != nil {
			got = err.Error()
		} else {
			got = fmt.Sprintf("%d %v %q", a.status, a.header, a.body)
		}
		if got != test.want {
			t.Errorf("%s: got\n\t%s\nwant\n\t%s", test.payload, got, test.want)
		}
	}
}

// FuzzInterpret is that whatever a function returns is either refused or can be
// sent.
func FuzzInterpret(f *testing.F) {
	for _, test := range interpretTests {
		f.Add([]byte(test.payload))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		a, err := interpret(payload, "text/default")
		if err != nil {
			return
		}
		w := httptest.NewRecorder()
		a.send(w)
		var wire bytes.Buffer
		if err := w.Result().Write(&wire); err != nil {
			t.Fatalf("%q cannot be sent: %v", payload, err)
		}
	})
}

func TestReadPrelude(t *testing.T) {
	end := strings.Repeat("\x00", 8)
	for _, test := range []struct{ text, want, rest string }{
		{`{"statusCode":404,"headers":{"x-a":"1"},"cookies":["b=2"]}` + end + "body", "404 map[Content-Type:[application/octet-stream] Set-Cookie:[b=2] X-A:[1]]", "body"},
		{`{}` + end, "200 map[Content-Type:[application/octet-stream]]", ""},
		{`{}` + end + "\x00", "200 map[Content-Type:[application/octet-stream]]", "\x00"},
		{`{"statusCode":404}`, "no eight zero bytes", ""},
		{`{"statusCode":404}` + end[1:], "no eight zero bytes", ""},
		{strings.Repeat(" ", maxPrelude) + end, "no eight zero bytes", ""},
		{"nonsense" + end, "its head is no JSON object", ""},
		{end, "its head is no JSON object", ""},
		{`{"statusCode":1000}` + end, `"statusCode" is 1000`, ""},
	} {
		r := bytes.NewBufferString(test.text)
		got, rest := "", ""
		if a, err := readPrelude(r); err != nil {
			got = err.Error()
		} else {
			got, rest = fmt.Sprintf("%d %v", a.status, a.header), r.String()
		}
		if !strings.Contains(got, test.want) || rest != test.rest {
			t.Errorf("%.60q: got %s and %q left, want %s and %q", test.text, got, rest, test.want, test.rest)
		}
	}
}

func TestSend(t *testing.T) {
	for status, want := range map[int]string{200: "4", 204: "", 304: "", 404: "4"} {
		w := httptest.NewRecorder()
		newAnswer(status, "text/plain", "body").send(w)
		wantHeader := http.Header{"Content-Type": {"text/plain"}}
		if want != "" {
			wantHeader.Set("Content-Length", want)
		}
		if diff := cmp.Diff(wantHeader, w.Result().Header); diff != "" || w.Code != status || (w.Body.Len() > 0) != (want != "") {
			t.Errorf("%d: got %d and %d bytes, headers (-want +got):\n%s", status, w.Code, w.Body.Len(), diff)
		}
	}
}
