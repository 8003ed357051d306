package edgetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Distribution is the CloudFront distribution of a template.
type Distribution struct {
	template  template
	behaviors []behavior // in the order in which they are tried, the default last
	origins   map[string]origin
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

	code string // of the viewer-request function, "" without one
	key  keyPolicy
}

// An origin is what is behind the TargetOriginId of a behavior.
type origin struct {
	name string // the [Answer]'s Origin
	path string
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
	d := &Distribution{template: t, behaviors: append(config.CacheBehaviors, *config.DefaultCacheBehavior)}
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
	}
	// A group is asked as its first member as long as that one answers.
	for _, group := range config.OriginGroups.Items {
		if members := group.Members.Items; len(members) > 0 {
			d.origins[group.ID] = d.origins[members[0].OriginID]
		}
	}
	return nil
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
		if b.code, err = d.template.functionCode(*b); err != nil {
			return err
		}
		if b.key, err = d.template.keyPolicy(*b); err != nil {
			return err
		}
	}
	return nil
}

// functionCode returns the code of a behavior's viewer-request function.
func (t template) functionCode(b behavior) (string, error) {
	code := ""
	for _, association := range b.FunctionAssociations {
		if association.EventType != "viewer-request" {
			continue
		}
		if code != "" {
			return "", fmt.Errorf("edgetest: behavior %q has two viewer-request functions, CloudFront takes one", b.PathPattern)
		}
		arn, err := t.text(association.FunctionARN)
		if err != nil {
			return "", err
		}
		id, _ := t.resourceIn(arn)
		if r := t.Resources[id]; r.Type == "AWS::CloudFront::Function" {
			code, err = t.text(r.Properties["FunctionCode"])
		}
		if err != nil || code == "" {
			return "", errors.Join(fmt.Errorf("edgetest: the function %q of behavior %q has no code in the template", arn, b.PathPattern), err)
		}
	}
	return code, nil
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
