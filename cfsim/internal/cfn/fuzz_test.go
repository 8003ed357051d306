package cfn

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzTemplate reads any text as a template: it never panics or hangs, every
// error says whose it is, and what is read has nothing left to resolve.
func FuzzTemplate(f *testing.F) {
	for _, v := range values {
		f.Add(around + v.value + "}}")
	}
	for _, v := range faults {
		f.Add(around + v.value + "}}")
	}
	f.Add(names)
	f.Add(bomb())
	templates, err := filepath.Glob("testdata/assembly/*.json")
	if err != nil || len(templates) == 0 {
		f.Fatalf("no templates: %v", err)
	}
	for _, name := range templates {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		template, err := decode("template", []byte(text))
		if err != nil {
			return
		}
		a, err := Parse(template, nil)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "cfsim: ") {
				t.Errorf("whose error is it? %v", err)
			}
			return
		}
		for _, r := range a.Resources() {
			if got := a.ResourceOf(a.Symbol(r)); got != r {
				t.Errorf("%s is of %v, want %v", a.Symbol(r), got, r)
			}
			if name := findIntrinsic(r.Properties); name != "" {
				t.Errorf("%v has %s left", r, name)
			}
			a.Asset(r)
			a.Deployments(r)
			a.Find(r.ID)
		}
	})
}

// FuzzSplit splits and joins texts with symbols.
func FuzzSplit(f *testing.F) {
	for _, seed := range [][2]string{{"a:b", ":"}, {"${A:b}:c", ":"}, {"${", "{"}, {"${a${b}c}d}", "}"}, {"}${x", "$"}, {"", "a"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, delimiter string) {
		if delimiter == "" {
			return
		}
		parts := splitText(text, delimiter)
		if got := strings.Join(texts(parts), delimiter); got != text {
			t.Errorf("%q split at %q and joined is %q", text, delimiter, got)
		}
		if isSymbol(text) && len(parts) != 1 {
			t.Errorf("the symbol %q is split into %q", text, parts)
		}
		for range symbolNames(text) {
		}
	})
}
