package iam

import (
	"fmt"
	"slices"
	"strings"
)

// finding is a statement with what was found about it.
type finding struct {
	number int
	noun   string // "statement" or "permission"
	sid    string
	checks []check
}

// truth says whether the statement applies.
func (f finding) truth() truth {
	all := yes
	for _, c := range f.checks {
		all = min(all, c.truth)
	}
	return all
}

// distance is how far the statement is from applying.
func (f finding) distance() int {
	sum := 0
	for _, c := range f.checks {
		if c.truth == no {
			sum += c.weight
		}
	}
	return sum
}

func (f finding) name() string {
	if f.sid != "" {
		return fmt.Sprintf("%s %d (%s)", f.noun, f.number, f.sid)
	}
	return fmt.Sprintf("%s %d", f.noun, f.number)
}

// texts are those of the checks that came out in a way.
func (f finding) texts(t truth) []string {
	var all []string
	for _, c := range f.checks {
		if c.truth == t {
			all = append(all, "its "+c.text())
		}
	}
	return all
}

// best is the first finding that comes out in a way, nil for none.
func best(findings []finding, t truth) *finding {
	for i := range findings {
		if findings[i].truth() == t {
			return &findings[i]
		}
	}
	return nil
}

// does is the reason of a statement that applies.
func (f finding) does(verb string, r Request) string {
	return fmt.Sprintf("%s %s %s", f.name(), verb, r.wish())
}

// may is the reason of a statement of which it is not known whether it applies.
func (f finding) may(verb string) string {
	state := "is only known once deployed"
	if slices.ContainsFunc(f.checks, func(c check) bool { return c.skipped }) {
		state = "is not known"
	}
	return fmt.Sprintf("whether %s %s %s: %s", f.name(), verb, state, strings.Join(f.texts(unknown), " and "))
}

// refusal names the statement that came nearest to allowing a request. One that
// is for another principal and differs in more than that is not worth naming.
func refusal(allows []finding, r Request, noun string) Decision {
	d := Decision{Reason: fmt.Sprintf("no %s allows %s", noun, r.wish())}
	var nearest *finding
	for i := range allows {
		if nearest == nil || allows[i].distance() < nearest.distance() {
			nearest = &allows[i]
		}
	}
	if nearest != nil && nearest.distance() <= principalWeight {
		d.Statement = nearest.number
		d.Reason += fmt.Sprintf(": %s would, but %s", nearest.name(), strings.Join(nearest.texts(no), " and "))
	}
	return d
}
