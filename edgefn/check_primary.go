package edgefn

// primary reads a value that no operator is part of.
func (c *checker) primary() operand {
	t := c.token
	o := operand{at: t.at, findings: len(c.findings)}
	switch {
	case t.kind == number:
		c.advance()
	case t.kind == quoted:
		c.advance()
		o.kind, o.name = aString, t.literal()
	case c.is("this"), c.is("null"), c.is("true"), c.is("false"):
		c.own.this(c)
		o.name = t.text
		c.advance()
	case c.is("("):
		return c.parentheses()
	case c.is("["):
		c.array()
		o.kind = aPattern
	case c.is("{"):
		c.object()
		o.kind = aPattern
	case c.is("`"):
		c.template(false)
	case c.is("/"), c.is("/="):
		c.regexp()
	case c.is("function"), c.isAsyncFunction():
		c.functionExpression()
	case c.isName():
		return c.variable()
	case c.is("class"):
		c.fail(t.at, "class", "function A() { … } and A.prototype.method = function () { … }")
	case c.is("super"):
		c.fail(t.at, "super", "the function of the other object by its name")
	case c.is("import"):
		c.importExpression()
	default:
		c.unexpected("an expression")
	}
	return o
}

// variable reads the name of a variable, or async and the parameter of an arrow
// function.
func (c *checker) variable() operand {
	t := c.token
	o := operand{kind: aVariable, at: t.at, findings: len(c.findings), name: t.text}
	if t.text == "arguments" && !c.hasArguments() {
		c.report(t.at, "arguments outside of a function", "function (...args) and args")
	}
	c.own.mention(t, c.scope)
	c.advance()
	if t.text == "async" && c.isName() && !c.token.newline && c.peek().is("=>") {
		parameter := operand{kind: aVariable, at: c.token.at, name: c.token.text}
		o.kind, o.async, o.parameters = aHead, true, []operand{parameter}
		c.advance()
	}
	return o
}

// hasArguments reports whether a function around the token has arguments, which
// an arrow function does not.
func (c *checker) hasArguments() bool {
	f := c.function
	for f != nil && f.arrow {
		f = f.outer
	}
	return f != nil
}

// importExpression reads import(…) or import.meta.
func (c *checker) importExpression() {
	t := c.token
	c.advance()
	if c.skip(".") {
		c.report(t.at, "import.meta", "code without it")
		c.propertyName()
		return
	}
	instead := "import cf from 'cloudfront' at the top level"
	if c.own != nil {
		instead = "require('crypto'), or cf, which is there already"
	}
	c.report(t.at, "import()", instead)
	c.arguments()
}

// parentheses reads an expression in parentheses, or the head of an arrow
// function.
func (c *checker) parentheses() operand {
	open := c.token
	o := operand{at: open.at, findings: len(c.findings)}
	c.advance()
	var inner operand
	alone := c.is(")")
	c.nested(func() {
		for !c.is(")") {
			alone = c.is("...")
			inner = c.inParentheses()
			o.parameters = append(o.parameters, inner)
			if c.is(")") {
				break
			}
			if alone {
				c.unexpected(`")"`)
			}
			c.expect(",")
			alone = c.is(")")
		}
	})
	c.advance()
	switch {
	case c.is("=>"):
		o.kind = aHead
		return o
	case alone:
		c.unexpected(`"=>"`)
	case len(o.parameters) > 1:
		return o
	}
	inner.inParens = true
	inner.at = open.at
	return inner
}

// inParentheses reads an expression, or the last parameter of an arrow function.
func (c *checker) inParentheses() operand {
	if !c.skip("...") {
		return c.assignment()
	}
	rest := c.assignment()
	switch rest.kind {
	case aVariable:
		rest.kind = aRest
	case aPattern:
	default:
		c.report(rest.at, "what is no name of a parameter", "a name")
	}
	return rest
}

