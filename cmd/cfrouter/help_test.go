package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestHelpNamesEachFlag holds the help to the flags there are.
func TestHelpNamesEachFlag(t *testing.T) {
	name := regexp.MustCompile(`(?:^  |, )-([a-zA-Z-]+)`)
	for _, c := range commands {
		var documented []string
		for line := range strings.Lines(c.help) {
			if !strings.HasPrefix(line, "  -") {
				continue
			}
			for _, match := range name.FindAllStringSubmatch(line[:min(25, len(line))], -1) {
				documented = append(documented, match[1])
			}
		}
		var defined []string
		flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
		s := &settings{}
		flags.String("template", "", "")
		s.addFlags(flags)
		c.flags(flags, s)
		flags.VisitAll(func(f *flag.Flag) { defined = append(defined, f.Name) })
		slices.Sort(documented)
		slices.Sort(defined)
		if !slices.Equal(documented, defined) {
			t.Errorf("%s: the help has %q, the command has %q", c.name, documented, defined)
		}
	}
}

func TestHelpFitsATerminal(t *testing.T) {
	texts := []string{usage}
	for _, c := range commands {
		texts = append(texts, c.help)
	}
	for _, text := range texts {
		for line := range strings.Lines(text) {
			if line = strings.TrimSuffix(line, "\n"); len(line) > 110 || strings.HasSuffix(line, " ") {
				t.Errorf("%q has %d characters, or a space at its end", line, len(line))
			}
		}
	}
}

// TestUsageShowsEachSetting reads the settings file that the usage shows.
func TestUsageShowsEachSetting(t *testing.T) {
	begin, end := strings.Index(usage, "  {\n"), strings.Index(usage, "  }\n")
	file, err := readConfig([]byte(usage[begin : end+4]))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(text, []byte(`""`)) || bytes.Contains(text, []byte("null")) {
		t.Errorf("the usage leaves settings out: %s", text)
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	for field := range fields {
		if !slices.Contains(configFields, field) {
			t.Errorf("messages do not list %q", field)
		}
	}
}
