package cfsim

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cfrouter/cfrouter/cfsim/internal/cache"
	"github.com/cfrouter/cfrouter/cfsim/internal/cfn"
)

// A Distribution answers requests as the CloudFront distribution in a template
// would. It is an [http.Handler], and safe for concurrent use once everything is
// attached to it.
type Distribution struct {
	app       *App
	resource  *cfn.Resource
	options   Options
	config    config
	behaviors []*behavior // in the order in which they are tried; the default one is last
	patterns  []string    // of the behaviors
	origins   []*origin   // groups included
	errors    map[int]errorResponse
	functions functions
	cache     *cache.Cache
	requests  atomic.Int64    // that it has answered
	servers   *http.Transport // asks the servers behind origins

	// problems are faults of the configuration for which CloudFront would not
	// take it. Requests that meet one are answered with 502.
	problems []Finding
}

func newDistribution(app *App, resource *cfn.Resource, options Options) (*Distribution, error) {
	d := &Distribution{app: app, resource: resource, options: options, servers: newServerTransport(), functions: functions{app: app, compiled: map[string]*edgeFunction{}}}
	if err := decode(resource.Properties["DistributionConfig"], &d.config); err != nil {
		return nil, fmt.Errorf("cfsim: the DistributionConfig of %s cannot be read: %w", resource.ID, err)
	}
	if d.config.DefaultCacheBehavior.TargetOriginId == "" && d.config.TenantConfig == nil {
		return nil, fmt.Errorf("cfsim: the DistributionConfig of %s has no DefaultCacheBehavior with a TargetOriginId, which CloudFront requires", resource.ID)
	}
	d.cache = cache.New(cache.Options{MaxBytes: options.CacheBytes, Now: options.Now})
	d.config.Aliases = append(d.config.Aliases, d.config.CNAMEs...)
	d.addOrigins()
	d.addBehaviors(resource.Properties["DistributionConfig"].(map[string]any))
	d.addErrorResponses()
	return d, nil
}

func (d *Distribution) addBehaviors(raw map[string]any) {
	listed, _ := raw["CacheBehaviors"].([]any)
	for i, c := range d.config.CacheBehaviors {
		d.behaviors = append(d.behaviors, d.newBehavior(c, c.PathPattern, object(listed[i])))
	}
	fallback, _ := raw["DefaultCacheBehavior"].(map[string]any)
	d.behaviors = append(d.behaviors, d.newBehavior(d.config.DefaultCacheBehavior, "*", fallback))
	for _, b := range d.behaviors {
		d.patterns = append(d.patterns, b.pattern)
	}
}

// object is a value that is one by its type, nil if it is not.
func object(value any) map[string]any {
	o, _ := value.(map[string]any)
	return o
}

func (d *Distribution) addErrorResponses() {
	d.errors = map[int]errorResponse{}
	for _, e := range d.config.CustomErrorResponses {
		d.errors[int(e.ErrorCode)] = e
	}
}

// Name is the construct path of the distribution, or its logical id where the
// template has no construct paths.
func (d *Distribution) Name() string { return cmp.Or(d.resource.Path, d.resource.ID) }

// App returns what the distribution was loaded with. A test that has it from [Open]
// finds there [App.Check] and [App.PutKey].
func (d *Distribution) App() *App { return d.app }

func (d *Distribution) names() []string { return namesOf(d.resource) }

// Host is the first domain name of the distribution that is no wildcard. It is
// the host of requests that name none.
func (d *Distribution) Host() string {
	for _, alias := range d.config.Aliases {
		if !strings.HasPrefix(alias, "*") {
			return alias
		}
	}
	return defaultHost
}

// Aliases returns the domain names of the distribution besides the one that CloudFront
// gives it.
func (d *Distribution) Aliases() []string { return slices.Clone(d.config.Aliases) }

// Invalidate removes objects from the cache, by path as CloudFront's invalidations
// do: "/a.css", "/img/*". Objects are known by the path that the edge function made
// of the viewer's. It returns how many there were.
func (d *Distribution) Invalidate(paths ...string) (int, error) { return d.cache.Invalidate(paths...) }

// Close ends what the distribution started.
func (d *Distribution) Close() error {
	d.cache.Close()
	var err error
	for _, o := range d.origins {
		err = cmp.Or(err, o.close())
	}
	d.servers.CloseIdleConnections()
	return err
}

func (d *Distribution) now() time.Time { return d.options.Now() }

func (d *Distribution) problem(rule, resource, format string, args ...any) {
	d.problems = append(d.problems, Finding{Severity: Error, Rule: rule, Resource: resource, Message: fmt.Sprintf(format, args...)})
}

// namesOf are all names by which a resource may be called: its logical id with
// and without the hash that the CDK adds, its construct path with and without
// the stack, and the paths of the constructs it is in.
func namesOf(r *cfn.Resource) []string {
	names := []string{r.ID, r.ShortID()}
	_, below, _ := strings.Cut(r.Path, "/")
	for path := r.Path; path != "" && below != ""; {
		names = append(names, path, below)
		path, _, _ = cutLast(path)
		below, _, _ = cutLast(below)
	}
	return names
}

func cutLast(path string) (before, after string, found bool) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}

// labelOf is the construct path without its stack, or else the logical id without the
// hash that the CDK adds: a name that reads well, if no other resource has it.
func labelOf(r *cfn.Resource) string {
	_, label, _ := strings.Cut(r.Path, "/")
	return cmp.Or(label, r.ShortID())
}

// named reports whether a name is one of names. In a template without construct paths
// a logical id stands for one, as the CDK makes it of the path without its slashes.
func named(names []string, name string) bool {
	name = strings.Trim(name, "/")
	return slices.Contains(names, name) || slices.Contains(names, strings.ReplaceAll(name, "/", ""))
}
