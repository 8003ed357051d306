package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
)

// withMethod is a method where a url is expected, perhaps with the url after it.
var withMethod = regexp.MustCompile(`^(GET|HEAD|OPTIONS|POST|PUT|PATCH|DELETE)(?: +(\S+))?$`)

// methodGiven says how a method is given, if an argument has one.
func methodGiven(arg string) error {
	m := withMethod.FindStringSubmatch(arg)
	if m == nil {
		return nil
	}
	url := m[2]
	if url == "" {
		url = "URL"
	}
	return fmt.Errorf("%q has a method, which is given by a flag: write -X %s %s", arg, m[1], url)
}

// meant says what to write in place of an argument that stands where a template does
// and is none that is there, unless it is likely to be the name of one: alone it is
// probably a url.
func meant(arg string, alone bool) error {
	if err := methodGiven(arg); err != nil {
		return err
	}
	if !alone || templateFile.MatchString(arg) || filepath.Base(arg) == defaultTemplate {
		return nil
	}
	url := "/" + arg
	if host, _, _ := strings.Cut(arg, "/"); strings.Contains(host, ".") && host != arg {
		url = "https://" + arg
	}
	return fmt.Errorf("%q is neither a template that is there nor a url, which begins with a slash or with https:// and a host: write %s", arg, url)
}
