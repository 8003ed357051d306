package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim"
)

// takeTemplate finds the template among the arguments: of explain it is the first
// one if that is no url, of the other commands the only one.
func (c command) takeTemplate(template string, args []string) (string, []string, error) {
	if template == "" && len(args) > 0 && (!c.takesURLs || isTemplate(args[0])) {
		if c.takesURLs && !exists(args[0]) {
			if err := meant(args[0], len(args) == 1); err != nil {
				return "", nil, err
			}
		}
		template, args = args[0], args[1:]
	}
	if len(args) > 0 && !c.takesURLs {
		return "", nil, fmt.Errorf("%s takes one template, and is given %q and %q", c.name, template, args[0])
	}
	return template, args, nil
}

// isTemplate tells a template from a url. What begins with a slash can be either,
// and is a template if there is one.
func isTemplate(arg string) bool {
	switch {
	case arg == "-" || strings.Contains(arg, "://"):
		return false
	case !strings.HasPrefix(arg, "/"):
		return true
	case templateFile.MatchString(arg):
		return exists(arg)
	}
	return exists(filepath.Join(arg, "manifest.json"))
}

var templateFile = regexp.MustCompile(`\.(json|ya?ml|template)$`)

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// load reads the template.
func (s *settings) load(o cfsim.Options) (*cfsim.App, error) {
	o.Region, o.Account, o.Country, o.Parameters = s.region, s.account, s.country, map[string]string{}
	for _, p := range s.parameters {
		o.Parameters[p.name] = p.value
	}
	defer s.progress("reading " + s.template)()
	app, err := cfsim.Load(s.template, &o)
	if err != nil {
		return nil, err
	}
	for _, store := range s.stores {
		if err := app.AttachStore(store.name, store.path()); err != nil {
			app.Close()
			return nil, err
		}
	}
	return app, nil
}
