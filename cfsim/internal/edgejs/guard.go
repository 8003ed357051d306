package edgejs

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dop251/goja"
)

// A guard stands before a method of the engine that could take all memory, or
// minutes, in one call: nothing interrupts the engine within one. It stops the
// run if the call must not be made.
type guard struct {
	object  string
	methods []string
	check   func(r *run, call goja.FunctionCall)
}

// makers are the guards of methods that make something great of something small.
var makers = []guard{
	{"String.prototype", []string{"repeat"}, func(r *run, call goja.FunctionCall) {
		r.fits("text", float64(lengthOf(call.This))*call.Argument(0).ToFloat())
	}},
	{"String.prototype", []string{"padStart", "padEnd"}, func(r *run, call goja.FunctionCall) {
		r.fits("text", call.Argument(0).ToFloat())
	}},
	{"JSON", []string{"parse"}, (*run).checkNesting},
}

// multipliers are the guards of methods that can make something huge of what is
// already great. Code that has no way to make it so at once takes some
// milliseconds, and that ends it.
var multipliers = []guard{
	{"String.prototype", []string{"replace", "replaceAll"}, (*run).checkReplace},
	{"Array.prototype", []string{"join"}, (*run).checkJoin},
	{"Array.prototype", []string{"toString"}, (*run).checkJoin},
}

// visitors are the methods that visit every index up to the length, be there an
// element or not. Only code that sets a length can have a great one at once.
var visitors = guard{"Array.prototype", []string{
	"concat", "copyWithin", "every", "fill", "filter", "find", "findIndex", "forEach", "includes", "indexOf",
	"lastIndexOf", "map", "reduce", "reduceRight", "reverse", "shift", "slice", "some", "sort", "splice", "unshift",
}, func(r *run, call goja.FunctionCall) { r.fits("list", float64(lengthOf(call.This))) }}

// setsLength matches Array(n), a.length = n, {length: n}, ['length'] and a[n] = v.
var setsLength = regexp.MustCompile("\\bArray\\s*\\(|\\blength\\s*(=[^=]|:|['\"`])|[^'\"`\\s]\\s*\\]\\s*=[^=]")

var callsArray = regexp.MustCompile(`\bArray\s*\(`)

// guard installs the guards of what the code mentions.
func (f *Function) guard(w words, code string) {
	all := slices.Clone(makers)
	long := setsLength.MatchString(code)
	if long {
		all = append(all, visitors)
	}
	sized := slices.DeleteFunc(append([]string{"ArrayBuffer"}, typedArrays...), func(name string) bool { return !w.has(name) })
	if callsArray.MatchString(code) {
		sized = append(sized, "Array")
	}
	if long || len(sized) > 0 || w.has("repeat", "padStart", "padEnd", "Buffer") {
		all = append(all, multipliers...)
	}
	for _, g := range all {
		methods := slices.DeleteFunc(slices.Clone(g.methods), func(m string) bool {
			// Lists are also turned to text without a word of it.
			return !w.mentions(g.object, m) && !(m == "toString" && long)
		})
		if len(methods) > 0 {
			f.setup = append(f.setup, func(r *run) { r.install(g, methods) })
		}
	}
	if len(sized) > 0 {
		f.setup = append(f.setup, func(r *run) {
			r.script(sizesJS, natives{
				"names": func(goja.FunctionCall) goja.Value { return r.vm.ToValue(sized) },
				"size":  r.checkSize,
			})
		})
	}
	if w.mentions("JSON", "stringify") {
		f.setup = append(f.setup, (*run).guardStringify)
	}
}

func (r *run) install(g guard, methods []string) {
	o := objectAt(r.vm, g.object)
	for _, name := range methods {
		method, ok := goja.AssertFunction(o.Get(name))
		if !ok {
			continue
		}
		guarded := func(call goja.FunctionCall) goja.Value {
			if g.check(r, call); r.stopped != nil {
				return goja.Undefined()
			}
			value, err := method(call.This, call.Arguments...)
			if err != nil {
				panic(err)
			}
			return value
		}
		must(o.DefineDataProperty(name, r.vm.ToValue(guarded), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE))
	}
}

// fits stops the run if something would have more than [maxValue] parts.
func (r *run) fits(what string, n float64) bool {
	if n > maxValue {
		r.stop("a %s of %s parts does not fit into the 2 MB of memory that CloudFront allows", what, strconv.FormatFloat(n, 'f', 0, 64))
		return false
	}
	return true
}

