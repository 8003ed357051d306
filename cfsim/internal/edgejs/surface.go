package edgejs

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/dop251/goja"
)

//go:embed surface.txt
var surfaceText string

// A name is a property that surface.txt lists.
type name struct {
	object, property, qualifier string
}

// in reports whether functions of a version have the name.
func (n name) in(v version) bool {
	switch n.qualifier {
	case "aws", "2.0":
		return v == v2
	case "1.0":
		return v == v1
	}
	return n.qualifier == ""
}

var surface = sync.OnceValue(func() []name {
	var names []name
	for line := range strings.Lines(surfaceText) {
		head, properties, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok || strings.HasPrefix(head, "#") {
			continue
		}
		object, qualifier, _ := strings.Cut(head, " ")
		for property := range strings.FieldsSeq(properties) {
			names = append(names, name{object, property, strings.Trim(qualifier, "()")})
		}
	}
	return names
})

// A removal is a property that goja has and CloudFront has not.
type removal struct {
	object, property string
}

// removals are all that have to be removed for functions of a version.
func removals(v version) []removal {
	if v == v1 {
		return removals1()
	}
	return removals2()
}

var (
	removals1 = sync.OnceValue(func() []removal { return findRemovals(v1) })
	removals2 = sync.OnceValue(func() []removal { return findRemovals(v2) })
)

func findRemovals(v version) []removal {
	allowed := map[removal]bool{}
	var objects []string
	for _, n := range surface() {
		if n.in(v) {
			allowed[removal{n.object, n.property}] = true
		}
		if !slices.Contains(objects, n.object) {
			objects = append(objects, n.object)
		}
	}
	var all []removal
	vm := goja.New()
	for _, object := range objects {
		for _, property := range objectAt(vm, object).GetOwnPropertyNames() {
			if r := (removal{object, property}); !allowed[r] {
				all = append(all, r)
			}
		}
	}
	return all
}

// objectAt returns the object that a line of surface.txt names.
func objectAt(vm *goja.Runtime, path string) *goja.Object {
	// Constructors cost, and most runtimes have no use for them.
	switch path {
	case "Array.prototype":
		return vm.NewArray().Prototype()
	case "Object.prototype":
		return vm.NewObject().Prototype()
	}
	base, isPrototype := strings.CutSuffix(path, ".prototype")
	var o *goja.Object
	switch base {
	case "global":
		o = vm.GlobalObject()
	case "TypedArray":
		o = vm.Get("Uint8Array").(*goja.Object).Prototype()
	default:
		o = vm.Get(base).(*goja.Object)
	}
	if isPrototype {
		o = o.Get("prototype").(*goja.Object)
	}
	return o
}

var typedArrays = []string{
	"Float32Array", "Float64Array", "Int16Array", "Int32Array", "Int8Array",
	"Uint16Array", "Uint32Array", "Uint8Array", "Uint8ClampedArray",
}

// reflective are the methods by which code can come across names that stand
// nowhere in it.
var reflective = []string{"getOwnPropertyNames", "getOwnPropertyDescriptors", "getOwnPropertySymbols"}

// remove removes what CloudFront has not and the code mentions.
func (f *Function) remove(w words) {
	all := w.has(reflective...)
	byObject := map[string][]string{}
	var objects []string
	for _, r := range removals(f.version) {
		if !all && !w.mentions(r.object, r.property) {
			continue
		}
		if byObject[r.object] == nil {
			objects = append(objects, r.object)
		}
		byObject[r.object] = append(byObject[r.object], r.property)
	}
	// Globals go last: the others are found by way of them.
	slices.SortStableFunc(objects, func(a, b string) int {
		return strings.Compare(strings.Replace(a, "global", "~", 1), strings.Replace(b, "global", "~", 1))
	})
	for _, object := range objects {
		properties := byObject[object]
		f.setup = append(f.setup, func(r *run) {
			o := objectAt(r.vm, object)
			for _, property := range properties {
				must(o.Delete(property))
			}
		})
	}
}

// mentions reports whether the code may use a property of an object.
func (w words) mentions(object, property string) bool {
	if object == "global" {
		return w.has(property)
	}
	return w.members[property] && w.reaches(object)
}

// reaches reports whether the code may get hold of an object of surface.txt. Some
// are only reached by their names or by those of what makes one.
func (w words) reaches(path string) bool {
	base, _, _ := strings.Cut(path, ".")
	switch base {
	case "DataView", "Date", "JSON", "Math", "Symbol":
		return w.has(base)
	case "ArrayBuffer", "TypedArray", "Uint8Array":
		return w.has(typedArrays...) || w.has("ArrayBuffer", "Buffer", "TextEncoder", "crypto", "buffer", "bytes")
	}
	return true
}
