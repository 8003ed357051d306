package cfn

import (
	"fmt"
	"slices"
	"strings"
)

// checkParameters refuses given parameters that no template has, and values
// that a template does not allow.
func (r *resolver) checkParameters() error {
	var there []string
	for _, s := range r.scopes {
		if s.parent == nil {
			there = append(there, keys(s.section("Parameters"))...)
		}
	}
	for name := range sorted(r.opts.Parameters) {
		if !slices.ContainsFunc(r.scopes, func(s *scope) bool { return s.takes(name) }) {
			slices.Sort(there)
			return fmt.Errorf("cfsim: unknown parameter %q: the template has %s", name, list(slices.Compact(there)))
		}
	}
	return nil
}

// takes reports whether a parameter is one of this stack: "Name" or, as the
// CDK's command line has it for one stack of an app, "Stack:Name".
func (s *scope) takes(parameter string) bool {
	parameter = strings.TrimPrefix(parameter, s.stack.Name+":")
	_, ok := s.section("Parameters")[parameter]
	return ok && s.parent == nil
}

// parameter is the value of a template parameter: the one given, or else its
// default, or else a symbol.
func (r *resolver) parameter(s *scope, name string) (any, error) {
	return r.define(s, "Parameters."+name, func() (any, error) {
		p, ok := s.section("Parameters")[name].(map[string]any)
		if !ok {
			return nil, shape("a parameter with a Type", s.section("Parameters")[name])
		}
		typ, _ := p["Type"].(string)
		v, given, err := r.argument(s, name)
		if err != nil {
			return nil, err
		}
		if !given {
			// The default of such a parameter is a key in Parameter Store,
			// whose value is not known here.
			v, given = p["Default"]
			given = given && !strings.HasPrefix(typ, "AWS::SSM::Parameter::Value<")
		}
		if !given {
			v = "${" + r.parameterName(s, name) + "}"
		}
		return typed(typ, v, p["AllowedValues"])
	})
}

// argument is the value a parameter is given: by the caller, or for a nested
// stack by its parent.
func (r *resolver) argument(s *scope, name string) (v any, given bool, err error) {
	if s.parent == nil {
		text, ok := r.opts.Parameters[s.stack.Name+":"+name]
		if !ok {
			text, ok = r.opts.Parameters[name]
		}
		return text, ok, nil
	}
	parameters, _ := s.parent.properties(s.parentID)["Parameters"].(map[string]any)
	if _, ok := parameters[name]; !ok {
		return nil, false, nil
	}
	v, err = r.define(s.parent, "Resources."+s.parentID+".Properties.Parameters."+name, func() (any, error) {
		return r.eval(s.parent, parameters[name])
	})
	return v, v != (noValue{}), err
}

// typed is the value of a parameter of the type: a text (numbers too: "the
// parameter value becomes a literal string"), or a list of texts.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
func typed(typ string, v, allowed any) (any, error) {
	text, ok := scalarText(v)
	if !ok {
		return nil, shape("a text", v)
	}
	if typ != "CommaDelimitedList" && !strings.Contains(typ, "List<") {
		return text, allowedValue(text, allowed)
	}
	items := []any{}
	for _, item := range splitText(text, ",") {
		item := strings.TrimSpace(item.(string))
		if err := allowedValue(item, allowed); err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

func allowedValue(text string, allowed any) error {
	values, ok := allowed.([]any)
	if !ok || hasSymbol(text) {
		return nil
	}
	var texts []string
	for _, v := range values {
		t, _ := scalarText(v)
		if t == text {
			return nil
		}
		texts = append(texts, t)
	}
	return fmt.Errorf("the value %q is not allowed: expected one of %s", text, list(texts))
}
