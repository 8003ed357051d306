package iam

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// operator is a condition operator with its modifiers.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
type operator struct {
	compare  func(e evaluation, pattern, value string) truth
	negated  bool
	ifExists bool   // IfExists: a missing key is as good as a match
	set      string // ForAllValues or ForAnyValue, in lower case
	unknown  bool   // not evaluated by this package
	null     bool   // Null: asks whether the key is missing
}

// comparisons by the name of the operator in lower case.
var comparisons = map[string]func(e evaluation, pattern, value string) truth{
	"stringequals":           func(e evaluation, p, v string) truth { return e.compareText(p, v, false, false) },
	"stringequalsignorecase": func(e evaluation, p, v string) truth { return e.compareText(p, v, false, true) },
	"stringlike":             func(e evaluation, p, v string) truth { return e.compareText(p, v, true, false) },
	"arnequals":              evaluation.compareARN, // ArnEquals and ArnLike are the same
	"arnlike":                evaluation.compareARN,
	"bool":                   func(e evaluation, p, v string) truth { return e.compareText(p, v, false, true) },

	"numericequals":            numeric(func(order int) bool { return order == 0 }),
	"numericlessthan":          numeric(func(order int) bool { return order < 0 }),
	"numericlessthanequals":    numeric(func(order int) bool { return order <= 0 }),
	"numericgreaterthan":       numeric(func(order int) bool { return order > 0 }),
	"numericgreaterthanequals": numeric(func(order int) bool { return order >= 0 }),
}

// negations are the operators that hold where another does not.
var negations = map[string]string{
	"stringnotequals":           "stringequals",
	"stringnotequalsignorecase": "stringequalsignorecase",
	"stringnotlike":             "stringlike",
	"arnnotequals":              "arnequals",
	"arnnotlike":                "arnlike",
	"numericnotequals":          "numericequals",
}

// notEvaluated are the operators whose outcome is not known.
var notEvaluated = []string{
	"binaryequals", "ipaddress", "notipaddress",
	"dateequals", "datenotequals", "datelessthan", "datelessthanequals", "dategreaterthan", "dategreaterthanequals",
}

// parseOperator returns false for an operator that IAM does not have.
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
		op.unknown = op.set != "" // what a set of missing values is, is unstated
		return op, true
	}
	name, op.ifExists = strings.CutSuffix(name, "ifexists")
	if slices.Contains(notEvaluated, name) {
		op.unknown = true
		return op, true
	}
	if positive := negations[name]; positive != "" {
		name, op.negated = positive, true
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

// numeric compares numbers by their order. A text that is none may be a symbol;
// what IAM makes of another is unstated. There are no policy variables here.
func numeric(holds func(order int) bool) func(e evaluation, pattern, value string) truth {
	return func(_ evaluation, pattern, value string) truth {
		p, pErr := strconv.ParseFloat(pattern, 64)
		v, vErr := strconv.ParseFloat(value, 64)
		if pErr != nil || vErr != nil || math.IsNaN(p) || math.IsNaN(v) {
			return unknown
		}
		return truthOf(holds(cmp.Compare(v, p)))
	}
}

func (e evaluation) compareARN(pattern, value string) truth {
	tokens, ok := lexPattern(pattern, true, e.variables)
	if !ok {
		return no
	}
	return e.match.arn(tokens, lex(value))
}
