package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// statement is one that was read and found sound.
type statement struct {
	sid        string
	allow      bool
	principal  principals
	action     texts
	resource   texts
	conditions []condition
	variables  bool // ${aws:username} is replaced, and no text of its own
}

// texts are the values of Action or Resource, or, if not is set, of NotAction or
// NotResource.
type texts struct {
	element string // its name
	not     bool
	values  []string
}

// principals are the values of Principal or NotPrincipal by their kinds; "*" is
// everyone.
type principals struct {
	not    bool
	values []principal
}

type principal struct{ kind, value string }

// condition is one key of one operator.
type condition struct {
	name     string // of the operator, as it is written
	operator operator
	key      string
	values   []string
}

// elements of a statement.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
var elements = []string{"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}

// parse reads a policy document.
func parse(document any) ([]statement, error) {
	policy, ok := document.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("cfsim: the policy is %s: expected an object with a Statement", described(document))
	}
	list, ok := policy["Statement"].([]any)
	if !ok {
		list = []any{policy["Statement"]}
	}
	if policy["Statement"] == nil || len(list) == 0 {
		return nil, fmt.Errorf("cfsim: the policy has no Statement: expected a list of statements")
	}
	var statements []statement
	for i, value := range list {
		s, err := parseStatement(value)
		if err != nil {
			return nil, fmt.Errorf("cfsim: statement %d of the policy %w", i+1, err)
		}
		s.variables = policy["Version"] == "2012-10-17" // the older language has none
		statements = append(statements, s)
	}
	return statements, nil
}

// parseStatement returns errors that go on after "statement 1 of the policy".
func parseStatement(value any) (s statement, err error) {
	m, ok := value.(map[string]any)
	if !ok {
		return s, fmt.Errorf("is %s: expected an object with Effect, Principal, Action and Resource", described(value))
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(elements, name) {
			return s, fmt.Errorf("has an element %q, which there is not: expected one of %s", name, strings.Join(elements, ", "))
		}
	}
	s.sid, _ = m["Sid"].(string)
	switch m["Effect"] {
	case "Allow":
		s.allow = true
	case "Deny":
	default:
		return s, fmt.Errorf(`has the Effect %s: write "Allow" or "Deny"`, described(m["Effect"]))
	}
	if s.principal, err = parsePrincipal(m); err != nil {
		return s, err
	}
	if s.action, err = parseTexts(m, "Action"); err != nil {
		return s, err
	}
	if s.resource, err = parseTexts(m, "Resource"); err != nil {
		return s, err
	}
	s.conditions, err = parseConditions(m["Condition"])
	return s, err
}

// oneOf returns the value of an element or of its negation, of which a statement
// has exactly one.
func oneOf(m map[string]any, element string) (name string, value any, err error) {
	has, hasNot := m[element], m["Not"+element]
	switch {
	case has != nil && hasNot != nil:
		return "", nil, fmt.Errorf("has both %s and Not%s: write one of them", element, element)
	case has != nil:
		return element, has, nil
	case hasNot != nil:
		return "Not" + element, hasNot, nil
	}
	return "", nil, fmt.Errorf("has no %s, which the policy of a resource needs", element)
}

func parseTexts(m map[string]any, element string) (texts, error) {
	name, value, err := oneOf(m, element)
	if err != nil {
		return texts{}, err
	}
	values, err := list(value)
	if err != nil {
		return texts{}, fmt.Errorf("has %s %w", name, err)
	}
	return texts{name, name != element, values}, nil
}

// parsePrincipal reads "*" or lists by kind.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func parsePrincipal(m map[string]any) (principals, error) {
	name, value, err := oneOf(m, "Principal")
	if err != nil {
		return principals{}, err
	}
	p := principals{not: name != "Principal"}
	if value == "*" {
		p.values = []principal{{"AWS", "*"}} // the same, says AWS
		return p, nil
	}
	kinds, ok := value.(map[string]any)
	if !ok || len(kinds) == 0 {
		return p, fmt.Errorf(`has %s %s: write "*", or an object such as {"Service": "cloudfront.amazonaws.com"}`, name, described(value))
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		if !slices.Contains([]string{"AWS", "CanonicalUser", "Federated", "Service"}, kind) {
			return p, fmt.Errorf("has %s of kind %q: expected AWS, CanonicalUser, Federated or Service", name, kind)
		}
		values, err := list(kinds[kind])
		if err != nil {
			return p, fmt.Errorf("has %s %s %w", name, kind, err)
		}
		for _, v := range values {
			p.values = append(p.values, principal{kind, v})
		}
	}
	return p, nil
}

// parseConditions reads {operator: {key: value or list}}, in the order of names.
func parseConditions(value any) ([]condition, error) {
	if value == nil {
		return nil, nil
	}
	operators, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf(`has the Condition %s: expected an object such as {"StringEquals": {"aws:SourceArn": "arn:…"}}`, described(value))
	}
	var conditions []condition
	for _, name := range slices.Sorted(maps.Keys(operators)) {
		op, ok := parseOperator(name)
		if !ok {
			return nil, fmt.Errorf("has the Condition %q, which is no operator: expected one such as StringEquals, ArnLike or Bool", name)
		}
		keys, ok := operators[name].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("has the Condition %s with %s: expected an object of keys and values", name, described(operators[name]))
		}
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			values, err := list(keys[key])
			if err != nil {
				return nil, fmt.Errorf("has the Condition %s %s %w", name, key, err)
			}
			conditions = append(conditions, condition{name, op, key, values})
		}
	}
	return conditions, nil
}

// list reads a text or a list of them. Numbers and booleans are as good as
// their text.
func list(value any) ([]string, error) {
	values, ok := value.([]any)
	if !ok {
		values = []any{value}
	}
	var all []string
	for _, v := range values {
		switch v := v.(type) {
		case string:
			all = append(all, v)
		case bool, float64, int, int64:
			all = append(all, fmt.Sprint(v))
		default:
			return nil, fmt.Errorf("with %s: expected a text or a list of texts", described(v))
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("with an empty list: expected at least one text")
	}
	return all, nil
}

// described is a value as an error quotes it.
func described(value any) string {
	switch v := value.(type) {
	case nil:
		return "nothing"
	case string:
		return fmt.Sprintf("%q", v)
	case map[string]any:
		return fmt.Sprintf("an object with %q", slices.Sorted(maps.Keys(v)))
	case []any:
		return fmt.Sprintf("a list of %d", len(v))
	}
	return fmt.Sprint(value)
}
