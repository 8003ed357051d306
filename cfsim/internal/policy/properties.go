package policy

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// properties reads an object of a template and keeps the first value that is not
// what it should be. Numbers and booleans may be written as strings, which
// CloudFormation allows.
type properties struct {
	path   string // of the object, with a dot, "" at the top
	values map[string]any
	err    *error
}

func read(values map[string]any) properties { return properties{values: values, err: new(error)} }

func (p properties) fail(name string, value any, expected string) {
	if *p.err != nil {
		return
	}
	if value == nil {
		*p.err = fmt.Errorf("%s%s is missing: expected %s", p.path, name, expected)
		return
	}
	text, err := json.Marshal(value)
	if err != nil {
		text = fmt.Appendf(nil, "%v", value)
	}
	*p.err = fmt.Errorf("%s%s is %s: expected %s", p.path, name, text, expected)
}

// has reports whether a property is there. A null is none.
func (p properties) has(name string) bool { return p.values[name] != nil }

// object returns a property that is an object, an empty one if it is not there.
func (p properties) object(name string) properties {
	o := properties{path: p.path + name + ".", err: p.err}
	value := p.values[name]
	var ok bool
	if o.values, ok = value.(map[string]any); !ok && value != nil {
		p.fail(name, value, "an object")
	}
	return o
}

// need is object for one that has to be there.
func (p properties) need(name string) properties {
	if !p.has(name) {
		p.fail(name, nil, "an object")
	}
	return p.object(name)
}

func (p properties) array(name string) []any {
	value := p.values[name]
	items, ok := value.([]any)
	if !ok && value != nil {
		p.fail(name, value, "a list")
	}
	return items
}

// objects returns a list of objects.
func (p properties) objects(name string) []properties {
	var all []properties
	for i, item := range p.array(name) {
		values, ok := item.(map[string]any)
		if !ok {
			p.fail(fmt.Sprintf("%s[%d]", name, i), item, "an object")
		}
		all = append(all, properties{path: fmt.Sprintf("%s%s[%d].", p.path, name, i), values: values, err: p.err})
	}
	return all
}

// texts returns a list of strings.
func (p properties) texts(name string) []string {
	var all []string
	for i, item := range p.array(name) {
		all = append(all, p.asText(fmt.Sprintf("%s[%d]", name, i), item))
	}
	return all
}

func (p properties) text(name string) string { return p.asText(name, p.values[name]) }

func (p properties) asText(name string, value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool, float64, int, int64, uint64, json.Number:
		return fmt.Sprint(v)
	}
	p.fail(name, value, "a string")
	return ""
}

// oneOf returns a string that has to be one of several, in their spelling.
func (p properties) oneOf(name string, allowed ...string) string {
	value := p.text(name)
	for _, a := range allowed {
		if value == a {
			return value
		}
	}
	p.fail(name, p.values[name], "one of "+strings.Join(allowed, ", "))
	return value
}

func (p properties) flag(name string) bool {
	switch v := p.values[name].(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		if lower := strings.ToLower(v); lower == "true" || lower == "false" {
			return lower == "true"
		}
	}
	p.fail(name, p.values[name], "true or false")
	return false
}

func (p properties) number(name string) (float64, bool) {
	value := p.values[name]
	if value == nil {
		return 0, false
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(p.asText(name, value)), 64)
	_, isBool := value.(bool)
	if err != nil || isBool || math.IsNaN(n) || math.IsInf(n, 0) {
		p.fail(name, value, "a number")
		return 0, false
	}
	return n, true
}

// maxSeconds is what a time.Duration holds.
const maxSeconds = math.MaxInt64 / int64(time.Second)

// seconds returns a whole number of seconds, or else if there is none.
func (p properties) seconds(name string, otherwise time.Duration) time.Duration {
	n, ok := p.number(name)
	if !ok {
		return otherwise
	}
	if n < 0 || n != math.Trunc(n) || n > float64(maxSeconds) {
		p.fail(name, p.values[name], "a whole number of seconds, 0 or more")
		return otherwise
	}
	return time.Duration(n) * time.Second
}
