package edgetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Distribution is the CloudFront distribution of a template.
type Distribution struct {
	template  template
	behaviors []behavior // in the order in which they are tried, the default last
	origins   map[string]origin
	originIDs []string // without the groups of origins
	functions map[string]*function
	store     map[string]string
}

// A behavior is one cache behavior, as CloudFormation spells it.
type behavior struct {
	PathPattern          string
	TargetOriginID       string `json:"TargetOriginId"`
	AllowedMethods       []string
	CachedMethods        []string
	CachePolicyID        any `json:"CachePolicyId"`
	FunctionAssociations []struct {
		EventType   string
		FunctionARN any
	}

	request, response *function // nil without one
	key               keyPolicy
}

// A function is a CloudFront function of the template.
type function struct {
	code   string
	stores bool // a key-value store is associated with it
}

// An origin is what is behind the TargetOriginId of a behavior.
type origin struct {
	name  string // the [Answer]'s Origin
	path  string
	group []string // the names of the members, nil of an origin that is no group
}

// distributionConfig is what is used of a distribution's DistributionConfig.
type distributionConfig struct {
	CacheBehaviors       []behavior
	DefaultCacheBehavior *behavior
	Origins              []struct {
		ID         string `json:"Id"`
		DomainName any
		OriginPath any
	}
	OriginGroups struct {
		Items []struct {
			ID      string `json:"Id"`
			Members struct {
				Items []struct {
					OriginID string `json:"OriginId"`
				}
			}
		}
	}
}

// Load reads the one distribution of a synthesized template. It rejects what
// CloudFront would reject at deployment and what it could not run.
func Load(synthesized map[string]any) (*Distribution, error) {
	var t template
	if err := convert(synthesized, &t); err != nil {
		return nil, fmt.Errorf("edgetest: not a template: %w", err)
	}
	ids := t.ofType("AWS::CloudFront::Distribution")
	if len(ids) != 1 {
		return nil, fmt.Errorf("edgetest: want one AWS::CloudFront::Distribution, found %d %v among: %s", len(ids), ids, t.summary())
	}
	var config distributionConfig
	if err := convert(t.Resources[ids[0]].Properties["DistributionConfig"], &config); err != nil {
		return nil, fmt.Errorf("edgetest: DistributionConfig of %s: %w", ids[0], err)
	}
	if config.DefaultCacheBehavior == nil {
		return nil, fmt.Errorf("edgetest: %s has no DefaultCacheBehavior", ids[0])
	}
	config.DefaultCacheBehavior.PathPattern = "*"
	d := &Distribution{template: t, behaviors: append(config.CacheBehaviors, *config.DefaultCacheBehavior), functions: map[string]*function{}, store: map[string]string{}}
	if err := d.loadOrigins(config); err != nil {
		return nil, err
	}
	if err := d.loadBehaviors(); err != nil {
		return nil, err
	}
	return d, nil
}

// convert reads a JSON-like value into a struct.
func convert(from, to any) error {
	text, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, to)
}

// Store says what is in the key-value store that the template associates with a
// function. There is nothing in it before: what a template imports into a store
// is in a file beside it.
func (d *Distribution) Store(entries map[string]string) {
	d.store = maps.Clone(entries)
	if d.store == nil {
		d.store = map[string]string{}
	}
}

func (d *Distribution) loadOrigins(config distributionConfig) error {
	d.origins = map[string]origin{}
	for _, o := range config.Origins {
		host, err := d.template.text(o.DomainName)
		if err != nil {
			return err
		}
		path, err := d.template.text(o.OriginPath)
		if err != nil {
			return err
		}
		d.origins[o.ID] = origin{name: d.template.owner(host), path: path}
		d.originIDs = append(d.originIDs, o.ID)
	}
	// A group is asked as its first member as long as that one answers.
	for _, group := range config.OriginGroups.Items {
		var ids []string
		for _, member := range group.Members.Items {
			ids = append(ids, member.OriginID)
		}
		if len(ids) > 0 {
			d.origins[group.ID] = d.group(ids)
		}
	}
	return nil
}

func (d *Distribution) group(ids []string) origin {
	first := d.origins[ids[0]]
	for _, id := range ids {
		first.group = append(first.group, d.origins[id].name)
	}
	return first
}

