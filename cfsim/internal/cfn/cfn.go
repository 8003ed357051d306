// Package cfn reads CloudFormation templates as plain values: every intrinsic
// function is resolved, and what only a deployment could know stays as a
// symbol in the notation of Fn::Sub.
//
// A symbol is "${LogicalId}" for the Ref of a resource and
// "${LogicalId.Attribute}" for an attribute, so that joined texts read
// naturally: "${HttpApiF5A9A8A7}.execute-api.${AWS::Region}.amazonaws.com".
// Where several stacks of an app have the same logical id it is
// "${Stack/LogicalId}". Attributes that templates take apart (the url of a
// function, ARNs, bucket domains) have the form they have once deployed.
// [App.ResourceOf] leads from such a text back to the resource.
//
// What the package cannot know it says: macros and Fn::Transform are not
// applied, and conditions on what has no value yet are decided as if it were
// another one; [App.Notes] lists both. Fn::ForEach is refused. References to
// what is not there and circles are errors, as in CloudFormation. Rules are not
// checked, and dynamic references ({{resolve:…}}) stay as they are.
package cfn

import (
	"cmp"
	"slices"
)

// Options of [Load] and [Parse]. A nil *Options is all defaults.
type Options struct {
	// Parameters of the templates, by name, or "Stack:Name" for that of one
	// stack. What is not given has its Default, or stays the symbol "${Name}";
	// for one of Parameter Store, give the value that is stored.
	Parameters map[string]string

	// Region and Account of stacks that do not say where they are deployed.
	// Default: the symbols "${AWS::Region}" and "${AWS::AccountId}".
	Region, Account string
}

// App is one or several templates that are deployed together. It does not
// change once loaded, and neither must what it returns; it is safe for
// concurrent use.
type App struct {
	// Stacks in order of their names; a nested stack comes after its parent.
	Stacks []*Stack

	// Notes say what was decided on something that is not known before a
	// deployment, such as a condition on a parameter without a value, and which
	// transforms were not applied.
	Notes []string

	resources []*Resource
	names     map[string]*Resource   // by what stands in a symbol: "Id" or "Stack/Id"
	owners    map[string][]*Resource // by Ref and attributes
	made      map[string][]*Resource // by what else was made of those
	assets    map[string]string      // object key in the asset bucket -> file or directory
	files     []string
}

// Stack is one template.
type Stack struct {
	Name            string         // the name it is deployed under, as far as that is known
	Path            string         // construct path, "" if unknown
	File            string         // where the template was read, "" for a map
	Region, Account string         // "" if unknown
	Parent          *Resource      // the AWS::CloudFormation::Stack that deploys a nested stack
	Outputs         map[string]any // resolved values
}

// Resource is one resource of a template whose condition, if any, holds.
type Resource struct {
	ID         string // logical id
	Type       string
	Path       string // construct path without a last /Resource or /Default, "" if unknown
	Stack      *Stack
	Properties map[string]any // resolved: no intrinsics left
	Metadata   map[string]any // as it is in the template
	DependsOn  []string       // logical ids, explicit ones only
}

// Load reads a cdk.out directory (all stacks, those of stages and nested
// stacks too) or one template file, JSON or YAML.
func Load(path string, o *Options) (*App, error) {
	l := newLoader()
	if err := l.load(path); err != nil {
		return nil, err
	}
	return resolve(l, o)
}

// Parse reads a template that is in memory, such as the map that the CDK's
// Template.ToJSON gives. The map is copied, never changed.
func Parse(template map[string]any, o *Options) (*App, error) {
	l := newLoader()
	s := &scope{stack: &Stack{Name: "template"}}
	t, err := normalize(template)
	if err != nil {
		return nil, fail(s.stack, err)
	}
	s.template = t
	if err := l.add(s); err != nil {
		return nil, err
	}
	return resolve(l, o)
}

// Resources returns the resources of the given types, or all, ordered by
// stack, then by construct path or else logical id.
func (a *App) Resources(types ...string) []*Resource {
	var found []*Resource
	for _, r := range a.resources {
		if r.is(types) {
			found = append(found, r)
		}
	}
	return found
}

// Files returns the files that were read, for a caller that watches them.
func (a *App) Files() []string { return slices.Clone(a.files) }

// is reports whether r has one of the types; no types are any type.
func (r *Resource) is(types []string) bool {
	return len(types) == 0 || slices.Contains(types, r.Type)
}

// sort brings stacks and resources into the documented order, which JSON
// objects do not have.
func (a *App) sort() {
	slices.SortFunc(a.Stacks, func(x, y *Stack) int { return cmp.Compare(x.Name, y.Name) })
	order := make(map[*Stack]int, len(a.Stacks))
	for i, s := range a.Stacks {
		order[s] = i
	}
	slices.SortFunc(a.resources, func(x, y *Resource) int {
		return cmp.Or(
			cmp.Compare(order[x.Stack], order[y.Stack]),
			cmp.Compare(cmp.Or(x.Path, x.ID), cmp.Or(y.Path, y.ID)),
			cmp.Compare(x.ID, y.ID),
		)
	})
}
