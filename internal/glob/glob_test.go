package glob

import (
	"strings"
	"testing"
)

func TestCanonical(t *testing.T) {
	for _, test := range [][2]string{
		{"/a", "/a"},
		{"/*", "/*"},
		{"/**", "/*"},
		{"/*?", "/?*"},
		{"/*?*?a", "/??*a"},
		{"/?*b**?c*", "/?*b?*c*"},
		{"", ""},
	} {
		if got := Canonical(test[0]); got != test[1] {
			t.Errorf("Canonical(%q) = %q, want %q", test[0], got, test[1])
		}
	}
}

func TestMatch(t *testing.T) {
	for _, test := range []struct {
		glob, path string
		want       bool
	}{
		{"/*", "/", true},
		{"/*.jpg", "/a/b.jpg", true},
		{"/*.jpg", "/a.JPG", false},
		{"/*.jpg", "/.jpg", true},
		{"/api/*", "/api", false},
		{"/api/*", "/api/", true},
		{"/api*", "/apiary", true},
		{"/v?/x", "/v1/x", true},
		{"/v?/x", "/v12/x", false},
		{"/v?/x", "/v//x", true},
		{"/a*a", "/a", false},
		{"/a*a", "/aa", true},
		{"/*a*b*", "/xaxb", true},
		{"/*a*b*", "/xbxa", false},
	} {
		if got := (Set{test.glob}).Match(test.path); got != test.want {
			t.Errorf("%q matches %q: %v, want %v", test.glob, test.path, got, test.want)
		}
	}
}

func TestRelations(t *testing.T) {
	for _, test := range []struct {
		a, b                Set
		contains, overlaps  bool
		containsTheOtherWay bool
	}{
		{a: Set{"/*"}, b: Set{"/?*"}, contains: true, overlaps: true},
		{a: Set{"/api", "/api/*"}, b: Set{"/api/*.json"}, contains: true, overlaps: true},
		{a: Set{"/api", "/api/*"}, b: Set{"/api*"}, containsTheOtherWay: true, overlaps: true},
		{a: Set{"/img", "/img/*"}, b: Set{"/*.jpg"}, overlaps: true},
		{a: Set{"/a?"}, b: Set{"/ab", "/ac"}, contains: true, overlaps: true},
		{a: Set{"/a*"}, b: Set{"/b*"}},
		{a: Set{"/*?"}, b: Set{"/?*"}, contains: true, containsTheOtherWay: true, overlaps: true},
		{a: Set{"/", "/?*"}, b: Set{"/*"}, contains: true, containsTheOtherWay: true, overlaps: true},
	} {
		check := func(a, b Set, want bool) {
			witness, got := a.Contains(b)
			if got != want {
				t.Errorf("%q contains %q: %v, want %v", a, b, got, want)
			}
			if !got && (!b.Match(witness) || a.Match(witness)) {
				t.Errorf("%q contains %q: %q does not show the opposite", a, b, witness)
			}
		}
		check(test.a, test.b, test.contains)
		check(test.b, test.a, test.containsTheOtherWay)
		for _, pair := range [][2]Set{{test.a, test.b}, {test.b, test.a}} {
			witness, got := pair[0].Overlap(pair[1])
			if got != test.overlaps {
				t.Errorf("%q overlaps %q: %v, want %v", pair[0], pair[1], got, test.overlaps)
			}
			if got && (!pair[0].Match(witness) || !pair[1].Match(witness)) {
				t.Errorf("%q overlaps %q: %q does not match both", pair[0], pair[1], witness)
			}
		}
	}
}

// A glob that has every letter leaves none to fill wildcards with.
func TestFillerOutsideTheAlphabet(t *testing.T) {
	all := "/xyzabcdefghijklmnopqrstuvwXYZABCDEFGHIJKLMNOPQRSTUVW0123456789-_~"
	if witness, ok := (Set{all + "*"}).Contains(Set{all + "?"}); !ok {
		t.Errorf("not contained, see %q", witness)
	}
	if _, ok := (Set{all + "?"}).Contains(Set{all + "*"}); ok {
		t.Error("contained")
	}
}

