package edgefn

import (
	"fmt"
	"strings"
)

// operand is what the grammar has to know of an expression that was read.
type operand struct {
	kind     operandKind
	at       int    // offset of its first character
	findings int    // how many findings there were before it
	name     string // of a variable; what is in a string
	operator string // the one that was applied last
	inParens bool

	parameters []operand // of what may turn out to be the head of an arrow function
	async      bool      // such a head begins with async
}

type operandKind int

const (
	aValue operandKind = iota
	aVariable
	aProperty
	aPattern // an array or object literal, or what it is in other places: a pattern
	aString
	anAssignment
	aRest // ...name
	aHead // what stands in front of an arrow
)

// expression reads expressions with commas between them.
func (c *checker) expression() operand {
	o := c.assignment()
	for c.skip(",") {
		c.assignment()
		o = operand{at: o.at, findings: o.findings, operator: ","}
	}
	return o
}

// nested reads what stands in brackets, where a for statement around it does
// not matter.
func (c *checker) nested(read func()) {
	noIn := c.noIn
	c.noIn = false
	read()
	c.noIn = noIn
}

var assignments = wordSet("= += -= *= /= %= **= <<= >>= >>>= &= |= ^= &&= ||= ??=")

// assignment reads an expression without commas.
func (c *checker) assignment() operand {
	defer c.deeper()()
	start := operand{at: c.token.at, findings: len(c.findings)}
	o := c.conditional()
	if c.is("=>") {
		c.arrowFunction(o)
		return start
	}
	operator := c.token
	if operator.kind != punctuator || !assignments[operator.text] {
		return o
	}
	c.assignTo(o)
	target := c.source(o.at, operator.at, "a")
	c.advance()
	value := c.quote("b", func() { c.assignment() })
	if logical := strings.TrimSuffix(operator.text, "="); len(operator.text) == 3 && (logical == "&&" || logical == "||" || logical == "??") {
		c.report(operator.at, "the operator "+operator.text, fmt.Sprintf("%s = %[1]s %s %s", target, logical, value))
	}
	start.kind, start.name = anAssignment, o.name
	return start
}

// assignTo reports an operand that nothing can be assigned to.
func (c *checker) assignTo(o operand) {
	switch {
	case o.kind == aVariable && (o.name == "arguments" || o.name == "eval"):
		c.report(o.at, "an assignment to "+o.name, "a variable of another name")
	case o.kind == aProperty && o.name == globalHandler:
		c.handler = true
		c.own.globalHandler(c, o.at)
	case o.kind == aProperty:
	case o.kind == aPattern && !o.inParens:
		c.destructuring(o)
	case o.kind != aVariable:
		c.report(o.at, "an assignment to what is no variable or property", "a variable or a property there")
	}
}

// globalHandler is the name of a property that is the function CloudFront calls,
// as bundlers make it.
const globalHandler = "global.handler"

// quote reads something and returns it as it stands in the code, to be quoted
// in what to write instead.
func (c *checker) quote(otherwise string, read func()) string {
	from := c.token.at
	read()
	return c.source(from, c.token.at, otherwise)
}

func (c *checker) conditional() operand {
	o := c.binary(1)
	if !c.is("?") {
		return o
	}
	c.advance()
	c.nested(func() { c.assignment() })
	c.expect(":")
	c.assignment()
	return operand{at: o.at, findings: o.findings, operator: "?"}
}

// precedence of the binary operators. The engine takes ?? together with || or
// && only in parentheses, as the standard has it.
var precedence = map[string]int{
	"??": 1, "||": 2, "&&": 3, "|": 4, "^": 5, "&": 6, "==": 7, "!=": 7, "===": 7, "!==": 7,
	"<": 8, ">": 8, "<=": 8, ">=": 8, "instanceof": 8, "in": 8,
	"<<": 9, ">>": 9, ">>>": 9, "+": 10, "-": 10, "*": 11, "/": 11, "%": 11, "**": 12,
}

