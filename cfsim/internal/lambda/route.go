package lambda

import (
	"fmt"
	"slices"
	"strings"
)

// A pattern is the key of a route, read: a method or ANY, and a path of literal
// segments, {name} for one segment that is not empty, and {name+} at the end for
// all that is left.
type pattern struct {
	method   string // "" for $default
	segments []segment
}

type segment struct {
	kind kind
	text string // the literal, or the name
}

// The kinds of segments, the most specific first.
type kind int

const (
	literal kind = iota
	variable
	greedy
)

var methods = []string{"ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}

// parseRoute reads a route key.
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html)
func parseRoute(key string) (pattern, error) {
	if key == "$default" {
		return pattern{}, nil
	}
	method, path, _ := strings.Cut(key, " ")
	rest, rooted := strings.CutPrefix(path, "/")
	if !slices.Contains(methods, method) || !rooted {
		return pattern{}, fmt.Errorf(`cfsim: the route key %q is neither "$default" nor a method (%s) and a path, such as "GET /pets/{id}"`, key, strings.Join(methods, ", "))
	}
	p := pattern{method: method}
	if rest == "" {
		return p, nil
	}
	texts := strings.Split(rest, "/")
	for i, text := range texts {
		s, ok := parseSegment(text)
		if !ok || s.kind == greedy && i < len(texts)-1 {
			return pattern{}, fmt.Errorf(`cfsim: the route key %q has the segment %q, which is no text, {name}, or {name+} at the end`, key, text)
		}
		p.segments = append(p.segments, s)
	}
	return p, nil
}

func parseSegment(text string) (segment, bool) {
	inner, opened := strings.CutPrefix(text, "{")
	if !opened {
		return segment{literal, text}, text != "" && !strings.ContainsAny(text, "{}")
	}
	inner, closed := strings.CutSuffix(inner, "}")
	name, all := strings.CutSuffix(inner, "+")
	s := segment{variable, name}
	if all {
		s.kind = greedy
	}
	return s, closed && name != "" && !strings.ContainsAny(name, "{}+")
}

// match returns the path's parameters, if the path is one of the pattern's. A
// slash at the end counts: it is one segment more, which is empty.
func (p pattern) match(method, path string) (parameters map[string]string, ok bool) {
	if p.method == "" {
		return nil, true
	}
	if p.method != "ANY" && p.method != method {
		return nil, false
	}
	rest, more := strings.TrimPrefix(path, "/"), path != "/"
	for _, s := range p.segments {
		if s.kind == greedy {
			// All of what is left, which may be nothing after a slash.
			return with(parameters, s.text, rest), more || path == "/"
		}
		if !more {
			return nil, false
		}
		var text string
		text, rest, more = strings.Cut(rest, "/")
		switch {
		case s.kind == literal && text != s.text, s.kind == variable && text == "":
			return nil, false
		case s.kind == variable:
			parameters = with(parameters, s.text, text)
		}
	}
	return parameters, !more
}

func with(parameters map[string]string, name, value string) map[string]string {
	if parameters == nil {
		parameters = map[string]string{}
	}
	parameters[name] = value
	return parameters
}

// compare orders patterns so that the first that matches is API Gateway's choice:
// a full match before one with a greedy variable, and $default last. Within
// these the one with the most specific segments counted from the left, and a
// method before ANY; AWS shows that only for static paths before variables.
func (p pattern) compare(q pattern) int {
	if c := p.rank() - q.rank(); c != 0 {
		return c
	}
	for i := range min(len(p.segments), len(q.segments)) {
		if c := p.segments[i].kind - q.segments[i].kind; c != 0 {
			return int(c)
		}
	}
	if c := len(q.segments) - len(p.segments); c != 0 {
		return c
	}
	return boolToInt(p.method == "ANY") - boolToInt(q.method == "ANY")
}

func (p pattern) rank() int {
	switch last := len(p.segments) - 1; {
	case p.method == "":
		return 2
	case last >= 0 && p.segments[last].kind == greedy:
		return 1
	}
	return 0
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