// checkSize is size(n) of the scripts.
func (r *run) checkSize(call goja.FunctionCall) goja.Value {
	r.fits("buffer", call.Argument(0).ToFloat())
	return goja.Undefined()
}

// lengthOf is the length of a string or a list, as ECMAScript's LengthOfArrayLike.
func lengthOf(v goja.Value) int64 {
	switch v := v.(type) {
	case goja.String:
		return int64(v.Length())
	case *goja.Object:
		if n := v.Get("length"); n != nil {
			return max(n.ToInteger(), 0)
		}
	}
	return 0
}

// checkReplace bounds what a replacement, which may stand for every match, makes
// of a text.
func (r *run) checkReplace(call goja.FunctionCall) {
	by, ok := call.Argument(1).(goja.String)
	if !ok {
		return
	}
	n, each := float64(lengthOf(call.This)), float64(by.Length())
	if strings.Contains(by.String(), "$") {
		each *= n + 1
	}
	if (n+1)*each <= 16*maxValue {
		return
	}
	// A text is not its own bound, so look how often there is a match.
	matches := 1.0
	if pattern, ok := call.Argument(0).(*goja.Object); !ok || pattern.ClassName() != "RegExp" {
		matches = float64(strings.Count(call.This.String(), call.Argument(0).String()))
	} else if pattern.Get("global").ToBoolean() {
		matches = n + 1
	}
	r.fits("text", n+matches*each)
}

func (r *run) checkJoin(call goja.FunctionCall) {
	n := lengthOf(call.This)
	if !r.fits("list", float64(n)) {
		return
	}
	separator := int64(1)
	if v := call.Argument(0); !goja.IsUndefined(v) {
		separator = lengthOf(v)
	}
	total := float64(n * separator)
	if list, ok := call.This.(*goja.Object); ok && list.ClassName() == "Array" {
		for i := range n {
			if item, ok := list.Get(strconv.FormatInt(i, 10)).(goja.String); ok {
				total += float64(item.Length())
			}
		}
	}
	r.fits("text", total)
}

// maxNesting is how deep JSON may nest in njs.
const maxNesting = 32

// checkNesting throws what njs throws for JSON that is nested too deep.
func (r *run) checkNesting(call goja.FunctionCall) {
	text := call.Argument(0).String()
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth >= maxNesting {
				r.throw("SyntaxError", "Nested too deep at position %d", i)
			}
		case c == ']' || c == '}':
			depth--
		}
	}
}

// guardStringify has JSON.stringify count what it writes, and throw what njs
// throws for values that nest too deep. It does so as the replacer, which sees
// every part together with the object that holds it.
func (r *run) guardStringify() {
	o := objectAt(r.vm, "JSON")
	stringify, _ := goja.AssertFunction(o.Get("stringify"))
	must(o.Set("stringify", func(call goja.FunctionCall) goja.Value {
		args := append(slices.Clone(call.Arguments), goja.Undefined(), goja.Undefined())[:max(len(call.Arguments), 2)]
		theirs, isFunction := goja.AssertFunction(args[1])
		if isMissing(args[1]) || isFunction {
			args[1] = r.vm.ToValue(r.counting(theirs))
		}
		value, err := stringify(call.This, args...)
		if err != nil {
			panic(err)
		}
		return value
	}))
}

// maxParts is how many values there may be in one that is written as JSON.
const maxParts = maxValue / 64

// counting returns a replacer that counts, and otherwise does what another one
// does, if there is one.
func (r *run) counting(replacer goja.Callable) func(goja.FunctionCall) goja.Value {
	var open []*goja.Object
	parts := 0
	return func(call goja.FunctionCall) goja.Value {
		value := call.Argument(1)
		if replacer != nil {
			var err error
			if value, err = replacer(call.This, call.Arguments...); err != nil {
				panic(err)
			}
		}
		for len(open) > 0 && open[len(open)-1] != call.This {
			open = open[:len(open)-1]
		}
		if object, ok := value.(*goja.Object); ok {
			if open = append(open, object); len(open) >= maxNesting {
				r.throw("TypeError", "Nested too deep or a cyclic structure")
			}
		}
		if parts++; parts > maxParts {
			return r.stop("JSON.stringify was given a value of more than %d parts, which does not fit into the 2 MB of memory that CloudFront allows", maxParts)
		}
		return value
	}
}
