package edgejs

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/parser"
)

// A version is one of CloudFront's JavaScript runtime.
type version string

const (
	v1 version = "cloudfront-js-1.0"
	v2 version = "cloudfront-js-2.0"
)

// words are the identifiers in a text, and what looks like one in its strings and
// comments. A name that is not among them is not used by the code.
type words struct {
	all     map[string]bool
	members map[string]bool // those behind a dot or a quotation mark
}

var word = regexp.MustCompile(`(\.\s*|["'` + "`" + `])?([A-Za-z_$][\w$]*)`)

func wordsOf(code string) words {
	w := words{map[string]bool{}, map[string]bool{}}
	for _, match := range word.FindAllStringSubmatch(code, -1) {
		w.all[match[2]] = true
		if match[1] != "" {
			w.members[match[2]] = true
		}
	}
	return w
}

func (w words) has(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return w.all[name] })
}

func (f *Function) compile(code, runtime string) *Error {
	f.version = version(runtime)
	if f.version != v1 && f.version != v2 {
		return f.executionError(0, 0, "the runtime %q is unknown; want %q or %q", runtime, v1, v2)
	}
	if err := f.refuse(code); err != nil {
		return err
	}
	w := wordsOf(code)
	load := unusedName(w)
	f.setUp(w, code, load)
	code, err := f.rewriteImports(code, load)
	if err != nil {
		return err
	}
	f.program, err = f.build(code + "\n;" + handlerOrNot)
	if err != nil || w.has("globalThis", "this") {
		return err
	}
	// Variables of the top level need not be properties of the global object,
	// and then it is cheaper if they are not.
	f.offset = 1
	f.program, err = f.build("(() => {\n" + code + "\nreturn " + handlerOrNot + "})()")
	return err
}

// handlerOrNot is the value of a program.
const handlerOrNot = "typeof handler === 'function' ? handler : undefined"

// unusedName returns a name for the function that imports call: one that the
// code does not use, and short, since imports have little room.
func unusedName(w words) string {
	for c := 'a'; ; c++ {
		if name := "$" + string(c); !w.has(name) {
			return name
		}
	}
}

// parse is the engine's parser. It must not look for source maps, which it would
// read from files that a comment names.
func (f *Function) parse(code string) (*ast.Program, error) {
	return parser.ParseFile(nil, f.name, code, 0, parser.WithDisableSourceMaps)
}

// build compiles code for running.
func (f *Function) build(code string) (*goja.Program, *Error) {
	tree, err := f.parse(code)
	if err != nil {
		return nil, f.syntaxError(err)
	}
	if err := f.checkPatterns(tree); err != nil {
		return nil, err
	}
	// CloudFront's runtime is always strict.
	program, err := goja.CompileAST(tree, true)
	if err != nil {
		return nil, f.syntaxError(err)
	}
	return program, nil
}

// syntaxError turns a message of the engine's parser or compiler into an error
// with a position. What CloudFront would not parse was refused before.
func (f *Function) syntaxError(err error) *Error {
	const format = "this cannot be simulated, though CloudFront takes it: SyntaxError: %s"
	var list parser.ErrorList
	var compiler *goja.CompilerSyntaxError
	switch {
	case errors.As(err, &list) && len(list) > 0:
		p := list[0].Position
		return f.executionError(p.Line, p.Column, format, list[0].Message)
	case errors.As(err, &compiler) && compiler.File != nil:
		p := compiler.File.Position(compiler.Offset)
		return f.executionError(p.Line, p.Column, format, compiler.Message)
	}
	return f.executionError(0, 0, format, err)
}

// importStatement is a default import, the only one that njs has.
var importStatement = regexp.MustCompile(`\bimport\s+([\w$]+)\s+from\s*('[^'\n]*'|"[^"\n]*")`)

// rewriteImports turns each import into a call of load, which goja knows:
//
//	import cf from 'cloudfront'
//	const cf=$a('cloudfront')
//
// Both end at the same column and have as many lines, so that positions are still
// those of the code. The parser says where an import stands: it stops there.
func (f *Function) rewriteImports(code, load string) (string, *Error) {
	for {
		_, err := f.parse(code)
		if err == nil {
			return code, nil
		}
		stopped := f.syntaxError(err)
		at := importAt(code, stopped.Line, stopped.Column)
		if at == nil {
			return code, stopped
		}
		// At the top level, and only there, what stands before is whole.
		if _, err := f.parse(code[:at[0]]); err != nil {
			return code, f.executionError(stopped.Line, stopped.Column, "SyntaxError: an import can stand at the top level only")
		}
		was := code[at[0]:at[1]]
		is := fmt.Sprintf("const %s=%s(%s)", code[at[2]:at[3]], load, code[at[4]:at[5]])
		if end := strings.LastIndexByte(was, '\n'); end >= 0 {
			is += strings.Repeat("\n", strings.Count(was, "\n")) + strings.Repeat(" ", len(was)-end-1)
		} else {
			is += strings.Repeat(" ", max(len(was)-len(is), 0))
		}
		code = code[:at[0]] + is + code[at[1]:]
	}
}

// importAt returns where the import at a position begins and ends, and what it
// names, as [regexp.Regexp.FindStringSubmatchIndex] does.
func importAt(code string, line, column int) []int {
	positions := file.NewFile("", code, 1)
	for _, at := range importStatement.FindAllStringSubmatchIndex(code, -1) {
		if p := positions.Position(at[0]); p.Line == line && p.Column == column {
			return at
		}
	}
	return nil
}
