package cfsim

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/cfrouter/cfrouter/cfsim/internal/cfn"
)

// Options are settings of a simulation. The zero value, and a nil pointer, are
// fine for most templates.
type Options struct {
	// Parameters are values for parameters of the template.
	// Default: the parameter's default, or a symbol such as "${Stage}".
	Parameters map[string]string

	// Region and Account are where the template would be deployed.
	// Default: what the cloud assembly says, or symbols.
	Region, Account string

	// Now is the clock of the cache and of signed URLs.
	// Default: time.Now
	Now func() time.Time

	// CacheBytes bounds the cache of each distribution.
	// Default: 64 MiB
	CacheBytes int64

	// Country is where viewers are, as ISO 3166-1 alpha-2 code such as "DE": for
	// geographic restrictions and the header CloudFront-Viewer-Country. A request of
	// [Distribution.Expect] can name another one.
	// Default: unknown; restrictions are then not applied, and the trace says so
	Country string

	// External lets origins that are neither attached nor part of the template,
	// such as https://example.com, be asked over the network.
	// Default: they are not, and their requests are answered with 502
	External bool

	// PlainHTTP takes a connection without TLS for what it is, so that viewer
	// protocol policies apply to it.
	// Default: such a connection counts as HTTPS, or a distribution that
	// redirects to HTTPS could not be used without a certificate
	PlainHTTP bool

	// Observe gets the trace of each request that [Distribution.ServeHTTP] has
	// answered.
	Observe func(*Trace)

	// Log gets what local Lambda processes write.
	// Default: it is dropped
	Log io.Writer
}

// An App is what was loaded: one template, or several that are deployed
// together.
type App struct {
	cfn           *cfn.App
	distributions []*Distribution
	stores        []*store
	problems      []Finding                      // that belong to no distribution
	processes     map[*cfn.Resource]*edgeProcess // Lambda@Edge functions
}

// Load reads a cloud assembly (the directory cdk.out) or one template in JSON or
// YAML. It is an error if there is no distribution in it.
func Load(path string, o *Options) (*App, error) {
	c, err := cfn.Load(path, o.cfn())
	if err != nil {
		return nil, err
	}
	return newApp(c, o, path)
}

// FromTemplate takes a template as assertions.Template.ToJSON of the CDK returns
// it. It does not change the map.
func FromTemplate(template map[string]any, o *Options) (*App, error) {
	c, err := cfn.Parse(template, o.cfn())
	if err != nil {
		return nil, err
	}
	return newApp(c, o, "the template")
}

func (o *Options) cfn() *cfn.Options {
	if o == nil {
		return nil
	}
	return &cfn.Options{Parameters: o.Parameters, Region: o.Region, Account: o.Account}
}

func newApp(c *cfn.App, o *Options, path string) (*App, error) {
	options := Options{}
	if o != nil {
		options = *o
	}
	if c := options.Country; c != "" && !validCountry(c) {
		return nil, fmt.Errorf("cfsim: %w", noCountry(c))
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	app := &App{cfn: c, processes: map[*cfn.Resource]*edgeProcess{}}
	for _, resource := range c.Resources("AWS::CloudFront::Distribution") {
		d, err := newDistribution(app, resource, options)
		if err != nil {
			return nil, err
		}
		app.distributions = append(app.distributions, d)
	}
	if len(app.distributions) == 0 {
		return nil, fmt.Errorf("cfsim: %s has no resource of type AWS::CloudFront::Distribution, so there is nothing to simulate", path)
	}
	return app, nil
}

func validCountry(code string) bool {
	return len(code) == 2 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func noCountry(code string) error {
	return fmt.Errorf("there is no country %q: write the two capital letters of its code, such as DE", code)
}

// Distributions returns all distributions, in the order of their construct paths.
func (a *App) Distributions() []*Distribution { return a.distributions }

// Distribution returns the distribution of a name: a logical id or a construct
// path such as "Router" or "Shop/Router/Distribution". The name may be empty if
// there is only one.
func (a *App) Distribution(name string) (*Distribution, error) {
	var found []*Distribution
	for _, d := range a.distributions {
		if name == "" || named(d.names(), name) {
			found = append(found, d)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case name == "":
		return nil, fmt.Errorf("cfsim: there are %d distributions, name one of them: %s", len(found), a.list())
	case len(found) == 0:
		return nil, fmt.Errorf("cfsim: there is no distribution %q among %s", name, a.list())
	}
	return nil, fmt.Errorf("cfsim: %d distributions are called %q, write out one of %s", len(found), name, a.list())
}

func (a *App) list() string {
	var names []string
	for _, d := range a.distributions {
		names = append(names, d.Name())
	}
	return strings.Join(names, ", ")
}

// Close ends everything that the app started, such as Lambda processes.
func (a *App) Close() error {
	var err error
	for _, d := range a.distributions {
		err = cmp.Or(err, d.Close())
	}
	for _, p := range a.processes {
		err = cmp.Or(err, p.close())
	}
	return err
}

// Notes returns where a decision was made on something that only a deployment knows,
// such as a condition on a parameter without a value.
func (a *App) Notes() []string { return slices.Clone(a.cfn.Notes) }

// Files returns the paths of the files that were read, so that they can be watched.
func (a *App) Files() []string { return a.cfn.Files() }
