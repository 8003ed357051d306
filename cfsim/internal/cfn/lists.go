package cfn

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// items resolves what has to be a list. A symbol may stand for a whole list.
func (r *resolver) items(s *scope, arg any) ([]any, error) {
	v, err := r.eval(s, arg)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case []any:
		return v, nil
	case string:
		if hasSymbol(v) {
			return []any{v}, nil
		}
	}
	return nil, shape("a list", v)
}

// choose is Fn::Select: [index, list].
func (r *resolver) choose(s *scope, arg any) (any, error) {
	args, err := arguments(arg, 2, "[index, list]")
	if err != nil {
		return nil, err
	}
	text, err := r.text(s, args[0])
	if err != nil {
		return nil, atIndex(err, 0)
	}
	i, err := strconv.Atoi(text)
	if err != nil || i < 0 {
		return nil, atIndex(shape("an index, counted from 0", text), 0)
	}
	if written, ok := args[1].([]any); ok { // the others are not part of the value
		if i >= len(written) {
			return nil, noItem(i, written)
		}
		return r.eval(s, written[i])
	}
	items, err := r.items(s, args[1])
	if err != nil {
		return nil, atIndex(err, 1)
	}
	if i < len(items) {
		if text, ok := items[i].(string); !ok || len(items) > 1 || !isSymbol(text) {
			return items[i], nil
		}
	}
	// A symbol stands for any number of items, or parts once split.
	if whole, _ := scalarText(joined(items)); hasSymbol(whole) {
		return fmt.Sprintf("${%s[%d]}", unwrap(whole), i), r.spend(len(whole))
	}
	return nil, noItem(i, items)
}

func noItem(i int, items []any) error {
	return fmt.Errorf("no item %d in %s: they are counted from 0", i, quote(items))
}

// split is Fn::Split: [delimiter, text]. What is within a symbol is not split.
func (r *resolver) split(s *scope, arg any) (any, error) {
	args, err := arguments(arg, 2, "[delimiter, text]")
	if err != nil {
		return nil, err
	}
	delimiter, ok := args[0].(string)
	if !ok || delimiter == "" {
		return nil, atIndex(shape("a delimiter as text", args[0]), 0)
	}
	text, err := r.text(s, args[1])
	if err != nil {
		return nil, atIndex(err, 1)
	}
	parts := splitText(text, delimiter)
	return parts, r.spend(len(text) + 16*len(parts))
}

// findInMap is Fn::FindInMap: [map, key, key], and with the language extensions
// a default after that. A key that is not known makes a symbol, default or not.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap-enhancements.html
func (r *resolver) findInMap(s *scope, arg any) (any, error) {
	args, _ := arg.([]any)
	if len(args) < 3 || len(args) > 4 {
		return nil, shape("[map name, top-level key, second-level key]", arg)
	}
	var names [3]string
	for i := range names {
		var err error
		if names[i], err = r.text(s, args[i]); err != nil {
			return nil, atIndex(err, i)
		}
	}
	var v any = s.section("Mappings")
	for i, name := range names {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, shape("an object in Mappings", v)
		}
		if v, ok = m[name]; ok {
			continue
		}
		if hasSymbol(name) {
			text := "${FindInMap:" + strings.Join(names[:], ".") + "}"
			return text, r.spend(len(text))
		}
		if len(args) == 4 {
			return r.mapDefault(s, args[3])
		}
		where := strings.Join(append([]string{"Mappings"}, names[:i]...), ".")
		return nil, atIndex(fmt.Errorf("no %q in %s: there are %s", name, where, list(keys(m))), i)
	}
	items, isList := v.([]any)
	_, isText := scalarText(v)
	if !isText && !(isList && joined(items) != nil) {
		return nil, shape("a text or a list of texts in Mappings", v)
	}
	return v, nil
}

func (r *resolver) mapDefault(s *scope, arg any) (any, error) {
	object, _ := arg.(map[string]any)
	v, ok := object["DefaultValue"]
	if !ok {
		return nil, atIndex(shape(`{"DefaultValue": value}`, arg), 3)
	}
	return r.eval(s, v)
}

// length is Fn::Length.
func (r *resolver) length(s *scope, arg any) (any, error) {
	items, err := r.items(s, arg)
	if err != nil {
		return nil, err
	}
	if text, _ := scalarText(joined(items)); len(items) == 1 && isSymbol(text) {
		return "${Length:" + unwrap(text) + "}", nil
	}
	return float64(len(items)), nil
}

// cidr is Fn::Cidr, whose subnets no simulation needs: a symbol.
func (r *resolver) cidr(s *scope, arg any) (any, error) { return r.opaque(s, "Cidr", arg) }

// zones is Fn::GetAZs, a symbol; no region is the stack's own.
func (r *resolver) zones(s *scope, arg any) (any, error) {
	if arg == "" {
		arg = r.region(s)
	}
	return r.opaque(s, "GetAZs", arg)
}

// opaque is the symbol of a result that only a deployment has.
func (r *resolver) opaque(s *scope, name string, arg any) (any, error) {
	v, err := r.eval(s, arg)
	if err != nil {
		return nil, err
	}
	text, ok := scalarText(v)
	if items, isList := v.([]any); isList {
		text, ok = scalarText(joined(items))
	}
	if !ok {
		return nil, shape("a text or list", v)
	}
	return "${" + name + ":" + text + "}", r.spend(len(text))
}

// scalarText is the text of a scalar, as CloudFormation converts it.
func scalarText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return strconv.FormatInt(int64(v), 10), true
		}
		return strconv.FormatFloat(v, 'g', -1, 64), true
	}
	return "", false
}

// joined is a list of scalars as one text, or nil if it has others.
func joined(items []any) any {
	texts := make([]string, len(items))
	for i, item := range items {
		var ok bool
		if texts[i], ok = scalarText(item); !ok {
			return nil
		}
	}
	return strings.Join(texts, ",")
}
