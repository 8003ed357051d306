package edgefn

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// CloudFront takes every function that it is given. One that its engine cannot
// parse is found out by the first request, and answers this and every other one
// with 503. The engine is nginx's njs, or close to it: its error messages and
// the list of its features are njs's. It takes ECMAScript 5.1 and some of what
// came later, and what it takes is nowhere defined but in its code, so the code
// is read here as njs reads it: the parser below follows njs's grammar, its
// rules about names and what its code generator refuses, and a test holds it to
// the njs command. Where AWS lists something, AWS's word counts. A JavaScript
// parser made for something else would not do: it cannot tell what njs minds
// where the two differ in the dark corners (line ends in comments, which names
// are reserved, jumps out of a try statement).
//
// Everything that another shape of code would solve is reported and read on;
// where nothing sensible can follow, reading stops.

// Runtime names a JavaScript runtime of CloudFront Functions, as CloudFormation
// spells it.
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cloudfront-function-functionconfig.html)
type Runtime string

const (
	// Runtime1 takes ECMAScript 5.1, arrow functions, rest parameters,
	// template literals and the operator **.
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-10.html)
	Runtime1 Runtime = "cloudfront-js-1.0"
	// Runtime2 also takes let, const, async, await and numeric separators.
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html)
	Runtime2 Runtime = "cloudfront-js-2.0"
)

// Problem is something for which CloudFront's engine would refuse a function.
type Problem struct {
	Line, Column int    // where it stands, both from 1; columns are characters
	Found        string // what stands there: "optional chaining (?.)"
	Instead      string // what to write instead: "a && a.b"
}

// String returns the problem as a line of text.
func (p Problem) String() string {
	return fmt.Sprintf("line %d, column %d: found %s: write %s", p.Line, p.Column, p.Found, p.Instead)
}

// Check returns what CloudFront would not run of the code of a function, in order
// of position, and nil if it would parse all of it and find its handler. That
// the function does what it should, and calls nothing the runtime does not have,
// is left to a test that runs it. A runtime that is not known here is taken for
// the newest.
func Check(code string, runtime Runtime) []Problem {
	c := &checker{scanner: scanner{code: code}, runtime: runtime}
	c.read()
	return c.problems()
}

// problems are the findings in order of position.
func (c *checker) problems() []Problem {
	slices.SortStableFunc(c.findings, func(a, b finding) int { return cmp.Compare(a.at, b.at) })
	var problems []Problem
	for _, f := range c.findings {
		before := c.code[:f.at]
		line := before[strings.LastIndexByte(before, '\n')+1:]
		problems = append(problems, Problem{
			Line:    1 + strings.Count(before, "\n"),
			Column:  1 + utf8.RuneCountInString(line),
			Found:   f.found,
			Instead: f.instead,
		})
	}
	return problems
}

// A finding is a [Problem] at an offset.
type finding struct {
	at             int
	found, instead string
}

// checker reads the code of one function.
type checker struct {
	scanner
	runtime  Runtime
	own      *ownCode // what else is to be known of a [Source]; nil for other code
	findings []finding

	token token  // the one being looked at
	ahead *token // the one after it, once it has been asked for

	scope    *scope    // names declared around the token
	function *function // the function around the token, nil at the top level
	flow     *flow     // the statement around the token that jumps can refer to
	label    string    // of the statement that begins at the token
	labels   []string  // of the statements around the token

	depth   int  // of nesting
	noIn    bool // the operator in would be taken for that of a for statement
	guarded int  // try statements around the token that would catch what it throws
	handler bool // the function that CloudFront calls was seen
}

// function is what has to be known about the function around a token.
type function struct {
	outer        *function
	async, arrow bool
	arguments    int // lists of arguments around the token
}

// maxDepth is how deep the nesting of code may be. Code within CloudFront's size
// that someone wrote is far from it; the limit guards the stack.
const maxDepth = 2000

// stop ends the reading of code.
type stop struct{}

