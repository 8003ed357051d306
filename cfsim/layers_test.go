package cfsim

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/cfrouter/cfrouter/cfsim/internal/cfn"
)

func TestLayers(t *testing.T) {
	files := func(names ...string) fstest.MapFS {
		m := fstest.MapFS{}
		for _, name := range names {
			m[name] = &fstest.MapFile{Data: []byte(name)}
		}
		return m
	}
	l := layers{
		{"", files("a.txt", "docs/a.txt", "b.txt"), cfn.Deployment{Exclude: []string{"b*"}}},
		{"docs/v2", files("a.txt", "x/y.txt"), cfn.Deployment{}},
		{"", files("docs/c.txt"), cfn.Deployment{}},
	}
	for name, want := range map[string]bool{
		"a.txt": true, "b.txt": false, "docs/a.txt": true, "docs/c.txt": true, "docs/v2/a.txt": true, "docs/v2/x/y.txt": true, "x/y.txt": false,
	} {
		f, err := l.Open(name)
		if (err == nil) != want {
			t.Errorf("%s: got error %v, want a file: %t", name, err, want)
		}
		if err == nil {
			f.Close()
		}
	}
	for name, want := range map[string][]string{
		".": {"a.txt", "docs"}, "docs": {"a.txt", "c.txt", "v2"}, "docs/v2": {"a.txt", "x"}, "docs/v2/x": {"y.txt"},
	} {
		entries, err := l.ReadDir(name)
		var got []string
		for _, e := range entries {
			got = append(got, e.Name())
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, want)
		}
	}
	if _, err := l.ReadDir("none"); err == nil {
		t.Error("got no error for a directory that is in no layer")
	}
}
