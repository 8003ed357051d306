package edgetest

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A template is what is used of a CloudFormation template.
type template struct {
	Resources map[string]resource
}

type resource struct {
	Type       string
	Properties map[string]any
}

func (t template) ofType(kind string) []string {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		if t.Resources[id].Type == kind {
			ids = append(ids, id)
		}
	}
	return ids
}

// summary lists the resources for an error message, one "Id (Type)" each.
func (t template) summary() string {
	var all []string
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		all = append(all, fmt.Sprintf("%s (%s)", id, t.Resources[id].Type))
	}
	return strings.Join(all, ", ")
}

// text resolves a value of the template to text. What only a deployment knows
// stands in it as a symbol: "${LogicalId}" and "${LogicalId.Attribute}" of a
// resource, "${AWS::Region}" of a pseudo parameter, "${ExportName}" of an
// import.
func (t template) text(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case float64, bool:
		return fmt.Sprint(v), nil
	case map[string]any:
		if len(v) == 1 {
			for name, argument := range v {
				return t.intrinsic(name, argument)
			}
		}
	}
	return "", fmt.Errorf("edgetest: %s is no text, nor a function that gives one", asJSON(v))
}

func (t template) intrinsic(name string, argument any) (string, error) {
	switch name {
	case "Ref":
		return t.ref(argument)
	case "Fn::GetAtt":
		// Both ["Id", "Attribute"] and "Id.Attribute" are allowed.
		parts, isList := argument.([]any)
		if !isList {
			parts = []any{argument}
		}
		attribute, err := t.join(".", parts)
		return symbol(attribute), err
	case "Fn::ImportValue":
		export, err := t.text(argument)
		return symbol(export), err
	case "Fn::Sub":
		if text, ok := argument.(string); ok {
			return t.sub(text)
		}
	case "Fn::Join":
		if separator, list, ok := pair(argument); ok {
			if parts, ok := list.([]any); ok {
				return t.join(fmt.Sprint(separator), parts)
			}
		}
	case "Fn::Select":
		if index, list, ok := pair(argument); ok {
			return t.selected(index, list)
		}
	}
	return "", fmt.Errorf("edgetest: cannot resolve {%q: %s}", name, asJSON(argument))
}

func symbol(name string) string { return "${" + name + "}" }

// ref resolves Ref and "${Id}". The name of an API's stage is in the template,
// and is part of a path, so it is looked up.
func (t template) ref(id any) (string, error) {
	name, ok := id.(string)
	if !ok {
		return "", fmt.Errorf("edgetest: cannot resolve {\"Ref\": %s}", asJSON(id))
	}
	switch r := t.Resources[name]; r.Type {
	case "AWS::ApiGatewayV2::Stage", "AWS::ApiGateway::Stage":
		return t.text(r.Properties["StageName"])
	}
	return symbol(name), nil
}

func (t template) join(separator string, parts []any) (string, error) {
	texts := make([]string, len(parts))
	for i, part := range parts {
		var err error
		if texts[i], err = t.text(part); err != nil {
			return "", err
		}
	}
	return strings.Join(texts, separator), nil
}

// variable matches "${Name}", the literal "${!Name}" included.
var variable = regexp.MustCompile(`\$\{([^}]+)\}`)

func (t template) sub(text string) (string, error) {
	var failed error
	text = variable.ReplaceAllStringFunc(text, func(match string) string {
		name := match[2 : len(match)-1]
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			return symbol(literal)
		}
		resolved, err := t.ref(name)
		if err != nil {
			failed = err
		}
		return resolved
	})
	return text, failed
}

// selected resolves Fn::Select. The host of a function's url is written as a
// part of it, but the url is known to a deployment only: a part of a symbol is
// the symbol.
func (t template) selected(index, list any) (string, error) {
	i, err := strconv.Atoi(fmt.Sprint(index))
	if err != nil {
		return "", fmt.Errorf("edgetest: Fn::Select by %s: %w", asJSON(index), err)
	}
	parts, err := t.list(list)
	if err != nil {
		return "", err
	}
	if len(parts) == 1 && variable.FindString(parts[0]) == parts[0] {
		return parts[0], nil
	}
	if i < 0 || i >= len(parts) {
		return "", fmt.Errorf("edgetest: Fn::Select of number %d in %q", i, parts)
	}
	return parts[i], nil
}

func (t template) list(v any) ([]string, error) {
	if object, ok := v.(map[string]any); ok {
		if separator, text, ok := pair(object["Fn::Split"]); ok {
			whole, err := t.text(text)
			return strings.Split(whole, fmt.Sprint(separator)), err
		}
	}
	parts, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("edgetest: %s is no list, nor Fn::Split", asJSON(v))
	}
	texts := make([]string, len(parts))
	for i, part := range parts {
		var err error
		if texts[i], err = t.text(part); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// resourceIn returns the logical id of the first resource that a resolved text
// has a symbol of.
func (t template) resourceIn(text string) (id string, ok bool) {
	for _, match := range variable.FindAllStringSubmatch(text, -1) {
		id, _, _ := strings.Cut(match[1], ".")
		if _, ok := t.Resources[id]; ok {
			return id, true
		}
	}
	return "", false
}

func pair(v any) (first, second any, ok bool) {
	list, _ := v.([]any)
	if len(list) != 2 {
		return nil, nil, false
	}
	return list[0], list[1], true
}

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
