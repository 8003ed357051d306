package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestWatched(t *testing.T) {
	dir := t.TempDir()
	file, content := filepath.Join(dir, "template.yaml"), filepath.Join(dir, "site")
	write := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(file, "one")
	write(filepath.Join(content, "a/b/index.html"), "one")
	w := watch([]string{file, content, filepath.Join(dir, "missing")})
	changedByNow := func() bool {
		first := w.changed()
		return w.changed() || first
	}
	for _, step := range []struct {
		name   string
		change func() error
	}{
		{"a new size", func() error { write(file, "three"); return nil }},
		{"a new time", func() error { return os.Chtimes(file, time.Time{}, time.Unix(1, 0)) }},
		{"a file below", func() error { write(filepath.Join(content, "a/b/index.html"), "three"); return nil }},
		{"a file more", func() error { write(filepath.Join(content, "c.html"), ""); return nil }},
		{"a file less", func() error { return os.Remove(filepath.Join(content, "c.html")) }},
		{"what was missing", func() error { write(filepath.Join(dir, "missing"), "here"); return nil }},
		{"what is missing now", func() error { return os.Remove(file) }},
	} {
		if changedByNow() {
			t.Errorf("%s: changed before", step.name)
		}
		if err := step.change(); err != nil {
			t.Fatal(err)
		}
		if w.changed() {
			t.Errorf("%s: may still be written", step.name)
		}
		if !w.changed() {
			t.Errorf("%s: not noticed", step.name)
		}
	}

	// What goes away and comes back as it was is no change.
	write(file, "back")
	w = watch(w.paths)
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	w.changed()
	write(file, "back")
	if err := os.Chtimes(file, time.Time{}, info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if changedByNow() {
		t.Error("a file that came back as it was counts as changed")
	}
}
