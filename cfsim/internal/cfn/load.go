package cfn

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxStacks bounds what nested stacks that contain each other can grow to.
const maxStacks = 500

// loader reads templates and what lies beside them.
type loader struct {
	app    *App
	scopes []*scope // parents before what is nested in them
	dirs   []string // assemblies that were read
}

func newLoader() *loader {
	return &loader{app: &App{
		names:  map[string]*Resource{},
		owners: map[string][]*Resource{},
		made:   map[string][]*Resource{},
		assets: map[string]string{},
	}}
}

func (l *loader) load(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cfsim: %s: no such file or directory: expected a cdk.out directory or a template file (run cdk synth first?)", path)
	}
	if err != nil {
		return fmt.Errorf("cfsim: %s: %w", path, err)
	}
	if !info.IsDir() {
		return l.file(path)
	}
	if err := l.directory(path); err != nil {
		return err
	}
	if len(l.scopes) == 0 {
		return fmt.Errorf("cfsim: %s: no stack in its %s: expected the cdk.out of an app with a stack", path, manifestFile)
	}
	return nil
}

// file reads one template. If it is part of an assembly, what that says of the
// stack is read too.
func (l *loader) file(path string) error {
	dir, name := filepath.Split(path)
	if m, err := readManifest(dir); err == nil {
		if found, err := l.manifest(dir, m, name); found || err != nil {
			return err
		}
	}
	if base, ok := strings.CutSuffix(name, ".template.json"); ok {
		if err := l.assetManifest(filepath.Join(dir, base+".assets.json"), true); err != nil {
			return err
		}
	}
	return l.template(path, &scope{stack: &Stack{}})
}

// directory reads an assembly, or all templates of a directory without a
// manifest.
func (l *loader) directory(dir string) error {
	if slices.Contains(l.dirs, filepath.Clean(dir)) {
		return fmt.Errorf("cfsim: %s: an assembly that contains itself (run cdk synth again)", dir)
	}
	l.dirs = append(l.dirs, filepath.Clean(dir))
	m, err := readManifest(dir)
	if err == nil {
		_, err := l.manifest(dir, m, "")
		return err
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	templates := templatesIn(dir)
	if len(templates) == 0 {
		return l.nothingIn(dir)
	}
	for _, t := range templates {
		if base, ok := strings.CutSuffix(t, ".template.json"); ok {
			if err := l.assetManifest(base+".assets.json", true); err != nil {
				return err
			}
		}
		if err := l.template(t, &scope{stack: &Stack{}}); err != nil {
			return err
		}
	}
	return nil
}

// templatesIn lists the templates of a directory that are no nested stacks;
// those are read by way of their parents.
func templatesIn(dir string) []string {
	var found []string
	entries, _ := os.ReadDir(dir) // unreadable is without templates
	for _, e := range entries {
		name := e.Name()
		for _, ext := range []string{".template.json", ".template.yaml", ".template.yml"} {
			if strings.HasSuffix(name, ext) && !strings.HasSuffix(name, ".nested"+ext) {
				found = append(found, filepath.Join(dir, name))
			}
		}
	}
	return found
}

// nothingIn says what to give instead of a directory without a template.
func (l *loader) nothingIn(dir string) error {
	var below []string
	for _, pattern := range []string{"cdk.out", "*", "*/cdk.out"} {
		matches, _ := filepath.Glob(filepath.Join(dir, pattern, manifestFile))
		for _, m := range matches {
			if _, err := readManifest(filepath.Dir(m)); err == nil {
				below = append(below, filepath.Dir(m))
			}
		}
		if len(below) > 0 {
			break
		}
	}
	switch len(below) {
	case 0:
		return fmt.Errorf("cfsim: %s: a directory without a template: expected a cdk.out directory (run cdk synth first) or a template file", dir)
	case 1:
		return fmt.Errorf("cfsim: %s: a directory without a template: did you mean %s?", dir, below[0])
	}
	return fmt.Errorf("cfsim: %s: a directory with several apps: expected one, such as %s (there are %s)", dir, below[0], list(below))
}

// template reads the file of a stack. Name and directory have defaults.
func (l *loader) template(path string, s *scope) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("cfsim: %s: cannot read the template: %w (run cdk synth again?)", path, err)
	}
	l.app.files = append(l.app.files, path)
	s.stack.File = path
	s.dir = filepath.Dir(path)
	if s.stack.Name == "" {
		name := filepath.Base(path)
		base := strings.TrimSuffix(strings.TrimSuffix(name, filepath.Ext(name)), ".template")
		s.stack.Name = l.freeName(base, name)
		if strings.Contains(name, ".template.") { // as the CDK names files after stacks
			s.deployed = base
		}
	}
	if s.template, err = decode(path, text); err != nil {
		return fail(s.stack, err)
	}
	return l.add(s)
}

