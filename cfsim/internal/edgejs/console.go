package edgejs

import (
	"strconv"
	"strings"
	"time"

	"github.com/dop251/goja"
)

// addConsole installs console, which has the method log and no other. AWS: it
// takes one argument; what happens to others is unstated, here they are dropped.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html)
func (r *run) addConsole() {
	console := r.vm.NewObject()
	must(console.Set("log", func(call goja.FunctionCall) goja.Value {
		if len(call.Arguments) > 0 {
			r.log(dump(call.Arguments[0]))
		}
		return goja.Undefined()
	}))
	r.global("console", console)
}

func (r *run) log(line string) {
	if left := maxLog - r.logBytes; len(line) > left {
		line = strings.ToValidUTF8(line[:max(left, 0)], "")
	}
	if r.logBytes < maxLog {
		r.logs = append(r.logs, line)
	}
	r.logBytes += len(line) + 1
}

// dump writes a value as njs does: a string as it is, and within other values in
// quotes.
func dump(v goja.Value) string {
	if s, ok := v.(goja.String); ok {
		return s.String()
	}
	d := dumper{}
	d.value(v)
	return d.String()
}

type dumper struct {
	strings.Builder
	open []*goja.Object // that are being written
}

func (d *dumper) value(v goja.Value) {
	object, ok := v.(*goja.Object)
	if !ok {
		switch v := v.(type) {
		case goja.String:
			d.WriteString("'" + v.String() + "'")
		case *goja.Symbol:
			d.WriteString("Symbol(" + v.String() + ")")
		default:
			d.WriteString(v.String())
		}
		return
	}
	switch object.ClassName() {
	case "Function":
		d.WriteString(strings.TrimSuffix("[Function: "+text(object.Get("name")), `: ""`) + "]")
	case "Date":
		if at, ok := object.Export().(time.Time); ok && !at.IsZero() {
			d.WriteString(at.UTC().Format("2006-01-02T15:04:05.000Z"))
		} else {
			d.WriteString("Invalid Date")
		}
	case "Error", "RegExp":
		d.WriteString(text(object))
	case "Boolean", "Number", "String":
		d.WriteString("[" + object.ClassName() + ": " + text(object) + "]")
	case "Array":
		d.list(object, "")
	default:
		d.object(object)
	}
}

func (d *dumper) object(o *goja.Object) {
	if b, ok := as[[]byte](o); ok {
		kind := text(o.Get("constructor").(*goja.Object).Get("name"))
		_ = b
		d.list(o, kind+" ")
		return
	}
	d.nested(o, "{", "}", func() {
		for i, key := range o.Keys() {
			if i > 0 {
				d.WriteString(",")
			}
			d.WriteString(key + ":")
			d.value(o.Get(key))
		}
	})
}

func (d *dumper) list(o *goja.Object, prefix string) {
	d.nested(o, prefix+"[", "]", func() {
		for i, n := 0, int(o.Get("length").ToInteger()); i < n && d.Len() < maxLog; i++ {
			if i > 0 {
				d.WriteString(",")
			}
			if v := o.Get(strconv.Itoa(i)); v != nil {
				d.value(v)
			} else {
				d.WriteString("<empty>")
			}
		}
	})
}

// nested writes an object that others may be in.
func (d *dumper) nested(o *goja.Object, left, right string, parts func()) {
	for _, other := range d.open {
		if other == o {
			d.WriteString("[Circular]")
			return
		}
	}
	// What is cut off anyway need not be written.
	if d.Len() > maxLog || len(d.open) > 100 {
		return
	}
	d.open = append(d.open, o)
	d.WriteString(left)
	parts()
	d.WriteString(right)
	d.open = d.open[:len(d.open)-1]
}
