package iam

import (
	"fmt"
	"slices"
	"strings"
)

// operator is a condition operator with its modifiers.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
type operator struct {
	compare  func(e evaluation, pattern, value string) truth
	negated  bool
	ifExists bool   // IfExists: a missing key is as good as a match
	set      string // ForAllValues or ForAnyValue, in lower case
	null     bool   // Null: asks whether the key is missing
}

// comparisons by the name of the operator in lower case, negated ones without
// their "Not".
var comparisons = map[string]func(e evaluation, pattern, value string) truth{
	"stringequals":           func(e evaluation, p, v string) truth { return e.compareText(p, v, false, false) },
	"stringequalsignorecase": func(e evaluation, p, v string) truth { return e.compareText(p, v, false, true) },
	"stringlike":             func(e evaluation, p, v string) truth { return e.compareText(p, v, true, false) },
	"arnequals":              evaluation.compareARN, // ArnEquals and ArnLike are the same
	"arnlike":                evaluation.compareARN,
	"bool":                   func(e evaluation, p, v string) truth { return e.compareText(p, v, false, true) },
}

// parseOperator returns false for an operator that is not simulated.
func parseOperator(name string) (op operator, ok bool) {
	name = strings.ToLower(name)
	if set, rest, found := strings.Cut(name, ":"); found {
		if set != "forallvalues" && set != "foranyvalue" {
			return op, false
		}
		op.set, name = set, rest
	}
	if name == "null" {
		op.null = true
		return op, op.set == ""
	}
	name, op.ifExists = strings.CutSuffix(name, "ifexists")
	for _, family := range []string{"string", "arn"} {
		if rest, found := strings.CutPrefix(name, family+"not"); found {
			name, op.negated = family+rest, true
		}
	}
	op.compare, ok = comparisons[name]
	return op, ok
}

// holds evaluates a condition. Context keys have one value here, so that the
// modifiers ForAllValues and ForAnyValue differ for a missing key only.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
func (op operator) holds(e evaluation, c condition) truth {
	value := e.context[strings.ToLower(c.key)]
	switch missing := value == ""; {
	case op.null:
		wanted := func(text string) bool { return strings.EqualFold(text, fmt.Sprint(missing)) }
		return truthOf(slices.ContainsFunc(c.values, wanted))
	case missing && op.set == "foranyvalue" && !op.ifExists:
		return no
	case missing:
		return truthOf(op.negated || op.ifExists || op.set == "forallvalues")
	}
	matches := no // several values are alternatives
	for _, pattern := range c.values {
		matches = max(matches, op.compare(e, pattern, value))
	}
	if op.negated {
		return matches.not()
	}
	return matches
}

func (e evaluation) compareText(pattern, value string, wildcards, fold bool) truth {
	tokens, ok := lexPattern(pattern, wildcards, e.variables)
	if !ok {
		return no
	}
	m := e.match
	m.fold = fold
	return m.text(tokens, lex(value))
}

func (e evaluation) compareARN(pattern, value string) truth {
	tokens, ok := lexPattern(pattern, true, e.variables)
	if !ok {
		return no
	}
	return e.match.arn(tokens, lex(value))
}
