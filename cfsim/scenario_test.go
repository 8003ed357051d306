package cfsim

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"
)

// TestScenarios plays each file testdata/scenarios/*.txtar. Its parts are
//
//	template.yaml    the template, or
//	template         the path of one, from testdata
//	options          as YAML: country, parameters, stores (the paths of their values, from testdata)
//	bucket/NAME/…    objects of the bucket NAME; a file "empty" makes it an empty bucket
//	processes        why other processes are needed
//	requests         what is done and what is expected
//
// The requests are lines. One that begins with a method sends a request:
//
//	POST /api/orders?a=1
//	> Cookie: session=1
//	> > the body
//	route /api/* Api /v1/api/orders
//	status 201
//
// Lines that begin with ">" belong to the line before. The words for what is
// expected are in [expectations], those for what is done in [directives]. Every
// origin answers: as a bucket if there are objects for it, else as the directive
// "origin" says, and with 200 if there is none. A comment begins with #.
//
// The clock stands still but for "advance" and "time". Scenarios run in a bubble of
// [synctest], where waiting takes no time, and where anything that is still running
// in the end is an error; those that need other processes run outside.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/scenarios/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios found: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			bubble := !slices.ContainsFunc(archive.Files, func(f txtar.File) bool { return f.Name == "processes" })
			play := func(t *testing.T) {
				s := newScenario(t, archive)
				s.inBubble = bubble
				defer func() { s.app.Close() }()
				s.play()
			}
			if bubble {
				synctest.Test(t, play)
			} else {
				play(t)
			}
		})
	}
}

type scenario struct {
	t             *testing.T
	path          string // of the template
	settings      settings
	asWritten     settings
	buckets       map[string]fstest.MapFS
	scripts       map[string]script // of origins that are no buckets
	lines         []line
	abbreviations []string // "{name}", what it stands for, …
	inBubble      bool
	checked       int // expectations

	app    *App
	d      *Distribution
	chosen string // name of the distribution, "" if there is only one
	clock  time.Time
	viewer string // address, "" for the usual one

	// Of the last request:
	sent     line
	trace    *Trace
	response *http.Response
	body     string
	bodyErr  error
	asked    []string // what origins were asked
	got      string   // the body of the last of these
}

// settings are the part "options".
type settings struct {
	Country    string
	Parameters map[string]string
	Stores     map[string]string
}

// A line is a line of the requests with those beginning with ">" that follow it.
type line struct {
	number     int
	word, rest string
	attached   []string
}

func newScenario(t *testing.T, archive *txtar.Archive) *scenario {
	t.Helper()
	s := &scenario{
		t: t, buckets: map[string]fstest.MapFS{}, scripts: map[string]script{},
		clock: time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC),
	}
	for _, f := range archive.Files {
		s.add(f)
	}
	s.asWritten = s.settings
	s.load()
	return s
}

// add takes in a part of the file.
func (s *scenario) add(f txtar.File) {
	s.t.Helper()
	kind, rest, _ := strings.Cut(f.Name, "/")
	var err error
	switch kind {
	case "bucket":
		s.put(rest, strings.TrimSuffix(string(f.Data), "\n"))
	case "options":
		decoder := yaml.NewDecoder(bytes.NewReader(f.Data))
		decoder.KnownFields(true)
		err = decoder.Decode(&s.settings)
	case "processes":
	case "requests":
		s.lines = linesOf(string(f.Data))
	case "template":
		s.path = filepath.Join("testdata", strings.TrimSpace(string(f.Data)))
	case "template.yaml":
		s.path = filepath.Join(s.t.TempDir(), f.Name)
		err = os.WriteFile(s.path, f.Data, 0o600)
	default:
		err = fmt.Errorf("there is no use for it")
	}
	if err != nil {
		s.t.Fatalf("%s: %v", f.Name, err)
	}
}

func linesOf(text string) (lines []line) {
	for i, text := range strings.Split(text, "\n") {
		text = strings.TrimSpace(text)
		if text == "" || text[0] == '#' {
			continue
		}
		if more, ok := strings.CutPrefix(text, "> "); ok && len(lines) > 0 {
			last := &lines[len(lines)-1]
			last.attached = append(last.attached, more)
			continue
		}
		word, rest, _ := strings.Cut(text, " ")
		lines = append(lines, line{number: i + 1, word: word, rest: strings.TrimSpace(rest)})
	}
	return lines
}

// load loads the template anew, with an empty cache.
func (s *scenario) load() {
	s.t.Helper()
	if s.app != nil {
		s.app.Close()
	}
	var err error
	s.app, err = Load(s.path, &Options{
		Country: s.settings.Country, Parameters: s.settings.Parameters,
		Now: func() time.Time { return s.clock },
	})
	if err != nil {
		s.t.Fatal(err)
	}
	for name, path := range s.settings.Stores {
		if err := s.app.AttachStore(name, filepath.Join("testdata", path)); err != nil {
			s.t.Fatal(err)
		}
	}
	if s.chosen != "" || len(s.app.Distributions()) == 1 {
		s.choose(s.chosen)
	}
}

