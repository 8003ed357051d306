package cfsim

import (
	"fmt"
	"maps"
	"strings"
	"time"
)

// directives are the words of a scenario for what is done.
var directives = map[string]func(*scenario, line) error{
	// let name text: {name} stands for the text from now on
	"let": func(s *scenario, l line) error {
		name, text, _ := strings.Cut(l.rest, " ")
		s.abbreviations = append(s.abbreviations, "{"+name+"}", text)
		return nil
	},

	// distribution Site: the one that is asked from now on
	"distribution": func(s *scenario, l line) error { s.choose(l.rest); return nil },

	// country DE: of the viewers. The cache is empty then
	"country": func(s *scenario, l line) error {
		s.settings.Country = l.rest
		s.load()
		return nil
	},

	// parameter Stage=dev: of the template. The cache is empty then
	"parameter": func(s *scenario, l line) error {
		name, value, _ := strings.Cut(l.rest, "=")
		parameters := map[string]string{}
		maps.Copy(parameters, s.settings.Parameters)
		parameters[name] = value
		s.settings.Parameters = parameters
		s.load()
		return nil
	},

	// restart: all but the time and the objects is as it was in the beginning
	"restart": func(s *scenario, _ line) error {
		s.settings, s.viewer, s.scripts = s.asWritten, "", map[string]script{}
		s.load()
		return nil
	},

	// flush: the cache is empty
	"flush": func(s *scenario, _ line) error { s.load(); return nil },

	// viewer 192.0.2.1: the address of the viewers
	"viewer": func(s *scenario, l line) error { s.viewer = l.rest; return nil },

	// advance 10s
	"advance": func(s *scenario, l line) error {
		d, err := time.ParseDuration(l.rest)
		s.clock = s.clock.Add(d)
		return err
	},

	// time 2026-06-01T00:00:00Z: not before the one that it is
	"time": func(s *scenario, l line) error {
		at, err := time.Parse(time.RFC3339, l.rest)
		if err == nil && at.Before(s.clock) {
			return fmt.Errorf("it is later already, %s", s.clock)
		}
		s.clock = at
		return err
	},

	// invalidate /a/* /b
	"invalidate": func(s *scenario, l line) error {
		_, err := s.d.Invalidate(strings.Fields(l.rest)...)
		return err
	},

	// put Site/a.txt new text
	"put": func(s *scenario, l line) error {
		path, text, _ := strings.Cut(l.rest, " ")
		s.put(path, text)
		return nil
	},

	// remove Site/a.txt
	"remove": func(s *scenario, l line) error {
		bucket, name, _ := strings.Cut(l.rest, "/")
		if _, ok := s.buckets[bucket][name]; !ok {
			return fmt.Errorf("there is no such object")
		}
		delete(s.buckets[bucket], name)
		return nil
	},

	// origin Api 503, with lines "> Name: value" and "> > body": what it answers from now on
	// origin Site 503 /a.html: what it answers for that path
	// origin Api refuses: connections; origin Api hangs: it takes them and sends nothing
	// origin Api default: what it answers without any of these
	"origin": func(s *scenario, l line) error { return s.script(l) },
}
