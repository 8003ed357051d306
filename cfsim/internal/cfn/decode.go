package cfn

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits on what is read. CloudFormation takes templates of 1 MB, which is fewer
// values than this unless hardly any is longer than a character. It stops
// values that contain themselves and YAML aliases of aliases.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const (
	maxDepth = 500
	maxNodes = 300_000
)

// decode reads the text of a template. Errors name line and column.
func decode(file string, text []byte) (map[string]any, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	var tree any
	var err error
	if isYAML(file, text) {
		tree, err = decodeYAML(text)
	} else {
		tree, err = decodeJSON(text)
	}
	if err != nil {
		return nil, err
	}
	template, ok := tree.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("not a template: expected an object with Resources, got %s", quote(tree))
	}
	return template, nil
}

// isYAML goes by the file's extension, else by its first character: YAML could
// read JSON too, but is slower and has worse messages for it.
func isYAML(file string, text []byte) bool {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".json":
		return false
	case ".yaml", ".yml":
		return true
	}
	text = bytes.TrimSpace(text)
	return len(text) > 0 && text[0] != '{' && text[0] != '['
}

func decodeJSON(text []byte) (any, error) {
	var tree any
	err := json.Unmarshal(text, &tree)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		line, column := position(text, int(syntax.Offset))
		return nil, fmt.Errorf("not JSON: line %d, column %d: %w", line, column, err)
	}
	if err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	return new(normalizer).value(tree, 0)
}

// position of the byte before offset, both counted from 1.
func position(text []byte, offset int) (line, column int) {
	before := text[:min(max(offset-1, 0), len(text))]
	return bytes.Count(before, []byte("\n")) + 1, len(before) - bytes.LastIndexByte(before, '\n')
}

func decodeYAML(text []byte) (any, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(doc.Content) == 0 {
		return nil, errors.New("not a template: the file is empty")
	}
	return new(yamlReader).value(doc.Content[0], 0)
}

// yamlReader turns YAML nodes into the values JSON would give, the short forms
// of intrinsic functions into their long ones.
type yamlReader struct{ nodes int }

func (y *yamlReader) value(n *yaml.Node, depth int) (any, error) {
	y.nodes++
	if depth > maxDepth || y.nodes > maxNodes {
		return nil, yamlError(n, "nested too deep or too large: does an alias contain itself?")
	}
	if tag := n.Tag; strings.HasPrefix(tag, "!") && !strings.HasPrefix(tag, "!!") && tag != "!" {
		return y.shortForm(n, depth)
	}
	switch n.Kind {
	case yaml.AliasNode:
		return y.value(n.Alias, depth+1)
	case yaml.MappingNode:
		return y.object(n, depth)
	case yaml.SequenceNode:
		items := make([]any, len(n.Content))
		for i, c := range n.Content {
			var err error
			if items[i], err = y.value(c, depth+1); err != nil {
				return nil, err
			}
		}
		return items, nil
	case yaml.ScalarNode:
		return scalar(n)
	}
	return nil, yamlError(n, "expected a value")
}

func (y *yamlReader) object(n *yaml.Node, depth int) (any, error) {
	object := make(map[string]any, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if k.Kind != yaml.ScalarNode {
			return nil, yamlError(k, "a key has to be a text")
		}
		if k.Tag == "!!merge" {
			return nil, yamlError(k, "CloudFormation does not take merge keys (<<): write the entries out")
		}
		if _, ok := object[k.Value]; ok {
			return nil, yamlError(k, "the key %q is there twice", k.Value)
		}
		v, err := y.value(n.Content[i+1], depth+1)
		if err != nil {
			return nil, err
		}
		object[k.Value] = v
	}
	return object, nil
}

