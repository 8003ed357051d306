package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim"
)

// attach puts what the settings name behind the origins of a distribution, and
// behind the other buckets what the template deploys into them.
func (s *settings) attach(d *cfsim.Distribution) error {
	for _, a := range s.origins {
		origin, err := a.origin()
		if err != nil {
			return err
		}
		if err := d.Attach(a.name, origin); err != nil {
			return err
		}
	}
	_, err := d.AttachAssets()
	return err
}

// origin is what stands in for an origin: a server, a command that runs a Lambda
// handler, or a directory.
func (a assignment) origin() (cfsim.Origin, error) {
	if isServer(a.value) {
		return cfsim.URL(a.value), nil
	}
	if line, ok := strings.CutPrefix(a.value, "lambda:"); ok {
		words, err := split(line)
		if err != nil {
			return cfsim.Origin{}, fmt.Errorf("the origin %s: %w", a.name, err)
		}
		return cfsim.LambdaIn(a.dir, words...), nil
	}
	if !a.isDir() {
		return cfsim.Origin{}, fmt.Errorf("the origin %s: %q is no directory: write one, lambda:COMMAND, or the url of a server such as http://localhost:3000", a.name, a.value)
	}
	return cfsim.Dir(a.path()), nil
}

func isServer(what string) bool {
	return strings.HasPrefix(what, "http://") || strings.HasPrefix(what, "https://")
}

func (a assignment) isDir() bool {
	info, err := os.Stat(a.path())
	return a.value != "" && err == nil && info.IsDir()
}

var (
	word   = regexp.MustCompile(`(?:[^\s'"]|'[^']*'|"[^"]*")+`)
	quoted = regexp.MustCompile(`'([^']*)'|"([^"]*)"`)
)

// split takes a command line apart at its spaces, except within quotes.
func split(line string) ([]string, error) {
	if strings.TrimSpace(word.ReplaceAllString(line, "")) != "" {
		return nil, fmt.Errorf("the command %q has a quote that does not end", line)
	}
	words := word.FindAllString(line, -1)
	for i := range words {
		words[i] = quoted.ReplaceAllString(words[i], "$1$2")
	}
	return words, nil
}