// array reads an array literal.
func (c *checker) array() {
	c.advance()
	c.nested(func() {
		for !c.is("]") {
			if c.skip(",") {
				continue
			}
			c.element("xs.concat(ys), or xs.slice() for a copy")
			if !c.is("]") {
				c.expect(",")
			}
		}
	})
	c.advance()
}

// template reads a template literal. What is in the literal behind a tag is an
// argument of the tag.
func (c *checker) template(tagged bool) {
	if tagged && c.function != nil {
		c.function.arguments++
		defer func(f *function) { f.arguments-- }(c.function)
	}
	open := c.token
	c.rewind(open.end)
	for {
		end, flaw := c.scanText("`", "${")
		if end == "" {
			c.fail(open.at, "a template literal that does not end", "` at its end")
		}
		if flaw != nil {
			c.findings = append(c.findings, *flaw)
		}
		c.advance()
		if end == "`" {
			return
		}
		c.nested(func() { c.expression() })
		if !c.is("}") {
			c.unexpected(`"}"`)
		}
		c.rewind(c.token.end)
	}
}

// object reads an object literal.
func (c *checker) object() {
	c.advance()
	c.nested(func() {
		for proto := false; !c.is("}"); {
			c.property(&proto)
			if !c.is("}") {
				c.expect(",")
			}
		}
	})
	c.advance()
}

// property reads one property of an object literal. There may be one __proto__.
func (c *checker) property(proto *bool) {
	name := c.token
	next := c.peek()
	switch {
	case c.is("..."):
		c.element("Object.assign({}, o)")
	case c.is("async") && !next.is(":"):
		c.asyncMethod(name, next)
	case (c.is("get") || c.is("set")) && (next.kind == word || next.kind == quoted || next.kind == number || next.is("[")):
		c.advance()
		c.key()
		c.accessor(name)
	case c.isName() && !next.is(":") && !next.is("("):
		c.variable()
		if c.is("=") {
			c.report(c.token.at, "a default in destructuring", "if (a === undefined) { a = …; }")
			c.advance()
			c.assignment()
		}
	default:
		c.noGenerator()
		computed := c.key()
		if c.is("(") {
			c.inFunction(function{}, c.parametersAndBody)
			return
		}
		if !computed && (name.text == "__proto__" || name.kind == quoted && name.literal() == "__proto__") {
			if *proto {
				c.report(name.at, "a second __proto__ in an object", "one of them")
			}
			*proto = true
		}
		c.expect(":")
		c.assignment()
	}
}

// key goes past the name of a property, and reports whether it is computed.
func (c *checker) key() (computed bool) {
	switch {
	case c.skip("["):
		c.assignment()
		c.expect("]")
		return true
	case c.token.kind == word, c.token.kind == quoted, c.token.kind == number:
		c.advance()
	default:
		c.unexpected("the name of a property")
	}
	return false
}

// asyncMethod reads an async method. The engine takes async for nothing else
// here, and no method whose name is a string or a number.
func (c *checker) asyncMethod(async, next token) {
	switch {
	case next.is(","), next.is("}"):
		c.report(async.at, "a property async without a value", "async: async")
		c.advance()
		return
	case next.is("("):
		c.report(async.at, "a method named async", "async: function (…) { … }")
		c.advance()
	default:
		c.async()
		c.noGenerator()
		if c.token.kind == quoted || c.token.kind == number {
			c.report(async.at, "an async method with a name that is no word", c.token.text+": async function (…) { … }")
		}
		c.key()
	}
	c.inFunction(function{async: !next.is("(")}, c.parametersAndBody)
}

// accessor reads a getter or setter behind its name.
func (c *checker) accessor(keyword token) {
	c.inFunction(function{}, func() {
		at := c.token.at
		c.expect("(")
		n := c.parameters()
		if keyword.text == "get" && n != 0 {
			c.report(at, "a getter with parameters", "get name() { … }")
		}
		if keyword.text == "set" && n != 1 {
			c.report(at, "a setter that does not have one parameter", "set name(value) { … }")
		}
		c.body()
	})
}
