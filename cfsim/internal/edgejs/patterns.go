package edgejs

import (
	"reflect"
	"regexp"

	"github.com/dop251/goja/ast"
)

// perlOnly matches what means something in CloudFront's regular expressions, which
// are Perl's, and something else in ECMAScript's.
var perlOnly = regexp.MustCompile(`\\[AEGHKNPQRXZaeghoplz]|\[:\^?[a-z]+:\]|\[\^?\]`)

var escaped = regexp.MustCompile(`\\\\`)

// checkPatterns returns an error for a regular expression that would silently
// match something else here than at CloudFront. Others that only Perl has are no
// regular expressions to the engine.
func (f *Function) checkPatterns(tree *ast.Program) *Error {
	for _, literal := range regexps(tree) {
		pattern := escaped.ReplaceAllString(literal.Pattern, "__")
		if found := perlOnly.FindString(pattern); found != "" {
			p := tree.File.Position(int(literal.Idx0()) - tree.File.Base())
			return f.executionError(p.Line, p.Column, "the regular expression %s has a %s, which is Perl's and is not simulated; write it as in ECMAScript", literal.Literal, found)
		}
	}
	return nil
}

// regexps returns the literals in a tree, whose nodes have nothing in common but
// their package.
func regexps(tree *ast.Program) []*ast.RegExpLiteral {
	var found []*ast.RegExpLiteral
	seen := map[uintptr]bool{}
	nodes := reflect.TypeFor[ast.Program]().PkgPath()
	var walk func(reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Interface:
			walk(v.Elem())
		case reflect.Pointer:
			if v.IsNil() || seen[v.Pointer()] || v.Type().Elem().PkgPath() != nodes {
				return
			}
			seen[v.Pointer()] = true
			if literal, ok := v.Interface().(*ast.RegExpLiteral); ok {
				found = append(found, literal)
			}
			walk(v.Elem())
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i))
				}
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		}
	}
	walk(reflect.ValueOf(tree))
	return found
}
