package edgefn

import (
	"fmt"
	"slices"
)

// What follows from conditions is decided one subject and name at a time, such as
// the cookie "beta". There is one method and one country to a request. A header,
// a cookie and a parameter can be sent several times, and then has several values.

// Implies reports whether every request that fulfils all of a fulfils all of b.
func Implies(a, b []Condition) bool {
	if contradiction(a, Condition.isSingle) != "" {
		return true
	}
	return !slices.ContainsFunc(b, func(wanted Condition) bool { return !known(a, wanted.what(), wanted.isSingle()).implies(wanted) })
}

// Impossible returns why no request that a client would send fulfils all the
// conditions, and "" if one can. That a header or a cookie is there twice with
// two values is not reckoned with; for a parameter it is ordinary.
func Impossible(conditions []Condition) (reason string) {
	return contradiction(conditions, func(c Condition) bool { return c.Subject != Parameter })
}

func (c Condition) isSingle() bool { return c.Subject == Country || c.Subject == Method }

// contradiction is the first condition that cannot hold besides those in front of
// it, given which have one value only.
func contradiction(conditions []Condition, single func(Condition) bool) string {
	for i, c := range conditions {
		before, with := known(conditions[:i], c.what(), single(c)), known(conditions[:i+1], c.what(), single(c))
		if !with.isImpossible() || before.isImpossible() {
			continue
		}
		for _, other := range conditions[:i] {
			if known([]Condition{other, c}, c.what(), single(c)).isImpossible() {
				return fmt.Sprintf("%s and %s exclude each other", other, c)
			}
		}
		if i > 0 {
			return fmt.Sprintf("%s is excluded by the conditions before it", c)
		}
		return fmt.Sprintf("%s is what no request has", c)
	}
	return ""
}

// knowledge is what conditions say of one subject and name.
type knowledge struct {
	single  bool
	there   bool
	missing bool
	oneOf   [][]string // of each list a value was sent
	noneOf  []string
}

func known(conditions []Condition, what string, single bool) knowledge {
	k := knowledge{single: single}
	if what == (Condition{Subject: Method}).what() {
		k.oneOf = append(k.oneOf, allMethods)
	}
	for _, c := range conditions {
		switch {
		case c.what() != what:
		case len(c.Values) == 0 && c.Not:
			k.missing = true
		case len(c.Values) == 0:
			k.there = true
		case c.Not:
			k.noneOf = append(k.noneOf, c.Values...)
		default:
			k.oneOf = append(k.oneOf, c.Values)
		}
	}
	// What has one value has one that is in each of the lists.
	for single && len(k.oneOf) > 1 {
		k.oneOf = append(k.oneOf[2:], without(k.oneOf[0], without(k.oneOf[0], k.oneOf[1])))
	}
	for i, values := range k.oneOf {
		k.there = true
		k.oneOf[i] = without(values, k.noneOf)
	}
	return k
}

// without are the values that are not among others.
func without(values, others []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return slices.Contains(others, v) })
}

func (k knowledge) isImpossible() bool {
	return k.there && k.missing || slices.ContainsFunc(k.oneOf, func(values []string) bool { return len(values) == 0 })
}

func (k knowledge) implies(c Condition) bool {
	switch {
	case len(c.Values) == 0:
		return c.Not && k.missing || !c.Not && k.there
	case !c.Not:
		return slices.ContainsFunc(k.oneOf, func(values []string) bool { return len(without(values, c.Values)) == 0 })
	case k.missing || len(without(c.Values, k.noneOf)) == 0:
		return true
	}
	// The one value that is there is another one.
	return k.single && len(k.oneOf) > 0 && len(without(k.oneOf[0], c.Values)) == len(k.oneOf[0])
}
