package edgefn

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Check returns an error that says where the code is not what CloudFront's engine
// takes, or not what can be composed with other code, and what to write instead:
//
//	edge/auth.js:12:5: found optional chaining (?.): write a && a.b
//
// Lines and columns are those of the source, from 1. What is wrong only together
// with a table is for [Compose] to say.
func (s Source) Check() error {
	return listed(s.lines(s.read().problems()))
}

// read parses the code as the one function of an event that it is written to be.
func (s Source) read() *checker {
	c := &checker{scanner: scanner{code: s.Code}, runtime: Runtime2, own: &ownCode{words: map[string]bool{}}}
	c.read()
	return c
}

// lines are problems with the place where each of them is.
func (s Source) lines(problems []Problem) []string {
	var lines []string
	for _, p := range problems {
		lines = append(lines, fmt.Sprintf("%s:%d:%d: found %s: write %s", cmp.Or(s.Name, "own code"), p.Line, p.Column, p.Found, p.Instead))
	}
	return lines
}

// listed is an error with the first of the lines, nil if there are none.
func listed(lines []string) error {
	const most = 5
	if len(lines) == 0 {
		return nil
	}
	text := strings.Join(lines[:min(most, len(lines))], "; ")
	if more := len(lines) - most; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return errors.New(text)
}

// ownCode is what has to be known of the user's code to run it beside other code.
// Of code that runs alone nothing is noted, and the pointer is nil.
type ownCode struct {
	words     map[string]bool
	mentions  []mention
	outerThis bool // this stands outside of functions, where it is the global object
}

// mention is the name of a variable, where its value is used or set.
type mention struct {
	token token
	scope *scope
}

func (o *ownCode) word(t token) {
	if o != nil && t.kind == word {
		o.words[t.text] = true
	}
}

func (o *ownCode) mention(t token, in *scope) {
	if o != nil {
		o.mentions = append(o.mentions, mention{t, in})
	}
}

// forget takes back the mentions from an offset on: they were the parameters of an
// arrow function.
func (o *ownCode) forget(from int) {
	if o != nil {
		o.mentions = slices.DeleteFunc(o.mentions, func(m mention) bool { return m.token.at >= from })
	}
}

func (o *ownCode) this(c *checker) {
	if o != nil && c.is("this") && !c.hasArguments() {
		o.outerThis = true
	}
}

// globalHandler reports a handler that is a property of the global object, which
// all the code of a function shares.
func (o *ownCode) globalHandler(c *checker, at int) {
	if o != nil {
		c.report(at, "a handler that is global", "const handler = …")
	}
}

// outer are the mentions of what the code itself does not declare.
func (o *ownCode) outer() []mention {
	var out []mention
	for _, m := range o.mentions {
		s := m.scope
		for s != nil && s.variables[m.token.text] == nil {
			s = s.outer
		}
		if s == nil {
			out = append(out, m)
		}
	}
	return out
}

// uses reports whether the code mentions what it does not declare.
func (o *ownCode) uses(name string) bool {
	return slices.ContainsFunc(o.outer(), func(m mention) bool { return m.token.text == name })
}

// promises reports whether the handler may return a promise: it is async, or
// something in the code makes promises.
func (o *ownCode) promises() bool {
	return o.words["async"] || o.words["Promise"] || o.words["kvs"] || o.words["subtle"]
}

// withoutImport is what to write instead of an import, by module. AWS documents
// require for two of them, and that the other two need none follows from how they
// are composed and from AWS's own examples.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html#writing-functions-javascript-features-builtin-modules-20,
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/example_cloudfront_functions_kvs_jwt_verify_section.html)
var withoutImport = map[string]string{
	"cloudfront":  "code without it, as cf is there already",
	"buffer":      "code without it, as Buffer is there already",
	"crypto":      "const %s = require('crypto')",
	"querystring": "const %s = require('querystring')",
}

// importStatement reports an import, which the engine takes at the top level of a
// function only.
func (o *ownCode) importStatement(c *checker) {
	keyword, name := c.token, ""
	c.advance()
	if c.isName() {
		name = c.token.text
		c.declare(c.token, asLexical)
	}
	for c.token.kind != quoted && c.token.kind != endOfCode && !c.is(";") {
		c.advance()
	}
	if c.token.kind != quoted {
		c.unexpected("the name of a module in quotes")
	}
	module := c.token.literal()
	switch instead, known := withoutImport[module]; {
	case !known:
		c.module(c.token)
	case strings.Contains(instead, "%s"):
		c.report(keyword.at, "an import", fmt.Sprintf(instead, cmp.Or(name, module)))
	default:
		c.report(keyword.at, "an import", instead)
	}
	c.advance()
	c.semicolon()
}

// clashes are mentions of what the code does not declare and other code around it
// does: alone it would throw, and here it would do something else.
func (c *checker) clashes(declared map[string]*variable) []Problem {
	for _, m := range c.own.outer() {
		if declared[m.token.text] != nil && m.token.text != "cf" {
			c.report(m.token.at, m.token.text+", which nothing declares", "const "+m.token.text+" = … in front")
		}
	}
	return c.problems()
}

// declaredIn are the names that code declares at its top level.
func declaredIn(code string) map[string]*variable {
	c := &checker{scanner: scanner{code: code}, runtime: Runtime2}
	c.read()
	return c.scope.variables
}
