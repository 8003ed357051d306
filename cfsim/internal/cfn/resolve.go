package cfn

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// resolver replaces the intrinsic functions of an app's templates by values.
type resolver struct {
	app    *App
	opts   Options
	scopes []*scope
	ids    map[string]int // how many stacks have a resource with the logical id
	params map[string]int // how many stacks have the parameter

	scopeOf map[*Stack]*scope
	defined map[definition]*value
	running []definition
	exports map[string][]definition
	sources []*Resource // the resources referred to, in order of evaluation
	current *Resource   // whose properties are being resolved
	work    int
	depth   int
}

// resolve makes an app of what was loaded.
func resolve(l *loader, o *Options) (*App, error) {
	r := newResolver(l, o)
	if err := r.checkParameters(); err != nil {
		return nil, err
	}
	for _, s := range r.scopes {
		if _, err := r.declared(s); err != nil {
			return nil, err
		}
	}
	for _, step := range []func(*scope) error{r.resources, r.outputs, r.checkCycles} {
		for _, s := range r.scopes {
			if s.present == nil {
				continue
			}
			if err := step(s); err != nil {
				return nil, fail(s.stack, err)
			}
		}
	}
	if err := r.indexOwners(); err != nil {
		return nil, err
	}
	r.app.sort()
	return r.app, nil
}

func newResolver(l *loader, o *Options) *resolver {
	r := &resolver{
		app:     l.app,
		scopes:  l.scopes,
		ids:     map[string]int{},
		params:  map[string]int{},
		scopeOf: map[*Stack]*scope{},
		defined: map[definition]*value{},
	}
	if o != nil {
		r.opts = *o
	}
	for _, s := range r.scopes {
		r.scopeOf[s.stack] = s
		for id := range s.declared {
			r.ids[id]++
		}
		for name := range s.section("Parameters") {
			r.params[name]++
		}
	}
	return r
}

// declared makes sure that the resources of a stack are there to be referred
// to, and reports whether the stack is: not if it is nested and the condition
// of the resource that deploys it does not hold.
func (r *resolver) declared(s *scope) (bool, error) {
	if s.present != nil {
		return true, nil
	}
	if s.parent != nil {
		if there, err := r.declared(s.parent); !there || err != nil {
			return false, err
		}
		if s.parent.present[s.parentID] == nil {
			return false, nil
		}
	}
	return true, fail(s.stack, r.declare(s))
}

// declare creates the resources whose condition holds.
func (r *resolver) declare(s *scope) error {
	s.present, s.absent, s.edges = map[string]*Resource{}, map[string]string{}, map[string][]string{}
	if s.parent != nil {
		s.stack.Parent = s.parent.present[s.parentID]
	}
	if s.macros {
		r.note(s, "its Transform is not applied: what that would add is missing")
	}
	for id, raw := range sorted(s.declared) {
		if err := r.declareResource(s, id, raw); err != nil {
			return at(at(err, id), "Resources")
		}
	}
	r.app.Stacks = append(r.app.Stacks, s.stack)
	s.stack.Path = s.path()
	return nil
}

func (r *resolver) declareResource(s *scope, id string, raw any) error {
	if strings.HasPrefix(id, "Fn::") {
		return fmt.Errorf(notExpanded, id)
	}
	if strings.IndexFunc(id, notAlphanumeric) >= 0 || id == "" {
		return errors.New("a logical id has only letters and digits")
	}
	body, ok := raw.(map[string]any)
	typ, isText := body["Type"].(string)
	if !ok || !isText {
		return fmt.Errorf("expected a resource with a Type, got %s", quote(raw))
	}
	if c, ok := body["Condition"]; ok {
		holds, err := r.holds(s, c, typ != "AWS::CDK::Metadata")
		if err != nil {
			return at(err, "Condition")
		}
		if !holds {
			s.absent[id] = fmt.Sprint(c)
			return nil
		}
	}
	metadata, _ := body["Metadata"].(map[string]any)
	res := &Resource{ID: id, Type: typ, Path: trimPath(s.pathOf(id, body)), Stack: s.stack, Metadata: metadata}
	switch d := body["DependsOn"].(type) {
	case string:
		res.DependsOn = []string{d}
	case []any:
		for _, d := range d {
			res.DependsOn = append(res.DependsOn, fmt.Sprint(d))
		}
	}
	for _, d := range res.DependsOn {
		if _, ok := s.declared[d]; !ok && !s.macros {
			return at(r.unknown(s, d), "DependsOn")
		}
		s.edges[id] = append(s.edges[id], d)
	}
	s.present[id] = res
	r.app.resources = append(r.app.resources, res)
	r.app.names[s.stack.Name+"/"+id] = res
	if r.ids[id] == 1 {
		r.app.names[id] = res
	}
	return nil
}

func notAlphanumeric(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

// resources resolves the properties of all resources.
func (r *resolver) resources(s *scope) error {
	for id, res := range sorted(s.present) {
		r.current, r.sources = res, r.sources[:0]
		v, err := r.eval(s, s.body(id)["Properties"])
		r.current = nil
		if err != nil {
			return fail(s.stack, err, "Properties", id, "Resources")
		}
		switch v := v.(type) {
		case map[string]any:
			res.Properties = v
		case nil, noValue:
			res.Properties = map[string]any{}
		default:
			return fail(s.stack, fmt.Errorf("expected an object, got %s", quote(v)), "Properties", id, "Resources")
		}
	}
	return nil
}

// outputs resolves the outputs whose condition holds.
func (r *resolver) outputs(s *scope) error {
	s.stack.Outputs = map[string]any{}
	for id := range sorted(s.section("Outputs")) {
		v, err := r.output(s, id)
		if err != nil {
			return err
		}
		if v != (noValue{}) {
			s.stack.Outputs[id] = v
		}
	}
	return nil
}

// output is the value of an output; noValue when its condition does not hold.
func (r *resolver) output(s *scope, id string) (any, error) {
	return r.define(s, "Outputs."+id, func() (any, error) {
		o, ok := s.section("Outputs")[id].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("expected an output with a Value, got %s", quote(s.section("Outputs")[id]))
		}
		if c, ok := o["Condition"]; ok {
			if holds, err := r.holds(s, c, true); !holds || err != nil {
				return noValue{}, err
			}
		}
		v, err := r.eval(s, o["Value"])
		if err != nil {
			return nil, at(err, "Value")
		}
		return v, nil
	})
}

// note notes something of a stack once.
func (r *resolver) note(s *scope, text string) {
	text = fmt.Sprintf("stack %q: %s", s.stack.Name, text)
	if !slices.Contains(r.app.Notes, text) {
		r.app.Notes = append(r.app.Notes, text)
	}
}