// shortForm reads !Ref X, !GetAtt A.B, !Sub … as {"Ref": "X"}, {"Fn::GetAtt":
// "A.B"}, {"Fn::Sub": …}.
func (y *yamlReader) shortForm(n *yaml.Node, depth int) (any, error) {
	name := n.Tag[1:]
	if name != "Ref" && name != "Condition" {
		name = "Fn::" + name
	}
	if !known(name) && name != "Condition" {
		return nil, yamlError(n, "unknown tag %s: expected the short form of an intrinsic function, such as !Ref or !GetAtt", n.Tag)
	}
	plain := *n
	plain.Tag = ""
	if n.Kind == yaml.ScalarNode {
		return map[string]any{name: n.Value}, nil
	}
	arg, err := y.value(&plain, depth+1)
	if err != nil {
		return nil, err
	}
	return map[string]any{name: arg}, nil
}

// scalar reads a scalar as YAML 1.1, which CloudFormation takes, but for
// timestamps: "Version: 2012-10-17" is a text.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
func scalar(n *yaml.Node) (any, error) {
	switch n.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		var b bool
		err := n.Decode(&b)
		return b, err
	case "!!int", "!!float":
		var f float64
		if err := n.Decode(&f); err != nil {
			return nil, yamlError(n, "not a number: %q", n.Value)
		}
		v, err := number(f)
		if err != nil {
			return nil, yamlError(n, "%w", err)
		}
		return v, nil
	}
	if n.Style == 0 {
		switch strings.ToLower(n.Value) {
		case "yes", "on":
			return true, nil
		case "no", "off":
			return false, nil
		}
	}
	return n.Value, nil
}

func yamlError(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("not a template: line %d, column %d: "+format, append([]any{n.Line, n.Column}, args...)...)
}

// normalize copies a caller's map into the values that JSON gives.
func normalize(template map[string]any) (map[string]any, error) {
	v, err := new(normalizer).value(template, 0)
	if err != nil {
		return nil, err
	}
	return v.(map[string]any), nil
}

type normalizer struct{ nodes int }

func (z *normalizer) value(v any, depth int) (any, error) {
	z.nodes++
	if depth > maxDepth || z.nodes > maxNodes {
		return nil, errors.New("nested too deep or too large: does it contain itself?")
	}
	switch v := v.(type) {
	case nil, string, bool:
		return v, nil
	case float64:
		return number(v)
	case json.Number:
		f, err := strconv.ParseFloat(v.String(), 64)
		if err != nil {
			return nil, fmt.Errorf("not a number: %q", v)
		}
		return number(f)
	case map[string]any:
		object := make(map[string]any, len(v))
		for k, e := range v {
			e, err := z.value(e, depth+1)
			if err != nil {
				return nil, at(err, k)
			}
			object[k] = e
		}
		return object, nil
	case []any:
		items := make([]any, len(v))
		for i, e := range v {
			var err error
			if items[i], err = z.value(e, depth+1); err != nil {
				return nil, atIndex(err, i)
			}
		}
		return items, nil
	}
	return z.reflected(reflect.ValueOf(v), depth)
}

// reflected is value for the other types that a Go caller may write.
func (z *normalizer) reflected(v reflect.Value, depth int) (any, error) {
	switch k := v.Kind(); {
	case k == reflect.String:
		return v.String(), nil
	case k == reflect.Bool:
		return v.Bool(), nil
	case v.CanInt():
		return float64(v.Int()), nil
	case v.CanUint():
		return float64(v.Uint()), nil
	case v.CanFloat():
		return number(v.Float())
	case k == reflect.Pointer || k == reflect.Interface:
		if v.IsNil() {
			return nil, nil
		}
		return z.value(v.Elem().Interface(), depth+1)
	case k == reflect.Slice || k == reflect.Array:
		items := make([]any, v.Len())
		for i := range items {
			items[i] = v.Index(i).Interface()
		}
		return z.value(items, depth)
	case k == reflect.Map && v.Type().Key().Kind() == reflect.String:
		object := make(map[string]any, v.Len())
		for k, e := range v.Seq2() {
			object[k.String()] = e.Interface()
		}
		return z.value(object, depth)
	}
	return nil, fmt.Errorf("a value of type %s: expected what JSON has", v.Type())
}

// number refuses what JSON cannot say and other code would trip over.
func number(f float64) (any, error) {
	if f != f || f-f != 0 {
		return nil, fmt.Errorf("not a number that JSON has: %v", f)
	}
	return f, nil
}
