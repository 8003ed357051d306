package cfsim

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/andybalholm/brotli"
)

// expectations are the words of a scenario for what is expected of the last
// request. Each returns what is wrong, "" if nothing is.
var expectations = map[string]func(s *scenario, want string) string{
	// route /api/* Api /v1/users: behavior, origin and the uri that it is asked for
	"route": func(s *scenario, want string) string {
		t := s.trace
		parts := strings.Fields(want)
		if len(parts) == 3 && t.origin != nil && named(t.origin.names, parts[1]) {
			parts[1] = t.Origin // by another name
		}
		return differs(strings.Join([]string{t.Behavior, t.Origin, t.URI}, " "), strings.Join(parts, " "))
	},
	// edge /api/* 301 https://…: behavior ("-" for none), status and location of an answer for which no origin was asked
	"edge": func(s *scenario, want string) string {
		t := s.trace
		if !t.FromEdge || len(s.asked) > 0 {
			return fmt.Sprintf("it is no answer of the edge; %s was asked", s.asked)
		}
		behavior := t.Behavior
		if behavior == "" {
			behavior = "-"
		}
		return differs(strings.TrimSpace(fmt.Sprintf("%s %d %s", behavior, t.Status, t.Header.Get("Location"))), want)
	},
	// asks Api GET /v1/users, Site /: all requests that origins got, "nothing" for none
	"asks": func(s *scenario, want string) string {
		asked := strings.Join(s.asked, ", ")
		if asked == "" {
			asked = "nothing"
		}
		return differs(asked, want)
	},
	// lasts 24h: from then on, the next request is a hit until that has passed, and then not
	"lasts": func(s *scenario, want string) string { return s.lasts(want) },
	// status 404
	"status": func(s *scenario, want string) string {
		if problem := differs(fmt.Sprint(s.response.StatusCode), want); problem != "" {
			return problem
		}
		return differs(fmt.Sprint(s.trace.Status), want)
	},
	// cache hit
	"cache": func(s *scenario, want string) string { return differs(s.trace.Cache, want) },
	// cacheable false
	"cacheable": func(s *scenario, want string) string { return differs(fmt.Sprint(s.trace.Cacheable), want) },
	// key /a?b=1 | header accept: x: the cache key, its lines separated by |
	"key": func(s *scenario, want string) string {
		return differs(strings.ReplaceAll(s.trace.CacheKey, "\n", " | "), want)
	},
	// denied lambda:InvokeFunction: a part of the reason
	"denied": func(s *scenario, want string) string { return lacks(s.trace.Denied, want) },
	// says not simulated: a part of the explanation
	"says": func(s *scenario, want string) string { return lacks(s.trace.String(), want) },
	// body hello: decoded
	"body": func(s *scenario, want string) string { return differs(s.decoded(), want) },
	// shows hello: a part of it
	"shows": func(s *scenario, want string) string { return lacks(s.decoded(), want) },
	// breaks: the body breaks off
	"breaks": func(s *scenario, want string) string {
		if s.bodyErr == nil {
			return "it ended well"
		}
		return ""
	},
	// header Name: value, what the viewer gets. "header Name" alone is for one that is not there
	"header": func(s *scenario, want string) string { return headerDiffers(s.response.Header, want) },
	// sends Name: value, what the origin gets; host, query and url likewise
	"sends": func(s *scenario, want string) string { return headerDiffers(s.origin().Header, want) },
	"host":  func(s *scenario, want string) string { return differs(s.origin().Host, want) },
	"url":   func(s *scenario, want string) string { return differs(s.origin().URL, want) },
	// got hello: the body that the origin gets
	"got": func(s *scenario, want string) string { return differs(s.got, want) },
	// query a=1, "none" for none
	"query": func(s *scenario, want string) string {
		if _, query, has := strings.Cut(s.origin().URL, "?"); has {
			return differs(query, want)
		}
		return differs("none", want)
	},
}

func (s *scenario) origin() *OriginRequest {
	if s.trace.OriginRequest == nil {
		return &OriginRequest{}
	}
	return s.trace.OriginRequest
}

// lasts sends the last request again, just before and after an object has expired.
func (s *scenario) lasts(want string) string {
	d, err := time.ParseDuration(want)
	if err != nil {
		return err.Error()
	}
	if d > 0 {
		s.clock = s.clock.Add(d - time.Second)
		if s.send(s.sent); len(s.asked) > 0 || s.trace.Cache != "hit" {
			return fmt.Sprintf("a second before, it is a %s, and %s was asked", s.trace.Cache, s.asked)
		}
		s.clock = s.clock.Add(time.Second)
	}
	if s.send(s.sent); len(s.asked) == 0 || s.trace.Cache == "hit" {
		return fmt.Sprintf("after that, it is still a %s", s.trace.Cache)
	}
	return ""
}

func (s *scenario) decoded() string {
	var decoder io.Reader
	var err error
	switch encoding := s.response.Header.Get("Content-Encoding"); encoding {
	case "":
		return s.body
	case "br":
		decoder = brotli.NewReader(strings.NewReader(s.body))
	case "gzip":
		decoder, err = gzip.NewReader(strings.NewReader(s.body))
	default:
		err = fmt.Errorf("the body is encoded with %s", encoding)
	}
	if err != nil {
		return err.Error()
	}
	body, err := io.ReadAll(decoder)
	if err != nil {
		return err.Error()
	}
	return string(body)
}

func differs(got, want string) string {
	if got == want {
		return ""
	}
	return fmt.Sprintf("it is %q", got)
}

func lacks(text, part string) string {
	if strings.Contains(text, part) {
		return ""
	}
	return fmt.Sprintf("it is %q", text)
}

// headerDiffers compares a header, written "name: value", or "name" alone for one
// that must not be there.
func headerDiffers(header http.Header, want string) string {
	name, value, has := strings.Cut(want, ": ")
	got := header.Values(name)
	if !has && len(got) == 0 || has && strings.Join(got, ", ") == value {
		return ""
	}
	return fmt.Sprintf("it is %q", got)
}