func (c *checker) binary(least int) operand {
	left := c.unary()
	for {
		operator := c.token
		p := precedence[operator.text]
		if operator.kind != punctuator && operator.kind != word || p < least || p == 0 || operator.text == "in" && c.noIn {
			return left
		}
		c.checkMix(left, operator)
		c.advance()
		switch {
		case operator.text == "**":
			c.binary(p)
		case operator.text == "??":
			c.binary(precedence["|"])
		default:
			c.binary(p + 1)
		}
		left = operand{at: left.at, findings: left.findings, operator: operator.text}
	}
}

// checkMix reports operators that need parentheses.
func (c *checker) checkMix(left operand, operator token) {
	if left.inParens {
		return
	}
	switch operator.text {
	case "**":
		if unaries[left.operator] {
			c.report(left.at, "** behind the operator "+left.operator, fmt.Sprintf("(%s a) ** b or %[1]s (a ** b)", left.operator))
		}
	case "??":
		if left.operator == "||" || left.operator == "&&" {
			c.report(operator.at, "?? together with "+left.operator, fmt.Sprintf("(a %s b) ?? c", left.operator))
		}
	case "||", "&&":
		if left.operator == "??" {
			c.report(operator.at, operator.text+" together with ??", fmt.Sprintf("(a ?? b) %s c", operator.text))
		}
	}
}

var unaries = wordSet("delete void typeof + - ~ !")

func (c *checker) unary() operand {
	t := c.token
	start := operand{at: t.at, findings: len(c.findings)}
	switch {
	case t.kind == punctuator && unaries[t.text], t.kind == word && unaries[t.text]:
		defer c.deeper()()
		c.advance()
		o := c.unary()
		if t.text == "delete" && o.kind == aVariable {
			c.report(t.at, "delete of a variable", o.name+" = undefined")
		}
		start.operator = t.text
		return start
	case c.is("await"):
		defer c.deeper()()
		c.await()
		return start
	case c.is("++"), c.is("--"):
		c.advance()
		c.assignTo(c.leftHandSide())
		return start
	}
	o := c.leftHandSide()
	if (c.is("++") || c.is("--")) && !c.token.newline {
		c.assignTo(o)
		c.advance()
		return start
	}
	return o
}

// await reads await and its operand. The version of njs that the tests run lets
// some pass in arguments by mistake, CloudFront lets none.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/async-await-syntax.html)
func (c *checker) await() {
	const first = "const value = await %s; in front, and value as the argument"
	at, own := c.token.at, len(c.findings)
	f := c.function
	inArgument := f != nil && f.async && f.arguments > 0
	switch {
	case c.runtime == Runtime1:
		c.report(at, "await, which is in runtime 2.0 only", "promise.then(function (value) { … })")
	case f == nil || !f.async:
		c.report(at, "await outside of an async function", "async in front of the function around it")
	case inArgument:
		c.report(at, "await in an argument of a call", fmt.Sprintf(first, "…"))
	}
	c.advance()
	promise := c.quote("…", func() { c.unary() })
	if inArgument && c.runtime != Runtime1 {
		c.findings[own].instead = fmt.Sprintf(first, promise)
	}
}

// leftHandSide reads a value with the properties and calls that follow it.
func (c *checker) leftHandSide() operand {
	var o operand
	if c.is("new") {
		twice := c.peek().is("new")
		o = c.newExpression()
		if twice && !c.is("(") && (c.is(".") || c.is("[") || c.is("`")) {
			c.report(o.at, "a property of new new", "parentheses around new new …")
		}
	} else {
		o = c.primary()
	}
	return c.suffixes(o, true)
}

