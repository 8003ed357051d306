package cfn

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// function is an intrinsic function; arg is as the template has it.
type function func(r *resolver, s *scope, arg any) (any, error)

// functions by name. Those of Conditions alone are in conditions.go.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
var functions map[string]function

func init() { // not in the declaration: functions call functions
	functions = map[string]function{
		"Ref":                (*resolver).ref,
		"Fn::Base64":         (*resolver).base64,
		"Fn::Cidr":           (*resolver).cidr,
		"Fn::FindInMap":      (*resolver).findInMap,
		"Fn::GetAZs":         (*resolver).zones,
		"Fn::GetAtt":         (*resolver).getAtt,
		"Fn::GetStackOutput": (*resolver).stackOutput,
		"Fn::If":             (*resolver).ifElse,
		"Fn::ImportValue":    (*resolver).importValue,
		"Fn::Join":           (*resolver).join,
		"Fn::Length":         (*resolver).length,
		"Fn::Select":         (*resolver).choose,
		"Fn::Split":          (*resolver).split,
		"Fn::Sub":            (*resolver).sub,
		"Fn::ToJsonString":   (*resolver).toJSON,
		"Fn::Transform":      (*resolver).transform,
	}
}

// known reports whether an intrinsic function has this name.
func known(name string) bool {
	_, condition := logic[name]
	return functions[name] != nil || condition
}

// call resolves one intrinsic and remembers what a text was made of.
func (r *resolver) call(s *scope, name string, arg any) (any, error) {
	fn := functions[name]
	if fn == nil {
		return nil, noFunction(name)
	}
	mark := len(r.sources)
	v, err := fn(r, s, arg)
	if err != nil {
		return nil, at(err, name)
	}
	return v, r.remember(v, r.sources[mark:])
}

// notExpanded says what to do about a loop, with its name.
const notExpanded = "%s cannot be expanded here: load the processed template instead (aws cloudformation get-template --template-stage Processed)"

func noFunction(name string) error {
	if _, ok := logic[name]; ok {
		return fmt.Errorf("%s is for Conditions: name a condition in Fn::If instead", name)
	}
	if strings.HasPrefix(name, "Fn::ForEach::") {
		return fmt.Errorf(notExpanded, name)
	}
	return fmt.Errorf("unknown intrinsic function %q: there are %s", name, list(keys(functions)))
}

// shape is the error for a value that a function does not take.
func shape(want string, got any) error { return fmt.Errorf("expected %s, got %s", want, quote(got)) }

// arguments is an argument that has to be a list of n.
func arguments(arg any, n int, want string) ([]any, error) {
	args, ok := arg.([]any)
	if !ok || len(args) != n {
		return nil, shape(want, arg)
	}
	return args, nil
}

// text resolves what has to be a text.
func (r *resolver) text(s *scope, arg any) (string, error) {
	v, err := r.eval(s, arg)
	if err != nil {
		return "", err
	}
	text, ok := scalarText(v)
	if !ok {
		return "", shape("a text", v)
	}
	return text, nil
}

// join is Fn::Join: [delimiter, list].
func (r *resolver) join(s *scope, arg any) (any, error) {
	args, err := arguments(arg, 2, "[delimiter, list of values]")
	if err != nil {
		return nil, err
	}
	delimiter, ok := args[0].(string)
	if !ok {
		return nil, atIndex(shape("a delimiter as text", args[0]), 0)
	}
	items, err := r.items(s, args[1])
	if err != nil {
		return nil, atIndex(err, 1)
	}
	texts := make([]string, len(items))
	for i, item := range items {
		if texts[i], ok = scalarText(item); !ok {
			return nil, atIndex(atIndex(shape("a text", item), i), 1)
		}
	}
	text := strings.Join(texts, delimiter)
	return text, r.spend(len(text))
}

// sub is Fn::Sub: a text, or [text, values by name].
func (r *resolver) sub(s *scope, arg any) (any, error) {
	text, ok := arg.(string)
	var values map[string]any
	if args, isList := arg.([]any); isList && len(args) == 2 {
		text, ok = args[0].(string)
		values, isList = args[1].(map[string]any)
		ok = ok && isList
	}
	if !ok {
		return nil, shape("a text, or [text, object of values]", arg)
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		b.WriteString(before)
		if !found {
			break
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			b.WriteString("${" + rest)
			break
		}
		part := "${" + strings.TrimPrefix(name, "!") + "}"
		if !strings.HasPrefix(name, "!") {
			var err error
			if part, err = r.substitute(s, strings.TrimSpace(name), values); err != nil {
				return nil, err
			}
		}
		b.WriteString(part)
		if err := r.spend(len(part)); err != nil {
			return nil, err
		}
		text = after
	}
	return b.String(), r.spend(b.Len())
}

// substitute is the value of ${name} in Fn::Sub.
func (r *resolver) substitute(s *scope, name string, values map[string]any) (string, error) {
	var v any
	var err error
	if given, ok := values[name]; ok {
		if v, err = r.eval(s, given); err != nil {
			return "", at(at(err, name), "[1]")
		}
	} else if id, attribute, ok := strings.Cut(name, "."); ok {
		v, err = r.attribute(s, id, attribute)
	} else {
		v, err = r.reference(s, name)
	}
	if err != nil {
		return "", err
	}
	text, ok := scalarText(v)
	if !ok {
		return "", fmt.Errorf("${%s} has to be a text, got %s", name, quote(v))
	}
	return text, nil
}

// base64 is Fn::Base64.
func (r *resolver) base64(s *scope, arg any) (any, error) {
	text, err := r.text(s, arg)
	if err != nil {
		return nil, err
	}
	if hasSymbol(text) {
		return "${Base64:" + text + "}", r.spend(len(text))
	}
	return base64.StdEncoding.EncodeToString([]byte(text)), r.spend(len(text))
}

// toJSON is Fn::ToJsonString. Keys are sorted: whatever read the template has
// not kept their order.
func (r *resolver) toJSON(s *scope, arg any) (any, error) {
	v, err := r.eval(s, arg)
	if err != nil {
		return nil, err
	}
	switch v.(type) {
	case map[string]any, []any:
	default:
		return nil, shape("an object or a list", v)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return strings.TrimSuffix(b.String(), "\n"), r.spend(b.Len())
}

// transform is Fn::Transform within a resource: a symbol, and a note that what
// the macro would put there is missing.
func (r *resolver) transform(s *scope, arg any) (any, error) {
	object, _ := arg.(map[string]any)
	name, ok := object["Name"].(string)
	if !ok {
		return nil, shape(`{"Name": text}`, arg)
	}
	r.note(s, fmt.Sprintf("the transform %q is not applied: what it would add is missing", name))
	return "${Transform:" + name + "}", r.spend(len(name))
}