// add checks the outline of a template and reads the stacks nested in it.
func (l *loader) add(s *scope) error {
	resources, ok := s.template["Resources"]
	if !ok && !s.mayBeVoid {
		return fail(s.stack, fmt.Errorf("not a template: expected an object with Resources, found the keys %s", list(keys(s.template))))
	}
	if s.declared, ok = resources.(map[string]any); !ok && resources != nil {
		return fail(s.stack, fmt.Errorf("expected an object of resources by logical id, got %s", quote(resources)), "Resources")
	}
	s.macros = hasMacros(s.template["Transform"])
	if len(l.scopes) >= maxStacks {
		return fail(s.stack, fmt.Errorf("more than %d stacks: do nested stacks contain each other?", maxStacks))
	}
	l.scopes = append(l.scopes, s)
	for id, r := range sorted(s.declared) {
		if err := l.nest(s, id, r); err != nil {
			return err
		}
	}
	return nil
}

// nest reads the template of a nested stack, if r is one whose template is
// on disk.
func (l *loader) nest(s *scope, id string, resource any) error {
	r, _ := resource.(map[string]any)
	if r["Type"] != "AWS::CloudFormation::Stack" {
		return nil
	}
	file := l.nestedFile(s, r)
	if file == "" {
		return nil
	}
	child := &scope{
		stack:    &Stack{Region: s.stack.Region, Account: s.stack.Account},
		parent:   s,
		parentID: id,
		paths:    s.paths,
	}
	name, path := s.nestedName(id, s.pathOf(id, r))
	child.stack.Name, child.stack.Path = l.freeName(name, s.stack.Name+"/"+id), path
	if s.nested == nil {
		s.nested = map[string]*scope{}
	}
	s.nested[id] = child
	return l.template(file, child)
}

// freeName is the first of the names that no stack has yet, which can stand in
// a symbol: CloudFormation's own names can, those of files and constructs may
// not.
func (l *loader) freeName(names ...string) string {
	for i := 0; ; i++ {
		name := names[min(i, len(names)-1)]
		if i >= len(names) {
			name = fmt.Sprintf("%s-%d", name, i)
		}
		name = strings.NewReplacer("$", "-", "{", "-", "}", "-").Replace(name)
		if !slices.ContainsFunc(l.scopes, func(s *scope) bool { return s.stack.Name == name }) {
			return name
		}
	}
}

// nestedFile finds the template of a nested stack: by the asset path that the
// CDK leaves in its metadata, else by the asset's key at the end of its url,
// else the url is a local path, as "aws cloudformation package" takes it.
func (l *loader) nestedFile(s *scope, r map[string]any) string {
	if s.dir == "" {
		return "" // in memory: there is nothing beside it
	}
	metadata, _ := r["Metadata"].(map[string]any)
	if path, ok := metadata["aws:asset:path"].(string); ok {
		return resolvePath(s.dir, path)
	}
	properties, _ := r["Properties"].(map[string]any)
	url := lastText(properties["TemplateURL"])
	if path, ok := l.app.assets[url[strings.LastIndexByte(url, '/')+1:]]; ok {
		return path
	}
	if url != "" && !strings.Contains(url, "://") {
		if info, err := os.Stat(resolvePath(s.dir, url)); err == nil && info.Mode().IsRegular() {
			return resolvePath(s.dir, url)
		}
	}
	return ""
}

// lastText is the last text in a value, which for a url put together by
// Fn::Join or Fn::Sub is its end.
func lastText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		if len(v) > 0 {
			return lastText(v[len(v)-1])
		}
	case map[string]any:
		for _, fn := range []string{"Fn::Join", "Fn::Sub"} {
			if arg, ok := v[fn]; ok {
				return lastText(arg)
			}
		}
	}
	return ""
}

func resolvePath(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, filepath.FromSlash(path))
}

// hasMacros reports whether a template's Transform may add resources. The
// language extensions only add intrinsic functions, which are read here.
func hasMacros(transform any) bool {
	switch t := transform.(type) {
	case nil:
		return false
	case string:
		return t != "AWS::LanguageExtensions"
	case []any:
		for _, t := range t {
			if hasMacros(t) {
				return true
			}
		}
		return false
	}
	return true
}