// newExpression reads new, the class and its arguments.
func (c *checker) newExpression() operand {
	defer c.deeper()()
	start := operand{at: c.token.at, findings: len(c.findings)}
	c.advance()
	if c.is(".") {
		c.report(start.at, "new.target", "this instanceof the function")
		c.advance()
		c.advance()
		return start
	}
	var class operand
	if c.is("new") {
		class = c.newExpression()
	} else {
		class = c.suffixes(c.primary(), false)
	}
	if class.kind == aVariable && class.name == "Function" && c.guarded == 0 && !c.declared("Function") {
		c.report(start.at, "new Function, which throws", "the function itself")
	}
	if c.is("(") {
		c.arguments()
	}
	return start
}

// suffixes reads what follows a value: properties, template literals and, unless
// it is the operand of new, calls.
func (c *checker) suffixes(o operand, calls bool) operand {
	property := func() { o = operand{kind: aProperty, at: o.at, findings: o.findings} }
	for {
		switch {
		case c.is("?."):
			c.optional(o)
			property()
		case c.is("."):
			c.advance()
			name := c.token.text
			global := o.name == "global" || o.name == "globalThis" || o.name == "this"
			c.propertyName()
			property()
			if global && name == "handler" {
				o.name = globalHandler
			}
		case c.is("["):
			c.advance()
			c.nested(func() { c.expression() })
			c.expect("]")
			property()
		case c.is("`"):
			c.template(true)
			o = operand{at: o.at, findings: o.findings}
		case c.is("(") && calls:
			o = c.call(o)
		default:
			return o
		}
	}
}

// propertyName goes past a name of which any word can be one.
func (c *checker) propertyName() {
	if c.token.kind != word {
		c.unexpected("the name of a property")
	}
	c.advance()
}

// optional reads ?. and what follows it.
func (c *checker) optional(o operand) {
	chain := c.token
	object := c.source(o.at, chain.at, "a")
	c.advance()
	var rest string
	switch {
	case c.is("["):
		rest = c.quote("[b]", func() {
			c.advance()
			c.nested(func() { c.expression() })
			c.expect("]")
		})
	case c.is("("):
		rest = c.quote("()", func() { c.arguments() })
	default:
		rest = "." + c.quote("b", c.propertyName)
	}
	c.report(chain.at, "optional chaining (?.)", fmt.Sprintf("%s && %[1]s%s", object, rest))
}

// call reads the arguments of a call. After the word async it may be the head of
// an arrow function.
func (c *checker) call(callee operand) operand {
	first := c.peek()
	parameters := c.arguments()
	o := operand{at: callee.at, findings: callee.findings}
	if callee.kind != aVariable || callee.inParens {
		return o
	}
	switch callee.name {
	case "async":
		if c.is("=>") && !c.token.newline {
			o.kind, o.async, o.parameters = aHead, true, parameters
			if n := len(parameters); n > 0 && parameters[n-1].kind == aRest {
				c.findings = c.findings[:parameters[n-1].findings] // it is no spread
			}
		}
	case "eval":
		if c.guarded == 0 {
			c.report(callee.at, "eval, which throws", "what it would evaluate")
		}
	case "require":
		if len(parameters) == 1 && parameters[0].kind == aString && c.guarded == 0 && !c.declared("require") {
			c.module(first)
		}
	}
	return o
}

// arguments reads the arguments of a call.
func (c *checker) arguments() (list []operand) {
	c.expect("(")
	if c.function != nil {
		c.function.arguments++
		defer func(f *function) { f.arguments-- }(c.function)
	}
	c.nested(func() {
		for !c.is(")") {
			list = append(list, c.element("f.apply(null, xs)"))
			if !c.is(")") {
				c.expect(",")
			}
		}
	})
	c.advance()
	return list
}

// element reads an argument or an element of an array, which may be spread.
func (c *checker) element(instead string) operand {
	spread := c.token
	if !c.skip("...") {
		return c.assignment()
	}
	o := operand{at: spread.at, findings: len(c.findings)}
	c.report(spread.at, "spread (...)", instead)
	if value := c.assignment(); value.kind == aVariable {
		o.kind, o.name = aRest, value.name
	}
	return o
}
