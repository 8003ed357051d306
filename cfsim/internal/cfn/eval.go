package cfn

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// Limits on what resolving may take: values that double at every step would
// fill the memory, and chains of definitions the call stack.
const (
	maxWork = 16 << 20 // bytes of text, and references
	maxCall = 5_000    // values within values
)

// definition is something that is evaluated once, on first use: a parameter,
// an output, a condition, a resource's name.
type definition struct {
	scope *scope
	place string
}

type value struct {
	v       any
	sources []*Resource
	err     error
	done    bool
}

// noValue is what AWS::NoValue resolves to: the property or item is left out.
type noValue struct{}

// MarshalText is how it shows in an error.
func (noValue) MarshalText() ([]byte, error) { return []byte("AWS::NoValue"), nil }

// define evaluates something once and notices when it needs itself.
func (r *resolver) define(s *scope, place string, eval func() (any, error)) (any, error) {
	d := definition{s, place}
	known := r.defined[d]
	if known == nil {
		if err := r.descend(); err != nil {
			return nil, err
		}
		defer r.ascend()
		known = &value{}
		r.defined[d] = known
		mark, current := len(r.sources), r.current
		r.current = nil
		r.running = append(r.running, d)
		known.v, known.err = eval()
		r.running = r.running[:len(r.running)-1]
		r.current = current
		if known.err != nil {
			known.err = fail(s.stack, known.err, place)
		}
		known.sources = distinct(r.sources[mark:])
		known.done = true
		r.sources = r.sources[:mark]
	}
	if !known.done {
		return nil, r.circular(d)
	}
	if known.err != nil {
		return nil, known.err
	}
	r.sources = append(r.sources, known.sources...)
	return known.v, r.spend(len(known.sources))
}

func (r *resolver) circular(d definition) error {
	var chain []string
	for _, e := range r.running[slices.Index(r.running, d):] {
		chain = append(chain, e.scope.stack.Name+" "+e.place)
	}
	return fmt.Errorf("circular: %s needs itself", strings.Join(append(chain, d.scope.stack.Name+" "+d.place), " → "))
}

// eval resolves a value of a template.
func (r *resolver) eval(s *scope, v any) (any, error) {
	if err := r.descend(); err != nil {
		return nil, err
	}
	defer r.ascend()
	switch v := v.(type) {
	case map[string]any:
		if fn, arg := single(v); isIntrinsic(fn) {
			return r.call(s, fn, arg)
		}
		return r.evalObject(s, v)
	case []any:
		return r.evalList(s, v)
	}
	return v, nil
}

func (r *resolver) evalObject(s *scope, object map[string]any) (any, error) {
	out := make(map[string]any, len(object))
	for k, e := range sorted(object) {
		var x any
		var err error
		switch {
		case k == "Fn::Transform" || strings.HasPrefix(k, "Fn::ForEach::"): // add to what is beside them
			x, err = r.call(s, k, e)
		case strings.HasPrefix(k, "Fn::"):
			return nil, fmt.Errorf("%s has the key %q beside others: an intrinsic function stands alone in its object", quote(object), k)
		default:
			if x, err = r.eval(s, e); err != nil {
				err = at(err, k)
			}
		}
		if err != nil {
			return nil, err
		}
		if x != (noValue{}) {
			out[k] = x
		}
	}
	return out, nil
}

func (r *resolver) evalList(s *scope, items []any) ([]any, error) {
	out := make([]any, 0, len(items))
	for i, e := range items {
		x, err := r.eval(s, e)
		if err != nil {
			return nil, atIndex(err, i)
		}
		if _, none := x.(noValue); !none {
			out = append(out, x)
		}
	}
	return out, nil
}

// single is the key and value of an object that has only one, as intrinsic
// functions are written.
func single(v any) (key string, value any) {
	object, _ := v.(map[string]any)
	if len(object) == 1 {
		for key, value = range object {
		}
	}
	return key, value
}

func isIntrinsic(key string) bool { return key == "Ref" || strings.HasPrefix(key, "Fn::") }

// spend counts work and refuses when it is out of all proportion.
func (r *resolver) spend(n int) error {
	if r.work += n + 1; r.work > maxWork {
		return fmt.Errorf("the template's values grow past %d MB", maxWork>>20)
	}
	return nil
}

// descend counts how deep evaluation is.
func (r *resolver) descend() error {
	if r.depth++; r.depth > maxCall {
		return fmt.Errorf("values that need each other in a chain of more than %d steps", maxCall)
	}
	return nil
}

func (r *resolver) ascend() { r.depth-- }

// sorted ranges over a map in order of its keys, so that errors and symbols
// do not depend on chance.
func sorted[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, k := range keys(m) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// distinct drops repetitions, order kept.
func distinct(resources []*Resource) []*Resource {
	var out []*Resource
	seen := map[*Resource]bool{}
	for _, res := range resources {
		if !seen[res] {
			seen[res] = true
			out = append(out, res)
		}
	}
	return out
}
