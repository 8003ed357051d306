package iam

import (
	"fmt"
	"slices"
	"strings"
)

// evaluation is what statements are compared with.
type evaluation struct {
	request   Request
	context   map[string]string // condition keys in lower case
	variables map[string]string // the same, or none
	match     matcher

	action, resource []token // those of the request
}

// check is one element of a statement compared with the request.
type check struct {
	truth   truth
	text    func() string // what differs, after "statement 2 would, but its "
	weight  int           // how far a statement is off for it
	skipped bool          // unknown because it is not evaluated
}

// Weights: what differs in a condition only is nearer than what is for another
// resource, action or principal.
const (
	conditionWeight = 1 << iota
	resourceWeight
	actionWeight
	principalWeight
)

// checks compares all elements of a statement.
func (e evaluation) checks(s statement) []check {
	if !s.variables {
		e.variables = nil
	}
	checks := []check{e.checkPrincipal(s.principal), e.checkAction(s.action), e.checkResource(s.resource)}
	for _, c := range s.conditions {
		checks = append(checks, e.checkCondition(c))
	}
	return checks
}

func (e evaluation) checkPrincipal(p principals) check {
	found, name := no, "Principal"
	for _, v := range p.values {
		found = max(found, e.is(v))
	}
	if p.not {
		found, name = found.not(), "NotPrincipal"
	}
	text := func() string {
		var values []string
		for _, v := range p.values {
			values = append(values, v.value)
		}
		return fmt.Sprintf("%s is %s and the request's is %s", name, anyOf(values), e.request.Principal)
	}
	return check{truth: found, text: text, weight: principalWeight}
}

// is compares the principal of the request with one of a policy. A wildcard
// stands for everyone or nothing: it cannot match a part of a name. That
// {"AWS": "*"} takes in services too, as "*" does, is unstated. Accounts match
// nobody here: neither a service nor an origin access identity is in one.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous
func (e evaluation) is(p principal) truth {
	own := ""
	switch p.kind {
	case "AWS":
		own = e.request.Principal.AWS
	case "CanonicalUser":
		own = e.request.Principal.CanonicalUser
	case "Service":
		own = e.request.Principal.Service
	}
	switch {
	case p.value == "*":
		return truthOf(p.kind == "AWS" || own != "")
	case own == "":
		return no
	}
	return e.match.text(lex(p.value), lex(own))
}

// checkAction ignores case.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
func (e evaluation) checkAction(t texts) check {
	m := e.match
	m.fold = true
	found := no
	for _, value := range t.values {
		pattern, _ := scan(value, true, nil)
		found = max(found, m.text(pattern, e.action))
	}
	return t.check(found, actionWeight)
}

// checkResource takes the ARN as one text: a "*" at the end of a part may stand for
// further parts. What is neither an ARN nor "*" is no resource.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
func (e evaluation) checkResource(t texts) check {
	found := no
	for _, value := range t.values {
		if pattern, ok := lexPattern(value, true, e.variables); ok && !e.isForeign(pattern) {
			found = max(found, e.match.text(pattern, e.resource))
		}
	}
	c := t.check(found, resourceWeight)
	text := c.text
	c.text = func() string { return text() + e.hint(t) }
	return c
}

// isForeign reports whether a Resource cannot be an ARN, where one is asked for.
// What begins with a resource of the template is an ARN only if the symbol says
// so, as "${Site.Arn}" does: "${Site}" is a name.
func (e evaluation) isForeign(pattern []token) bool {
	if len(pattern) == 0 || !strings.HasPrefix(e.request.Resource, "arn:") {
		return false
	}
	first := pattern[0]
	if first.symbol != "" {
		return e.match.isDistinct(first.symbol) && !strings.HasSuffix(strings.ToLower(first.symbol), "arn}")
	}
	return first.wild && slices.ContainsFunc(pattern, func(t token) bool { return !t.wild })
}

// hint points out the usual mistakes in a Resource.
func (e evaluation) hint(t texts) string {
	if t.not {
		return ""
	}
	for _, value := range t.values {
		pattern, _ := lexPattern(value, true, e.variables)
		switch {
		case e.isForeign(pattern):
			return fmt.Sprintf(": %q is no ARN, which begins with \"arn:\"", value)
		case strings.HasPrefix(e.request.Resource, value+"/"):
			return fmt.Sprintf(": that is the bucket without its objects, which are %q", value+"/*")
		}
	}
	return ""
}

func (t texts) check(found truth, weight int) check {
	if t.not {
		found = found.not()
	}
	return check{truth: found, text: func() string { return t.element + " is " + anyOf(t.values) }, weight: weight}
}

func (e evaluation) checkCondition(c condition) check {
	name := fmt.Sprintf("condition %s %s", c.name, c.key)
	if c.operator.unknown {
		return check{truth: unknown, text: func() string { return name + " is not evaluated here" }, skipped: true}
	}
	text := func() string {
		actual := "the request has none"
		if value := e.context[strings.ToLower(c.key)]; value != "" {
			actual = "the request's is " + value
		}
		return fmt.Sprintf("%s is %s and %s", name, anyOf(c.values), actual)
	}
	return check{truth: c.operator.holds(e, c), text: text, weight: conditionWeight}
}

// anyOf lists alternatives.
func anyOf(values []string) string {
	if n := len(values); n > 1 {
		return strings.Join(values[:n-1], ", ") + " or " + values[n-1]
	}
	return strings.Join(values, "")
}