func (c *checker) read() {
	defer func() {
		if r := recover(); r != nil && r != (stop{}) {
			panic(r)
		}
	}()
	c.scope, c.flow = newScope(nil, true), &flow{}
	c.advance()
	c.statements()
	if c.token.kind != endOfCode {
		c.unexpected("a statement")
	}
	c.followJumps()
	if !c.handler {
		c.report(0, "no function named handler", "function handler(event) { return event.request; }, which CloudFront calls")
	}
}

func (c *checker) report(at int, found, instead string) {
	c.findings = append(c.findings, finding{at, found, instead})
}

// fail reports what nothing sensible can follow.
func (c *checker) fail(at int, found, instead string) {
	c.report(at, found, instead)
	panic(stop{})
}

// unexpected fails at the token where something else has to stand.
func (c *checker) unexpected(wanted string) {
	switch t := c.token; {
	case t.kind == endOfCode:
		c.fail(t.at, "the end of the code", wanted+" before it")
	case t.kind == word && reserved[t.text] && wanted == aName:
		c.fail(t.at, fmt.Sprintf("the reserved word %q as a name", t.text), "another name")
	case t.kind == word && reserved[t.text]:
		c.fail(t.at, fmt.Sprintf("the reserved word %q", t.text), wanted+" here")
	default:
		c.fail(t.at, fmt.Sprintf("%q", shorten(t.text)), wanted+" here")
	}
}

// aName is what is wanted where something is declared.
const aName = "a name"

// deeper counts a level of nesting until the function that it returns is called.
func (c *checker) deeper() func() {
	if c.depth++; c.depth > maxDepth {
		c.fail(c.token.at, fmt.Sprintf("code nested more than %d levels deep", maxDepth), "it in several statements")
	}
	return func() { c.depth-- }
}

// advance goes on to the next token.
func (c *checker) advance() {
	if c.ahead != nil {
		c.token, c.ahead = *c.ahead, nil
	} else {
		c.token = c.scan()
	}
	if f := c.token.flaw; f != nil {
		c.findings = append(c.findings, *f)
		if c.token.kind == illegal {
			panic(stop{})
		}
	}
	c.own.word(c.token)
	if t := c.token; t.kind == number && c.runtime == Runtime1 && strings.Contains(t.text, "_") {
		c.report(t.at, "a separator in a number, which is in runtime 2.0 only", strings.ReplaceAll(t.text, "_", ""))
	}
}

// peek returns the token after the one being looked at.
func (c *checker) peek() token {
	if c.ahead == nil {
		t := c.scan()
		c.ahead = &t
	}
	return *c.ahead
}

// rewind makes the scanner go on at an offset.
func (c *checker) rewind(offset int) {
	c.offset, c.ahead = offset, nil
	c.forgetGaps(offset)
}

// is reports whether the token is a punctuator, or a word that means something
// to the grammar.
func (c *checker) is(text string) bool { return c.token.is(text) }

// skip goes past a punctuator or word if it is the one given.
func (c *checker) skip(text string) bool {
	if !c.is(text) {
		return false
	}
	c.advance()
	return true
}

// expect goes past a punctuator or word that has to stand here.
func (c *checker) expect(text string) {
	if !c.skip(text) {
		c.unexpected(fmt.Sprintf("%q", text))
	}
}

// isName reports whether the token can name a variable.
func (c *checker) isName() bool { return c.token.kind == word && !reserved[c.token.text] }

// source is code that someone wrote, to be quoted in what to write instead, and
// what is given if that would not fit in a line.
func (c *checker) source(from, to int, otherwise string) string {
	text := strings.TrimSpace(c.code[from:to])
	if text == "" || len(text) > 40 || strings.ContainsAny(text, "\r\n") {
		return otherwise
	}
	return text
}

// shorten returns the beginning of a text.
func shorten(text string) string {
	const most = 20
	if line, _, cut := strings.Cut(text, "\n"); cut {
		text = line + "…"
	}
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