// Patterns that make other matchers backtrack for ever are decided at once.
func TestManyWildcards(t *testing.T) {
	stars := "/" + strings.Repeat("*a", 60) + "*"
	questions := "/" + strings.Repeat("?", 200)
	if _, ok := (Set{stars}).Contains(Set{stars + "a*"}); !ok {
		t.Error("more of the same is not contained")
	}
	if _, ok := (Set{questions}).Overlap(Set{stars}); !ok {
		t.Error("200 characters do not overlap with 60 letters between stars")
	}
}

// FuzzRelations compares the decisions with brute force over all short paths of
// a small alphabet.
func FuzzRelations(f *testing.F) {
	for _, seed := range [][2]string{
		{"/*a", "/a*"}, {"/?*", "/*"}, {"/a*b", "/ab"}, {"/*a*", "/?a?"}, {"/a?*", "/ab*"}, {"/*/a", "/a/*"}, {"/a", "/b"},
	} {
		f.Add(seed[0], seed[1])
	}
	paths := allPaths(5)
	f.Fuzz(func(t *testing.T, x, y string) {
		a, b := toy(x), toy(y)
		checkAgainst(t, paths, a, b)
		if Canonical(a) != Canonical(b) {
			if _, ok := (Set{a}).Contains(Set{b}); ok {
				if _, back := (Set{b}).Contains(Set{a}); back {
					t.Errorf("%q and %q match the same paths and have different canonical forms", a, b)
				}
			}
		}
		if canonical := Canonical(a); Canonical(canonical) != canonical {
			t.Errorf("Canonical(%q) is not canonical", a)
		}
	})
}

func checkAgainst(t *testing.T, paths []string, a, b string) {
	t.Helper()
	contained, overlap := true, false
	for _, path := range paths {
		inA, inB := slow(a, path), slow(b, path)
		if inA != (Set{a}).Match(path) || inA != (Set{Canonical(a)}).Match(path) {
			t.Fatalf("%q matches %q: want %v", a, path, inA)
		}
		contained = contained && (inA || !inB)
		overlap = overlap || inA && inB
	}
	witness, ok := (Set{a}).Contains(Set{b})
	if ok && !contained {
		t.Errorf("%q contains %q, but brute force says no", a, b)
	}
	if !ok && (slow(a, witness) || !slow(b, witness)) {
		t.Errorf("%q contains %q: %q does not show the opposite", a, b, witness)
	}
	witness, ok = (Set{a}).Overlap(Set{b})
	if !ok && overlap {
		t.Errorf("%q does not overlap %q, but brute force says it does", a, b)
	}
	if ok && !(slow(a, witness) && slow(b, witness)) {
		t.Errorf("%q overlaps %q: %q does not match both", a, b, witness)
	}
}

// slow matches by trying everything.
func slow(glob, path string) bool {
	switch {
	case glob == "":
		return path == ""
	case glob[0] == '*':
		return slow(glob[1:], path) || path != "" && slow(glob, path[1:])
	}
	return path != "" && (glob[0] == '?' || glob[0] == path[0]) && slow(glob[1:], path[1:])
}

// toy turns any text into a short glob over a small alphabet.
func toy(text string) string {
	var b strings.Builder
	b.WriteByte('/')
	for i := range min(len(text), 7) {
		b.WriteByte("ab/*?"[text[i]%5])
	}
	return b.String()
}

// allPaths are all paths up to a length over the alphabet of toy and one letter
// that is in no glob.
func allPaths(length int) []string {
	paths := []string{"/"}
	for from := 0; len(paths[len(paths)-1]) < length; {
		end := len(paths)
		for _, path := range paths[from:end] {
			for _, c := range "ab/z" {
				paths = append(paths, path+string(c))
			}
		}
		from = end
	}
	return paths
}
