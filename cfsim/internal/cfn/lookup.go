package cfn

import (
	"fmt"
	"strings"
)

// Symbol returns the symbol of a resource, "${LogicalId}" or, where several
// stacks have the logical id, "${Stack/LogicalId}".
func (a *App) Symbol(r *Resource) string {
	if a.names[r.ID] == r {
		return "${" + r.ID + "}"
	}
	return "${" + r.Stack.Name + "/" + r.ID + "}"
}

// symbolName is what stands in the symbol of a resource.
func (r *resolver) symbolName(s *scope, id string) string {
	if r.ids[id] == 1 {
		return id
	}
	return s.stack.Name + "/" + id
}

// parameterName is what stands in the symbol of a parameter: never the same as
// in that of a resource.
func (r *resolver) parameterName(s *scope, name string) string {
	if r.params[name] == 1 && r.ids[name] == 0 {
		return name
	}
	return s.stack.Name + "/" + name
}

// Find returns the resources of the types that a name means: by logical id
// (also "Stack/LogicalId"), else by construct path, with or without the stack
// and a last /Resource or /Default, else by the logical id without the hash
// that the CDK appends ("Site" for SiteE53D7754). It returns all matches of the
// first of these that has any.
func (a *App) Find(name string, types ...string) []*Resource {
	path := trimPath(name)
	is := func(own string) bool { return own != "" && (own == path || own == name) }
	for _, matches := range []func(*Resource) bool{
		func(r *Resource) bool { return name == r.ID || name == r.Stack.Name+"/"+r.ID },
		func(r *Resource) bool { return is(r.Path) },
		func(r *Resource) bool { return is(r.relativePath()) },
		func(r *Resource) bool { return name == r.ShortID() },
	} {
		var found []*Resource
		for _, r := range a.resources {
			if r.is(types) && matches(r) {
				found = append(found, r)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// Resource returns the one resource of the types that a name means to [App.Find],
// or an error that lists those there are.
func (a *App) Resource(name string, types ...string) (*Resource, error) {
	found := a.Find(name, types...)
	if len(found) == 1 {
		return found[0], nil
	}
	kind := "resource"
	if len(types) > 0 {
		kind = strings.Join(types, " or ")
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("cfsim: no %s named %q: there are %s", kind, name, list(labels(a.Resources(types...))))
	}
	return nil, fmt.Errorf("cfsim: %q is the name of several: write one of %s", name, list(labels(found)))
}

func labels(resources []*Resource) []string {
	var names []string
	for _, r := range resources {
		names = append(names, r.String())
	}
	return names
}

// ShortID is the logical id without the hash that the CDK appends to it.
func (r *Resource) ShortID() string { return withoutHash(r.ID) }

// String is the construct path of a resource, or else stack and logical id.
func (r *Resource) String() string {
	if r.Path != "" {
		return r.Path
	}
	return r.Stack.Name + "/" + r.ID
}

// relativePath is the construct path within the (top-level) stack.
func (r *Resource) relativePath() string {
	s := r.Stack
	for s.Parent != nil {
		s = s.Parent.Stack
	}
	path, _ := strings.CutPrefix(r.Path, s.Path+"/")
	return path
}
