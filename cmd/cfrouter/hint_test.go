package main

import "testing"

func TestInstead(t *testing.T) {
	names := []string{"routes", "explain", "check", "serve"}
	for name, want := range map[string]string{
		"serv":    "did you mean serve?",
		"Serve":   "did you mean serve?",
		"xplain":  "did you mean explain?",
		"explian": "did you mean explain?",
		"chekc":   "did you mean check?",
		"deploy":  "there are routes, explain, check, serve",
		"":        "there are routes, explain, check, serve",
		"é":       "there are routes, explain, check, serve",
	} {
		if got := instead(name, names); got != want {
			t.Errorf("instead of %q: %s; want %s", name, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"abc", "abc", 0},
		{"abc", "axc", 1},
		{"abc", "ab", 1},
		{"abc", "xabc", 1},
		{"kitten", "sitting", 3},
	} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
		if got := distance(test.b, test.a); got != test.want {
			t.Errorf("distance(%q, %q) = %d, want %d", test.b, test.a, got, test.want)
		}
	}
}
