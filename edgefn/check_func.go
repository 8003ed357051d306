package edgefn

import "fmt"

// inFunction reads a function behind its name. Nothing jumps out of it.
func (c *checker) inFunction(f function, read func()) {
	around := *c
	f.outer = c.function
	c.function, c.flow, c.label, c.noIn, c.guarded = &f, &flow{}, "", false, 0
	c.inScope(true, read)
	c.followJumps()
	c.function, c.flow, c.label, c.noIn, c.guarded = around.function, around.flow, around.label, around.noIn, around.guarded
}

func (c *checker) isAsyncFunction() bool {
	return c.is("async") && c.peek().is("function") && !c.peek().newline
}

// async goes past the word async, if it stands here.
func (c *checker) async() bool {
	if !c.is("async") {
		return false
	}
	c.checkAsync(c.token.at)
	c.advance()
	return true
}

func (c *checker) checkAsync(at int) {
	if c.runtime == Runtime1 {
		c.report(at, "async, which is in runtime 2.0 only", "a function that returns a promise")
	}
}

// functionKeyword goes past function, and async before it.
func (c *checker) functionKeyword() (async bool) {
	async = c.async()
	c.advance()
	c.noGenerator()
	return async
}

func (c *checker) noGenerator() {
	if c.is("*") {
		c.fail(c.token.at, "a generator (*)", "a function that returns an array")
	}
}

func (c *checker) functionDeclaration() {
	async := c.functionKeyword()
	if !c.isName() {
		c.unexpected(aName)
	}
	c.declare(c.token, asFunction)
	c.advance()
	c.inFunction(function{async: async}, c.parametersAndBody)
}

func (c *checker) functionExpression() {
	async := c.functionKeyword()
	c.inFunction(function{async: async}, func() {
		if c.isName() {
			c.scope.add(c.token.text, asFunction, c.scope).ownName = true
			c.advance()
		}
		c.parametersAndBody()
	})
}

// parametersAndBody reads the rest of a function behind its name.
func (c *checker) parametersAndBody() {
	c.expect("(")
	c.parameters()
	c.body()
}

// parameters reads the parameters of a function up to the parenthesis behind
// them, and returns how many there are.
func (c *checker) parameters() (n int) {
	for ; !c.is(")"); n++ {
		rest := c.skip("...")
		name := c.token
		if c.isName() {
			c.declareParameter(name.text, name.at)
			c.advance()
		} else {
			c.binding(asVar)
		}
		if at := c.token.at; c.skip("=") {
			c.defaultValue(at, c.quote("…", func() { c.assignment() }), name.text)
		}
		switch {
		case c.is(")"):
		case rest:
			c.unexpected(`")"`)
		default:
			c.expect(",")
		}
	}
	c.advance()
	return n
}

func (c *checker) defaultValue(at int, value, name string) {
	c.report(at, "a default of a parameter", fmt.Sprintf("if (%s === undefined) { %[1]s = %s; } in the function", name, value))
}

func (c *checker) body() {
	c.expect("{")
	c.statements()
	c.expect("}")
}

// arrowFunction reads an arrow function from its arrow on.
func (c *checker) arrowFunction(head operand) {
	switch {
	case c.token.newline:
		c.fail(c.token.at, "an arrow at the beginning of a line", "it at the end of the line before")
	case head.kind == aVariable && !head.inParens && head.operator == "":
		head.parameters = []operand{head}
		if head.name == "async" {
			c.report(head.at, "a parameter named async without parentheses", "(async) => …")
		}
	case head.kind != aHead:
		c.unexpected("parentheses around the arrow function")
	}
	if head.async {
		c.checkAsync(head.at)
	}
	c.own.forget(head.at)
	c.advance()
	noIn := c.noIn
	c.inFunction(function{async: head.async, arrow: true}, func() {
		for i, p := range head.parameters {
			c.arrowParameter(p, i == len(head.parameters)-1)
		}
		if c.is("{") {
			c.body()
		} else {
			c.noIn = noIn
			c.assignment()
		}
	})
}

// arrowParameter declares a parameter that was read as an expression.
func (c *checker) arrowParameter(p operand, last bool) {
	switch {
	case p.kind == aVariable && !p.inParens, p.kind == aRest && last:
		c.declareParameter(p.name, p.at)
	case p.kind == anAssignment && p.name != "":
		c.defaultValue(p.at, "…", p.name)
	case p.kind == aPattern, p.kind == anAssignment:
		c.destructuring(p)
	default:
		c.report(p.at, "what is no name of a parameter", "a name")
	}
}
