package cfn

import "strings"

// scope is a template that is being read and resolved.
type scope struct {
	stack     *Stack
	template  map[string]any
	dir       string         // what paths in the template are relative to
	deployed  string         // AWS::StackName, "" if unknown
	paths     constructPaths // from the assembly's metadata
	mayBeVoid bool           // an assembly may have stacks without resources

	parent   *scope // of a nested stack
	parentID string // its logical id there
	nested   map[string]*scope

	declared map[string]any // Resources of the template
	present  map[string]*Resource
	absent   map[string]string // logical id -> condition that does not hold
	macros   bool              // a transform may add resources that are not in the template
	edges    map[string][]string
}

// section is a top-level object of the template, nil if there is none.
func (s *scope) section(name string) map[string]any {
	m, _ := s.template[name].(map[string]any)
	return m
}

func (s *scope) body(id string) map[string]any {
	m, _ := s.declared[id].(map[string]any)
	return m
}

// properties are those of a resource, not yet resolved.
func (s *scope) properties(id string) map[string]any {
	m, _ := s.body(id)["Properties"].(map[string]any)
	return m
}

// pathOf is the construct path of a resource as the CDK writes it, "" if
// unknown. Of the paths an id has in the metadata, the stack's own is the
// shortest that begins with its path: an id is made of the path within the
// stack, and nested stacks have longer ones.
func (s *scope) pathOf(id string, body map[string]any) string {
	metadata, _ := body["Metadata"].(map[string]any)
	if path, ok := metadata["aws:cdk:path"].(string); ok {
		return path
	}
	prefix, best := "", ""
	if s.stack.Path != "" {
		prefix = s.stack.Path + "/"
	}
	for _, path := range s.paths[id] {
		if strings.HasPrefix(path, prefix) && (best == "" || len(path) < len(best)) {
			best = path
		}
	}
	return best
}

// path is the construct path of a stack: what the assembly says, or else the
// path of the metadata resource that the CDK puts into every stack, or else
// the first segment that the paths of its resources have.
func (s *scope) path() string {
	if s.stack.Path != "" {
		return s.stack.Path
	}
	for _, res := range sorted(s.present) {
		if path, ok := strings.CutSuffix(res.Path, "/CDKMetadata"); ok {
			return path
		}
	}
	for _, res := range sorted(s.present) {
		if first, _, ok := strings.Cut(res.Path, "/"); ok {
			return first
		}
	}
	return ""
}

// nestedName names a nested stack after its parent and its construct, whose
// path the CDK puts into that of the resource twice:
// "App/Web.NestedStack/Web.NestedStackResource" deploys "App/Web".
func (s *scope) nestedName(id, resourcePath string) (name, path string) {
	path, _, ok := strings.Cut(resourcePath, ".NestedStack/")
	if !ok || s.stack.Path == "" {
		return s.stack.Name + "/" + withoutHash(id), path
	}
	return s.stack.Name + strings.TrimPrefix(path, s.stack.Path), path
}

// trimPath drops what CDK appends to the path of the construct a user wrote.
func trimPath(path string) string {
	path = strings.TrimPrefix(path, "/")
	for _, suffix := range []string{"/Resource", "/Default"} {
		if short, ok := strings.CutSuffix(path, suffix); ok {
			return short
		}
	}
	return path
}

// withoutHash drops the eight hexadecimal digits that the CDK appends to the
// logical ids it makes.
func withoutHash(id string) string {
	n := len(id) - 8
	if n <= 0 || strings.Trim(id[n:], "0123456789ABCDEF") != "" {
		return id
	}
	return id[:n]
}
