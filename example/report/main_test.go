package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cfrouter/cfrouter/example/quote"
)

const flyers = `{"jobs": [{"item": "flyers", "quantity": 500}]}`

func post(path, method, body string) *request {
	r := &request{RawPath: path, Body: body, Headers: map[string]string{"x-forwarded-prefix": "/report"}}
	r.RequestContext.HTTP.Method = method
	return r
}

func TestAnswers(t *testing.T) {
	for _, test := range []struct {
		name, path, method, body string
		status                   int
		contentType, want        string
	}{
		{"plan", "/", "POST", flyers, 200, "text/plain; charset=utf-8", "500 × Flyers A5"},
		{"bad JSON", "/", "POST", "{", 400, quote.ProblemType, `"title":"Bad Request"`},
		{"no jobs", "/", "POST", "{}", 422, quote.ProblemType, "0 jobs"},
		{"unknown path", "/x", "POST", flyers, 404, quote.ProblemType, "there is nothing at /report/x"},
		{"wrong method", "/", "GET", "", 405, quote.ProblemType, "send POST instead of GET"},
	} {
		t.Run(test.name, func(t *testing.T) {
			response, err := newHandler(0)(t.Context(), post(test.path, test.method, test.body))
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			if response.StatusCode != test.status || response.Headers["content-type"] != test.contentType {
				t.Errorf("got %d %s, want %d %s", response.StatusCode, response.Headers["content-type"], test.status, test.contentType)
			}
			if !strings.Contains(string(body), test.want) {
				t.Errorf("the body lacks %q:\n%s", test.want, body)
			}
		})
	}
}

// TestLinesArriveOneByOne reads with a fake clock: a line is there before the pause that follows it,
// and not all lines at the end.
func TestLinesArriveOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		response, err := newHandler(time.Minute)(t.Context(), post("/", "POST", flyers))
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(response.Body)
		for i := range 5 {
			if !lines.Scan() {
				t.Fatalf("the stream ended after %d lines: %v", i, lines.Err())
			}
			if got, want := time.Since(start), time.Duration(i)*time.Minute; got != want {
				t.Errorf("line %d came after %v, want %v", i+1, got, want)
			}
		}
		if lines.Scan() {
			t.Errorf("there is one line too many: %s", lines.Text())
		}
	})
}

// TestStreamStops needs no assertion about the goroutine: synctest fails a test that leaves one
// blocked.
func TestStreamStops(t *testing.T) {
	t.Run("closed by the reader", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			response, _ := newHandler(time.Minute)(t.Context(), post("/", "POST", flyers))
			bufio.NewReader(response.Body).ReadString('\n')
			if err := response.Close(); err != nil {
				t.Fatal(err)
			}
		})
	})
	t.Run("out of time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			response, _ := newHandler(time.Hour)(ctx, post("/", "POST", flyers))
			if _, err := io.ReadAll(response.Body); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v, want a deadline error", err)
			}
		})
	})
}
