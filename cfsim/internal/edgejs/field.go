package edgejs

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/dop251/goja"
)

// readFields reads a headers, cookies or querystring object. It is taken for
// changed if a name or a value differs, whatever the order. One that is missing
// has no fields. If nothing was changed, there is nothing to return.
func (r *run) readFields(parent *goja.Object, of, key string, was func() fields) (is fields, changed bool, err error) {
	what := of + "." + key
	if l, ok := as[*lazy](parent); ok {
		if _, ok := l.untouched(key); ok {
			return nil, false, nil
		}
	}
	v := parent.Get(key)
	if isMissing(v) {
		return nil, len(was()) > 0, nil
	}
	object, ok := v.(*goja.Object)
	if !ok {
		return nil, false, fmt.Errorf("%s is %s, want an object", what, describe(v))
	}
	before := was()
	add := func(name string, value goja.Value) error {
		f, err := readField(what, name, value, before.get(name))
		is = append(is, f)
		changed = changed || f.changed
		return err
	}
	if l, ok := as[*lazy](object); ok {
		is = make(fields, 0, len(l.props))
		for i := range l.props {
			if p := &l.props[i]; p.value == nil {
				is = append(is, *p.field)
			} else if err := add(p.name, p.value); err != nil {
				return nil, false, err
			}
		}
	} else {
		for _, name := range object.Keys() {
			if err := add(name, object.Get(name)); err != nil {
				return nil, false, err
			}
		}
	}
	return is, changed || len(is) != len(before), nil
}

// readField reads {value, multiValue, attributes}. AWS: a multiValue that was
// modified wins over the value; otherwise a modified value takes the place of the
// first and the others stay.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html#functions-event-structure-multivalue)
func readField(what, name string, v goja.Value, was *field) (field, error) {
	f := field{name: name, changed: true}
	object, ok := v.(*goja.Object)
	if !ok {
		return f, fmt.Errorf("%s[%q] is %s, want {value: '…'}", what, name, describe(v))
	}
	several, isList := object.Get("multiValue").(*goja.Object)
	if isList {
		if err := f.readList(what, several); err != nil {
			return f, err
		}
	}
	// Only without a list, or beside one that is as it was, does the value count.
	if !isList || was != nil && len(was.values) > 1 && f.same(was) {
		first := field{name: name}
		if err := first.readValue(what, object); err != nil {
			return f, err
		}
		if !isList {
			f.values, f.attributes = first.values, first.attributes
		} else {
			f.values[0], f.attributes[0] = first.values[0], first.attributes[0]
		}
	}
	if was != nil && f.same(was) {
		return *was, nil
	}
	return f, nil
}

func (f *field) readList(what string, list *goja.Object) error {
	if list.ClassName() != "Array" || lengthOf(list) == 0 || lengthOf(list) > maxURI {
		return fmt.Errorf("%s[%q].multiValue is %s, want a list with at least one {value: '…'}", what, f.name, describe(list))
	}
	for i := range int(lengthOf(list)) {
		item, ok := list.Get(strconv.Itoa(i)).(*goja.Object)
		if !ok {
			return fmt.Errorf("%s[%q].multiValue[%d] is %s, want {value: '…'}", what, f.name, i, describe(list.Get(strconv.Itoa(i))))
		}
		if err := f.readValue(what, item); err != nil {
			return err
		}
	}
	return nil
}

// readValue adds the value of {value, attributes}.
func (f *field) readValue(what string, object *goja.Object) error {
	value, ok := object.Get("value").(goja.String)
	if !ok {
		return fmt.Errorf("%s[%q] has the value %s, want a string: {value: '…'}", what, f.name, describe(object.Get("value")))
	}
	attributes := ""
	if what == "response.cookies" {
		if v := object.Get("attributes"); !isMissing(v) {
			s, ok := v.(goja.String)
			if !ok {
				return fmt.Errorf("%s[%q] has the attributes %s, want a string such as 'Secure; Path=/'", what, f.name, describe(v))
			}
			attributes = s.String()
		}
	}
	f.values = append(f.values, value.String())
	f.attributes = append(f.attributes, attributes)
	return nil
}

// same reports whether two fields have the same values and attributes.
func (f *field) same(was *field) bool {
	return slices.Equal(f.values, was.values) && (was.attributes == nil || slices.Equal(f.attributes, was.attributes))
}

// describe writes a value for a message, text in quotes.
func describe(v goja.Value) string {
	if s, ok := v.(goja.String); ok {
		return fmt.Sprintf("%q", s.String())
	}
	return text(v)
}
