package edgejs

import (
	"embed"
	"fmt"
	"regexp"
	"sync"

	"github.com/dop251/goja"
)

// The files are functions that take an object of natives. They are evaluated in
// the runtime of a run that has use for them.
//
//go:embed js/*.js
var files embed.FS

type script func() *goja.Program

func load(name string) script {
	return sync.OnceValue(func() *goja.Program {
		code, err := files.ReadFile("js/" + name)
		must(err)
		return goja.MustCompile(name, string(code), true)
	})
}

var (
	bufferJS      = load("buffer.js")
	bytesJS       = load("bytes.js")
	dateJS        = load("date.js")
	dynamicJS     = load("dynamic.js")
	errorsJS      = load("errors.js")
	numbersJS     = load("numbers.js")
	querystringJS = load("querystring.js")
	sizesJS       = load("sizes.js")
	textJS        = load("text.js")
)

// natives are what a script gets of Go.
type natives map[string]func(goja.FunctionCall) goja.Value

// script evaluates a script and returns what it returns.
func (r *run) script(s script, of natives) goja.Value {
	host := r.vm.NewObject()
	for name, f := range of {
		must(host.Set(name, f))
	}
	value, err := r.vm.RunProgram(s())
	must(err)
	f, _ := goja.AssertFunction(value)
	value, err = f(goja.Undefined(), host)
	must(err)
	return value
}

// numbers matches the methods of js/numbers.js.
var numbers = regexp.MustCompile(`\b(read|write)(U?Int|Float|Double)`)

// setUp decides what a runtime needs for code that uses the words. The name load
// is what imports call.
func (f *Function) setUp(w words, code, load string) {
	f.numbers = numbers.MatchString(code) || w.has(reflective...)
	f.plain = w.has("freeze", "isFrozen", "seal", "isSealed", "preventExtensions", "isExtensible", "defineProperty", "defineProperties", "Symbol")
	add := func(ok bool, setup func(*run)) {
		if ok {
			f.setup = append(f.setup, setup)
		}
	}
	add(w.has("console"), (*run).addConsole)
	add(w.has("require"), func(r *run) { r.global("require", r.native(r.require)) })
	add(w.has("import"), func(r *run) { r.global(load, r.native(r.require)) })
	add(w.has("eval", "Function", "constructor"), func(r *run) { r.script(dynamicJS, nil) })
	add(w.has("InternalError", "MemoryError"), func(r *run) { r.script(errorsJS, nil) })
	add(w.has("Date"), func(r *run) { r.addDate(w) })
	if f.version == v1 {
		add(w.has("bytesFrom", "fromBytes", "fromUTF8", "toBytes", "toUTF8"), (*run).addByteStrings)
	} else {
		add(w.has("atob"), func(r *run) { r.global("atob", r.native(r.atob)) })
		add(w.has("btoa"), func(r *run) { r.global("btoa", r.native(r.btoa)) })
		add(w.has("TextEncoder", "TextDecoder"), (*run).addText)
		add(w.has("Buffer"), func(r *run) { r.global("Buffer", r.buffer().Get("Buffer")) })
	}
	f.guard(w, code)
	f.remove(w)
}

// global defines a property of the global object.
func (r *run) global(name string, value goja.Value) {
	must(r.vm.GlobalObject().DefineDataProperty(name, value, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE))
}

// native returns a function that is written in Go.
func (r *run) native(f func(goja.FunctionCall) goja.Value) goja.Value { return r.vm.ToValue(f) }

// throw throws an error that the code can catch. Kind is the name of its
// constructor.
func (r *run) throw(kind, format string, args ...any) {
	message := r.vm.ToValue(fmt.Sprintf(format, args...))
	constructor, ok := r.vm.Get(kind).(*goja.Object)
	if !ok {
		panic(message)
	}
	e, err := r.vm.New(constructor, message)
	must(err)
	panic(e)
}

// require returns a built-in module. An import is a call of it.
func (r *run) require(call goja.FunctionCall) goja.Value {
	name := call.Argument(0).String()
	if module := r.modules[name]; module != nil {
		return module
	}
	var module goja.Value
	switch {
	case name == "crypto":
		module = r.cryptoModule()
	case name == "querystring":
		module = r.script(querystringJS, natives{"unescape": r.unescape})
	case name == "buffer" && r.f.version == v2:
		return r.buffer()
	case name == "cloudfront" && r.f.version == v2:
		module = r.cloudfrontModule()
	default:
		r.throw("Error", "Cannot find module %q", name)
	}
	r.keep(name, module)
	return module
}

// keep has later calls of require return the same module.
func (r *run) keep(name string, module goja.Value) {
	if r.modules == nil {
		r.modules = map[string]goja.Value{}
	}
	r.modules[name] = module
}

// buffer returns the buffer module, which other modules use too.
func (r *run) buffer() *goja.Object {
	module, ok := r.modules["buffer"].(*goja.Object)
	if !ok {
		module = r.script(bufferJS, natives{"encode": r.encode, "decode": r.decode, "size": r.checkSize}).(*goja.Object)
		r.keep("buffer", module)
		if r.f.numbers {
			r.script(numbersJS, natives{"buffer": func(goja.FunctionCall) goja.Value { return module.Get("Buffer") }})
		}
	}
	return module
}