// choose takes one of several distributions, and puts something behind its
// origins.
func (s *scenario) choose(name string) {
	s.t.Helper()
	d, err := s.app.Distribution(name)
	if err != nil {
		s.t.Fatal(err)
	}
	s.d, s.chosen = d, name
	known := map[string]bool{}
	for _, o := range d.origins {
		if len(o.members) > 0 {
			continue
		}
		known[o.name] = true
		if o.attached, err = s.standIn(o); err != nil {
			s.t.Fatal(err)
		}
	}
	for name := range s.buckets {
		if !known[name] {
			s.t.Fatalf("there are objects for %s, and no such origin", name)
		}
	}
}

func (s *scenario) put(path, text string) {
	bucket, name, _ := strings.Cut(path, "/")
	if s.buckets[bucket] == nil {
		s.buckets[bucket] = fstest.MapFS{}
	}
	if name != "empty" {
		s.buckets[bucket][name] = &fstest.MapFile{Data: []byte(text), ModTime: s.clock}
	}
}

func (s *scenario) play() {
	for _, l := range s.lines {
		l = s.expanded(l)
		switch expect, do := expectations[l.word], directives[l.word]; {
		case do != nil:
			if err := do(s, l); err != nil {
				s.t.Fatalf("requests:%d: %s %s: %v", l.number, l.word, l.rest, err)
			}
		case expect != nil && s.trace != nil:
			s.checked++
			if problem := expect(s, l.rest); problem != "" {
				s.fail(l, problem)
			}
		case strings.ToUpper(l.word) == l.word:
			s.send(l)
		default:
			s.t.Fatalf("requests:%d: %s is no word that can be here", l.number, l.word)
		}
	}
	if s.checked == 0 {
		s.t.Error("nothing is expected of any request")
	}
}

// expanded is a line with its abbreviations written out.
func (s *scenario) expanded(l line) line {
	replacer := strings.NewReplacer(s.abbreviations...)
	l.rest, l.attached = replacer.Replace(l.rest), slices.Clone(l.attached)
	for i, text := range l.attached {
		l.attached[i] = replacer.Replace(text)
	}
	return l
}

func (s *scenario) fail(l line, problem string) {
	s.t.Helper()
	s.t.Errorf("requests:%d: %s %s: %s\n%s", l.number, l.word, l.rest, problem, s.trace)
}

// send sends a request, after it has been explained: both have to agree.
func (s *scenario) send(l line) {
	s.t.Helper()
	s.sent, s.asked, s.got = l, nil, ""
	explained := s.d.Explain(s.request(l))
	if len(s.asked) > 0 {
		s.fail(l, fmt.Sprintf("to explain it, %s was asked", s.asked))
	}
	s.response, s.trace = s.d.Do(s.request(l))
	body, err := io.ReadAll(s.response.Body)
	s.response.Body.Close()
	s.body, s.bodyErr = string(body), err
	if s.inBubble {
		synctest.Wait() // for what goes on in the background
	}
	if problem := disagreement(explained, s.trace); problem != "" {
		s.fail(l, problem)
	}
}

func (s *scenario) request(l line) *http.Request {
	s.t.Helper()
	r, err := NewRequest(l.word, l.rest)
	if err != nil {
		s.t.Fatalf("requests:%d: %v", l.number, err)
	}
	header, body := headerAndBody(l.attached)
	if body != "" {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	}
	r.Header = header
	if s.viewer != "" {
		r.RemoteAddr = s.viewer + ":40000"
	}
	return r
}

// headerAndBody reads lines "Name: value", "> text" of the body, and "> *1000
// text" for that many times the text.
func headerAndBody(lines []string) (header http.Header, body string) {
	header = http.Header{}
	for _, l := range lines {
		text, ok := strings.CutPrefix(l, "> ")
		if !ok {
			name, value, _ := strings.Cut(l, ": ")
			header.Add(name, value)
			continue
		}
		times := 1
		if n, repeated, ok := strings.Cut(text, " "); ok {
			if _, err := fmt.Sscanf(n, "*%d", &times); err == nil {
				text = repeated
			}
		}
		body += strings.Repeat(text, times)
	}
	return header, body
}

// disagreement says what Explain and Do made differently of a request. What
// Lambda@Edge functions on origin events do only Do knows.
func disagreement(explained, done *Trace) string {
	for _, field := range []struct {
		name           string
		explained, did any
		unknown        bool
	}{
		{"behavior", explained.Behavior, done.Behavior, false},
		{"tried patterns", fmt.Sprint(explained.Tried), fmt.Sprint(done.Tried), false},
		{"cache key", explained.CacheKey, done.CacheKey, false},
		{"cacheable", explained.Cacheable, done.Cacheable, false},
		{"uri", explained.URI, done.URI, done.FromEdge},
		{"status", explained.Status, done.Status, explained.Status == 0},
	} {
		if field.explained != field.did && !field.unknown {
			return fmt.Sprintf("Explain and Do disagree on %s: %v, %v", field.name, field.explained, field.did)
		}
	}
	return ""
}
