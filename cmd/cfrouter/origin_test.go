package main

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var commandLines = map[string][]string{
	"":                         nil,
	"  ":                       nil,
	"go":                       {"go"},
	"go run ./api":             {"go", "run", "./api"},
	"  go\trun  ./api ":        {"go", "run", "./api"},
	`node "my app/index.js"`:   {"node", "my app/index.js"},
	`node 'my app'/index.js`:   {"node", "my app/index.js"},
	`a "" b`:                   {"a", "", "b"},
	`a --name="it's" '"x"'`:    {"a", "--name=it's", `"x"`},
	`C:\apps\api.exe -v`:       {`C:\apps\api.exe`, "-v"},
	`say "$1 costs" '${2}'`:    {"say", "$1 costs", "${2}"},
	"tab'\t'and\nnew line":     {"tab\tand", "new", "line"},
	"grün 'äß ö'":              {"grün", "äß ö"},
	`x"y z"'1 2'w`:             {"xy z1 2w"},
	`--define a='b "c" d' "e"`: {"--define", `a=b "c" d`, "e"},
}

func TestSplit(t *testing.T) {
	for line, want := range commandLines {
		if got, err := split(line); err != nil || !slices.Equal(got, want) {
			t.Errorf("split(%q) = %q, %v; want %q", line, got, err, want)
		}
	}
	for _, line := range []string{`go "run`, `it's`, `a 'b" c`, `"`} {
		if got, err := split(line); err == nil {
			t.Errorf("split(%q) = %q, want an error", line, got)
		}
	}
}

// FuzzSplit checks that a quoted word comes back as it was, wherever it stands.
func FuzzSplit(f *testing.F) {
	for line := range commandLines {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, word string) {
		quote := `"`
		if strings.Contains(word, quote) {
			quote = "'"
		}
		if strings.Contains(word, quote) || !utf8.ValidString(word) {
			t.Skip()
		}
		line := "a " + quote + word + quote + "\tb=" + quote + word + quote
		if got, err := split(line); err != nil || !slices.Equal(got, []string{"a", word, "b=" + word}) {
			t.Errorf("split(%q) = %q, %v", line, got, err)
		}
	})
}
