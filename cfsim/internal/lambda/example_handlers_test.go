package lambda

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

const order = `{"jobs": [{"item": "flyers", "quantity": 500}]}`

// TestExampleHandlers runs the handlers of the example as their users do.
func TestExampleHandlers(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles two programs")
	}
	goRun := func(name string) Options {
		return Options{Name: name, Command: Command{Args: []string{"go", "run", "./example/" + name}, Dir: "../../.."}}
	}
	api, _ := start(t, "", goRun("api"))
	report, _ := start(t, "", goRun("report"))
	prices := serve(t, &API{Routes: []Route{{RouteKey: "$default", Function: api}}})
	plan := serve(t, &URL{Function: report, Stream: true})

	t.Run("api", func(t *testing.T) {
		response, body, _ := request(t, "GET", prices+"/catalog", "", "X-Forwarded-Prefix", "/api")
		if want := `"quote":"/api/quote"`; response.StatusCode != 200 || response.Header.Get("Content-Type") != "application/json" || !strings.Contains(body, want) {
			t.Errorf("got %s %s, want 200 and %s", response.Status, body, want)
		}
		for _, kind := range []string{"application/json", "application/octet-stream"} { // as text, and in Base64
			response, body, _ = request(t, "POST", prices+"/quote", order, "Content-Type", kind)
			if response.StatusCode != 200 || !json.Valid([]byte(body)) {
				t.Errorf("%s: got %s %s, want 200 and a price", kind, response.Status, body)
			}
		}
		response, _, _ = request(t, "DELETE", prices+"/quote", "")
		if response.StatusCode != 405 || response.Header.Get("Allow") != "POST" {
			t.Errorf("got %s %v, want 405 and Allow: POST", response.Status, response.Header)
		}
	})
	t.Run("report", func(t *testing.T) {
		response := must(http.Post(plan, "application/json", strings.NewReader(order)))
		defer response.Body.Close()
		lines := bufio.NewScanner(response.Body)
		n := 0
		for lines.Scan() {
			n++
		}
		if response.StatusCode != 200 || n != 5 || lines.Err() != nil {
			t.Errorf("got %s, %d lines, %v", response.Status, n, lines.Err())
		}
		if response, body, _ := request(t, "GET", plan, ""); response.StatusCode != 405 || !strings.Contains(body, "send POST instead of GET") {
			t.Errorf("got %s %s, want 405", response.Status, body)
		}
	})
}
