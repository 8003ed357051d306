package cfn

import (
	"slices"
	"strings"
)

// ResourceOf returns the resource that a resolved text was made of: of
// "${Files8E6940B8}.s3.${AWS::Region}.amazonaws.com" the bucket, and so of
// "my-files.s3.eu-west-1.amazonaws.com" when that is the name the bucket is
// given. It returns nil if no resource, or more than one of the types, has
// part in it.
//
// Texts are looked up whole, so that names which begin or end alike are not
// taken for each other: first among the Ref and attributes of every resource,
// then among what the template makes of them. Any other text, such as a part
// of one of those, goes by its symbols.
func (a *App) ResourceOf(text string, types ...string) *Resource {
	candidates := a.owners[text]
	if len(candidates) == 0 {
		candidates = a.made[text]
	}
	if len(candidates) == 0 {
		for name := range symbolNames(text) {
			if res := a.named(name); res != nil {
				candidates = append(candidates, res)
			}
		}
	}
	var found *Resource
	for _, res := range candidates {
		if !res.is(types) || res == found {
			continue
		}
		if found != nil {
			return nil
		}
		found = res
	}
	return found
}

// named is the resource of what stands in a symbol: a name, and perhaps an
// attribute or index after it.
func (a *App) named(symbol string) *Resource {
	for symbol != "" {
		if res := a.names[symbol]; res != nil {
			return res
		}
		symbol = symbol[:max(strings.LastIndexAny(symbol, ".["), 0)]
	}
	return nil
}

// remember notes which resources a text is made of.
func (r *resolver) remember(v any, sources []*Resource) error {
	text, ok := v.(string)
	if !ok || text == "" || len(sources) == 0 {
		return nil
	}
	parts := distinct(sources)
	if len(parts) > 1 {
		var err error
		if parts, err = r.traced(text, parts); err != nil {
			return err
		}
	}
	for _, res := range parts {
		add(r.app.made, text, res)
	}
	return nil
}

// traced are the resources whose name is in a text: Fn::Select leaves out some
// of what it was given. If none is, all may have part in it.
func (r *resolver) traced(text string, resources []*Resource) ([]*Resource, error) {
	defer func(n int) { r.sources = r.sources[:n] }(len(r.sources))
	var found []*Resource
	for _, res := range resources {
		name, err := r.nameOf(r.scopeOf[res.Stack], res)
		if err != nil {
			return nil, err
		}
		if containsName(text, name) {
			found = append(found, res)
		}
	}
	if len(found) == 0 {
		return resources, nil
	}
	return found, nil
}

// containsName reports whether a name, or if it is a symbol one of an attribute,
// is in a text.
func containsName(text, name string) bool {
	if !isSymbol(name) {
		return strings.Contains(text, name)
	}
	stem := strings.TrimSuffix(name, "}")
	return strings.Contains(text, name) || strings.Contains(text, stem+".") || strings.Contains(text, stem+"[")
}

// indexOwners notes the Ref and the known attributes of all resources.
func (r *resolver) indexOwners() error {
	for _, s := range r.scopes {
		for _, res := range sorted(s.present) {
			text, err := r.refText(s, res)
			if err != nil {
				return fail(s.stack, err)
			}
			add(r.app.owners, text, res)
			for attribute := range forms[res.Type].atts {
				if text, err = r.attributeText(s, res, attribute); err != nil {
					return fail(s.stack, err)
				}
				add(r.app.owners, text, res)
			}
		}
	}
	return nil
}

func add(index map[string][]*Resource, text string, res *Resource) {
	if !slices.Contains(index[text], res) {
		index[text] = append(index[text], res)
	}
}