// owner returns the logical id of the resource that serves a host, and the
// host itself when that is none of the template's. A function's url, and an
// alias or a version of a function, lead to the function.
func (t template) owner(host string) string {
	id, ok := t.resourceIn(host)
	if !ok {
		return host
	}
	follow := map[string]string{
		"AWS::Lambda::Url": "TargetFunctionArn", "AWS::Lambda::Alias": "FunctionName", "AWS::Lambda::Version": "FunctionName",
	}
	for {
		r := t.Resources[id]
		text, err := t.text(r.Properties[follow[r.Type]])
		next, ok := t.resourceIn(text)
		if err != nil || !ok {
			return id
		}
		id = next
	}
}

func (d *Distribution) loadBehaviors() error {
	seen := map[string]bool{}
	for i := range d.behaviors {
		b := &d.behaviors[i]
		pattern := strings.TrimPrefix(b.PathPattern, "/")
		if i < len(d.behaviors)-1 && b.PathPattern == "" || seen[pattern] {
			return fmt.Errorf("edgetest: the path pattern %q is empty or there twice, CloudFront rejects that", b.PathPattern)
		}
		seen[pattern] = true
		if _, ok := d.origins[b.TargetOriginID]; !ok {
			return fmt.Errorf("edgetest: behavior %q has the origin %q, which there is not", b.PathPattern, b.TargetOriginID)
		}
		if len(b.AllowedMethods) == 0 {
			b.AllowedMethods = []string{"GET", "HEAD"}
		}
		var err error
		if b.request, err = d.function(*b, "viewer-request"); err != nil {
			return err
		}
		if b.response, err = d.function(*b, "viewer-response"); err != nil {
			return err
		}
		if b.key, err = d.template.keyPolicy(*b); err != nil {
			return err
		}
	}
	return nil
}

// function returns the function of a behavior for an event, nil without one.
func (d *Distribution) function(b behavior, event string) (*function, error) {
	var found *function
	for _, association := range b.FunctionAssociations {
		if association.EventType != event {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("edgetest: behavior %q has two %s functions, CloudFront takes one", b.PathPattern, event)
		}
		arn, err := d.template.text(association.FunctionARN)
		if err != nil {
			return nil, err
		}
		id, _ := d.template.resourceIn(arn)
		if found, err = d.functionOf(id); err != nil {
			return nil, fmt.Errorf("edgetest: the function %q of behavior %q has no code in the template: %w", arn, b.PathPattern, err)
		}
	}
	return found, nil
}

// functionOf reads a function once, whatever the number of its behaviors.
func (d *Distribution) functionOf(id string) (*function, error) {
	if f, ok := d.functions[id]; ok {
		return f, nil
	}
	r := d.template.Resources[id]
	if r.Type != "AWS::CloudFront::Function" {
		return nil, fmt.Errorf("%q is of the type %q, want AWS::CloudFront::Function", id, r.Type)
	}
	code, err := d.template.text(r.Properties["FunctionCode"])
	if err == nil && code == "" {
		err = errors.New("FunctionCode is empty")
	}
	if err != nil {
		return nil, err
	}
	var config struct{ KeyValueStoreAssociations []any }
	if err := convert(r.Properties["FunctionConfig"], &config); err != nil {
		return nil, err
	}
	d.functions[id] = &function{code, len(config.KeyValueStoreAssociations) > 0}
	return d.functions[id], nil
}

// deployed is a function as an engine takes it.
func (d *Distribution) deployed(f *function) Function {
	out := Function{Code: f.code, Origins: d.originIDs}
	if f.stores {
		out.Store = d.store
	}
	return out
}

// behaviorOf returns the first behavior whose pattern matches the path.
func (d *Distribution) behaviorOf(path string) behavior {
	i := slices.IndexFunc(d.behaviors, func(b behavior) bool {
		// The leading slash of a pattern may be left out.
		return matches(strings.TrimPrefix(b.PathPattern, "/"), strings.TrimPrefix(path, "/"))
	})
	return d.behaviors[i]
}

// matches reports whether a pattern matches a whole path: "*" is any number of
// characters and "?" is exactly one, slashes included.
func matches(pattern, path string) bool {
	switch {
	case pattern == "":
		return path == ""
	case pattern[0] == '*':
		return matches(pattern[1:], path) || path != "" && matches(pattern, path[1:])
	}
	return path != "" && (pattern[0] == '?' || pattern[0] == path[0]) && matches(pattern[1:], path[1:])
}
