package edgetest

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// fields are the values of each name in a headers, cookies or querystring
// object.
type fields map[string][]Cookie

// A Cookie is one value of a cookie.
type Cookie struct {
	Value      string
	Attributes string // such as "Secure; Path=/", of a cookie of a response
}

// readFields reads {name: {value, attributes, multiValue: [{value, attributes}]}}.
func readFields(object map[string]any, key string, sent fields) (fields, error) {
	if object[key] == nil {
		return nil, nil
	}
	all, ok := object[key].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s is %s, want an object", key, asJSON(object[key]))
	}
	read := fields{}
	for name, v := range all {
		values, err := readField(v, sent[name])
		if err != nil {
			return nil, fmt.Errorf("%s %q is %s, want {\"value\": \"…\"}: %w", key, name, asJSON(v), err)
		}
		read[name] = values
	}
	return read, nil
}

// readField reads a field that had several values when it was sent, or not. A
// multiValue that was modified is applied; if it was not, a value that was takes
// the place of the first one.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html#functions-event-structure-multivalue)
func readField(v any, sent []Cookie) ([]Cookie, error) {
	field, _ := v.(map[string]any)
	list, isList := field["multiValue"].([]any)
	if !isList {
		one, err := readValue(field)
		return []Cookie{one}, err
	}
	var several []Cookie
	for _, v := range list {
		item, _ := v.(map[string]any)
		one, err := readValue(item)
		if err != nil {
			return nil, err
		}
		several = append(several, one)
	}
	switch {
	case len(several) == 0:
		return nil, fmt.Errorf("the multiValue is empty")
	case slices.Equal(several, sent):
		one, err := readValue(field)
		several[0] = one
		return several, err
	}
	return several, nil
}

func readValue(field map[string]any) (Cookie, error) {
	text, ok := field["value"].(string)
	if !ok {
		return Cookie{}, fmt.Errorf("the value is %s", asJSON(field["value"]))
	}
	attributes, ok := field["attributes"].(string)
	if !ok && field["attributes"] != nil {
		return Cookie{}, fmt.Errorf("the attributes are %s", asJSON(field["attributes"]))
	}
	return Cookie{text, attributes}, nil
}

// all yields every value with its name, by name.
func (f fields) all() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for _, name := range slices.Sorted(maps.Keys(f)) {
			for _, one := range f[name] {
				if !yield(name, one.Value) {
					return
				}
			}
		}
	}
}

func (f fields) joined() map[string]string {
	joined := make(map[string]string, len(f))
	for name, values := range f {
		joined[name] = strings.Join(texts(values), ", ")
	}
	return joined
}

func texts(values []Cookie) []string {
	var out []string
	for _, one := range values {
		out = append(out, one.Value)
	}
	return out
}

// event returns the fields as an event has them, by name.
func (f fields) event() Fields {
	var out Fields
	for _, name := range slices.Sorted(maps.Keys(f)) {
		field := Field{Name: name, Values: texts(f[name])}
		for _, one := range f[name] {
			field.Attributes = append(field.Attributes, one.Attributes)
		}
		out = append(out, field)
	}
	return out
}

func (f fields) equal(g fields) bool {
	return maps.EqualFunc(f, g, slices.Equal[[]Cookie])
}
