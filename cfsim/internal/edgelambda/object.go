package edgelambda

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// An object is a JSON object that a function returned. Properties that JavaScript
// has as undefined are not there.
type object struct {
	path   string // of its properties in messages, such as "request.origin"
	fields map[string]json.RawMessage
}

func parseObject(path string, text []byte) (object, error) {
	if !json.Valid(text) {
		return object{}, fmt.Errorf("%s is no JSON: %s", path, short(string(text)))
	}
	o := object{path: path}
	if json.Unmarshal(text, &o.fields) != nil || o.fields == nil {
		return object{}, fmt.Errorf("%s is %s, want an object", path, show(text))
	}
	return o, nil
}

func (o object) has(key string) bool {
	_, ok := o.fields[key]
	return ok
}

// keys are in order, so that of several mistakes the same is reported each time.
func (o object) keys() []string { return slices.Sorted(maps.Keys(o.fields)) }

func (o object) at(key string) string { return o.path + "." + key }

func (o object) need(key, want string) error {
	if o.has(key) {
		return nil
	}
	return fmt.Errorf("%s is missing, want %s", o.at(key), want)
}

// get decodes a property that has to be there.
func (o object) get(key, want string, target any) error {
	if err := o.need(key, want); err != nil {
		return err
	}
	value := o.fields[key]
	if bytes.Equal(value, []byte("null")) || json.Unmarshal(value, target) != nil {
		return fmt.Errorf("%s is %s, want %s", o.at(key), show(value), want)
	}
	return nil
}

// text is a property that has to be a string.
func (o object) text(key string) (string, error) {
	var s string
	err := o.get(key, "a string", &s)
	return s, err
}

// textOr is text, or what stands for a property that is not there.
func (o object) textOr(key, unless string) (string, error) {
	if !o.has(key) {
		return unless, nil
	}
	return o.text(key)
}

func (o object) object(key string) (object, error) {
	if err := o.need(key, "an object"); err != nil {
		return object{}, err
	}
	return parseObject(o.at(key), o.fields[key])
}

// readOnly rejects a property that is not what it was. One that is not there is
// taken for unchanged, which is unstated.
func (o object) readOnly(key, was string) error {
	is, err := o.textOr(key, was)
	if err == nil && is != was {
		err = fmt.Errorf("%s is read-only, but %q was changed to %s", o.at(key), was, short(is))
	}
	return err
}

// show is JSON for a message.
func show(value []byte) string {
	var compact bytes.Buffer
	if json.Compact(&compact, value) == nil {
		value = compact.Bytes()
	}
	if runes := []rune(string(value)); len(runes) > 100 {
		return string(runes[:100]) + "…"
	}
	return string(value)
}
