package cfsim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A Trace tells what a distribution made of one request, and why. It prints as
// a readable explanation; its fields are there to assert on.
type Trace struct {
	Method string `json:"method"`
	URL    string `json:"url"` // as the viewer asked for it, with scheme and host

	// Behavior is the path pattern of the cache behavior, "*" for the default
	// one, and "" for a request that was answered before one was chosen.
	Behavior string `json:"behavior,omitempty"`

	// Tried are the patterns that were compared before, in order.
	Tried []string `json:"tried,omitempty"`

	// Functions are the edge functions that ran, in order.
	Functions []FunctionRun `json:"functions,omitempty"`

	// CacheKey is the key of the object in the cache, "" where none was made.
	// Two requests with one key get the same object. Cacheable says whether
	// the answer of the origin may be kept under it at all; that depends on the
	// cache policy and the method, not on what the origin answers.
	CacheKey  string `json:"cacheKey,omitempty"`
	Cacheable bool   `json:"cacheable"`

	// Cache is "hit", "miss", "refresh hit", "stale", "not cacheable" or "error",
	// and "" where the cache was not asked.
	Cache string `json:"cache,omitempty"`

	// Origin is the logical id of the resource that answers, or the host of an
	// origin that is not in the template. It is "" when the edge answers by
	// itself. OriginID is the id of the origin within the distribution.
	Origin   string `json:"origin,omitempty"`
	OriginID string `json:"originId,omitempty"`

	// URI is the path that the origin is asked for, the origin path included
	// and the query string not.
	URI string `json:"uri,omitempty"`

	// OriginRequest is what is sent to the origin, nil when the edge answers.
	OriginRequest *OriginRequest `json:"originRequest,omitempty"`

	// Denied says why the origin refuses the distribution, according to the
	// policies in the template. It is "" where they allow the request or are
	// not known.
	Denied string `json:"denied,omitempty"`

	// Status is the status of the answer that the viewer gets, 0 if only an
	// origin that is not attached could tell. Header are the headers of that
	// answer. FromEdge says that no origin was asked for it.
	Status   int         `json:"status,omitempty"`
	Header   http.Header `json:"header,omitempty"`
	FromEdge bool        `json:"fromEdge,omitempty"`

	// Took is the time until the answer began, on this machine.
	Took time.Duration `json:"tookNanoseconds,omitempty"`

	// Steps are what happened, in order.
	Steps []Step `json:"steps"`

	origin *origin // nil if the edge answers
}

// A Step is one thing that the distribution did.
type Step struct {
	Stage   string   `json:"stage"` // such as "behavior", "cache" or "origin"
	Text    string   `json:"text"`
	Details []string `json:"details,omitempty"`

	// NotSimulated marks something that CloudFront would do here and this
	// package does not.
	NotSimulated bool `json:"notSimulated,omitempty"`
}

// A FunctionRun is one run of an edge function.
type FunctionRun struct {
	Name      string        `json:"name"`      // logical id
	EventType string        `json:"eventType"` // such as "viewer-request"
	Changes   []string      `json:"changes,omitempty"`
	URI       string        `json:"uri,omitempty"`    // as the function left it, "" if it answered
	Header    http.Header   `json:"header,omitempty"` // of the request or the answer, as the function left it
	Logs      []string      `json:"logs,omitempty"`
	Took      time.Duration `json:"tookNanoseconds"` // on this machine, which says little about CloudFront's limit
	Err       string        `json:"error,omitempty"`

	// Unparsable says that the engine at the edge does not take the code.
	Unparsable bool `json:"unparsable,omitempty"`
}

// An OriginRequest is what is sent to an origin.
type OriginRequest struct {
	Method string      `json:"method"`
	URL    string      `json:"url"` // with symbols for what only a deployment knows
	Host   string      `json:"host"`
	Header http.Header `json:"header"`

	scheme, domain, target string // the parts of URL; symbols in a domain may have slashes
}

func (t *Trace) step(stage, format string, args ...any) *Step {
	t.Steps = append(t.Steps, Step{Stage: stage, Text: fmt.Sprintf(format, args...)})
	return &t.Steps[len(t.Steps)-1]
}

// add takes over what happened when an origin was asked.
func (t *Trace) add(asked *Trace) {
	t.Steps = append(t.Steps, asked.Steps...)
	t.Functions = append(t.Functions, asked.Functions...)
	if asked.OriginRequest != nil {
		t.reaches(asked.origin, asked.OriginRequest, asked.Denied)
	}
}

// reaches notes which origin gets the request, as far as that is known.
func (t *Trace) reaches(o *origin, sent *OriginRequest, denied string) {
	t.origin, t.Origin, t.OriginID = o, o.name, o.Id
	t.OriginRequest, t.Denied = sent, denied
	if sent != nil {
		t.URI = sent.path()
	}
}

// notSimulated says once that something is left out.
func (t *Trace) notSimulated(stage, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.ContainsFunc(t.Steps, func(s Step) bool { return s.Text == text }) {
		t.step(stage, "%s", text).NotSimulated = true
	}
}

// NotSimulated returns what CloudFront would have done to the request and this package
// has not, in sentences.
func (t *Trace) NotSimulated() []string {
	var texts []string
	for _, s := range t.Steps {
		if s.NotSimulated {
			texts = append(texts, s.Text)
		}
	}
	return texts
}

// Outcome says in a few words what becomes of the request, in the form that
// [Distribution.Expect] takes: "Site /index.html" for a request that reaches an
// origin, "404" or "308 /files/" for one that the edge answers, and
// "403 from Site" with the reason for one that the origin refuses.
func (t *Trace) Outcome() string {
	switch {
	case t.Origin == "":
		return strings.TrimSuffix(fmt.Sprintf("%d %s", t.Status, t.Header.Get("Location")), " ")
	case t.Denied != "":
		return fmt.Sprintf("403 from %s: %s", t.label(), t.Denied)
	}
	return t.label() + " " + t.URI
}

func (t *Trace) label() string {
	if t.origin == nil {
		return t.Origin
	}
	return cmp.Or(t.origin.label, t.Origin)
}

// String explains the request, a line or more for each step.
func (t *Trace) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", t.Method, t.URL)
	for _, s := range t.Steps {
		text := s.Text
		if s.NotSimulated {
			text = "not simulated: " + text
		}
		fmt.Fprintf(&b, "  %-10s %s\n", s.Stage, text)
		for _, detail := range s.Details {
			fmt.Fprintf(&b, "  %-10s   %s\n", "", strings.ReplaceAll(detail, "\n", "\n               "))
		}
	}
	return b.String()
}

// JSON returns the trace as one line of JSON.
func (t *Trace) JSON() []byte {
	text, err := json.Marshal(t)
	if err != nil { // there is nothing in it that JSON cannot express
		panic(err)
	}
	return text
}
