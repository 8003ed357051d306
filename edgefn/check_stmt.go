package edgefn

import (
	"fmt"
	"slices"
)

// statements reads statements up to the end of a block or of the code.
func (c *checker) statements() {
	for c.token.kind != endOfCode && !c.is("}") {
		c.statement(true)
	}
}

// statement reads one statement. Where it is the body of another statement
// rather than in a block, it may declare nothing but a var.
func (c *checker) statement(inBlock bool) {
	defer c.deeper()()
	if c.labelledStatement() || c.targetStatement() {
		return
	}
	c.label = ""
	switch t := c.token; {
	case c.skip(";"):
	case c.is("var"):
		c.variables(asVar)
		c.semicolon()
	case c.is("let"), c.is("const"):
		if !inBlock {
			c.report(t.at, t.text+" without a block around it", "{ "+t.text+" … }")
		}
		c.variables(asLexical)
		c.semicolon()
	case c.is("function"), c.isAsyncFunction():
		if !inBlock {
			c.report(t.at, "a function declared without a block around it", "{ function … }")
		}
		c.functionDeclaration()
	case c.is("break"), c.is("continue"):
		c.jumpStatement()
	case c.is("return"):
		c.returnStatement()
	case c.is("throw"):
		c.throwStatement()
	case c.is("try"):
		c.tryStatement()
	case c.is("debugger"):
		c.debuggerStatement()
	case c.is("import") && !c.peek().is("(") && !c.peek().is("."):
		c.importStatement(inBlock)
	case c.is("export"):
		c.exportStatement()
	case c.is("with"):
		c.report(t.at, "with", "const o = …; and o.name for each name")
		c.advance()
		c.parenthesized()
		c.statement(false)
	default:
		c.expression()
		c.semicolon()
	}
}

// semicolon goes past the end of a statement.
func (c *checker) semicolon() {
	if !c.skip(";") && !c.is("}") && c.token.kind != endOfCode && !c.token.newline {
		c.unexpected(`";" or a new line`)
	}
}

// labelledStatement reads a statement with a label. As in njs, a label may not
// have the name of one around it, be that outside of the function.
func (c *checker) labelledStatement() bool {
	if !c.isName() || !c.peek().is(":") {
		return false
	}
	name := c.token
	if slices.Contains(c.labels, name.text) {
		c.report(name.at, "a label "+name.text+" within another one", "another name")
	}
	if c.label == "" {
		c.label = name.text
	}
	c.advance()
	c.advance()
	switch {
	case c.is(";"):
		c.report(name.at, "a label in front of nothing", "; alone")
	case c.is("break"), c.is("continue"):
		// njs takes the label for the one to jump to.
		c.report(name.at, "a label in front of "+c.token.text, c.token.text+" alone")
	}
	c.labels = append(c.labels, name.text)
	c.statement(false)
	c.labels = c.labels[:len(c.labels)-1]
	return true
}

// targetStatement reads a statement that a jump can refer to.
func (c *checker) targetStatement() bool {
	switch {
	case c.is("{"):
		c.inFlow(block, c.block)
	case c.is("if"):
		c.inFlow(block, c.ifStatement)
	case c.is("for"):
		c.inFlow(loop, func() { c.inScope(false, c.forStatement) })
	case c.is("while"):
		c.inFlow(loop, func() {
			c.advance()
			c.parenthesized()
			c.statement(false)
		})
	case c.is("do"):
		c.inFlow(loop, func() {
			c.advance()
			c.bodyBefore("while")
			c.expect("while")
			c.parenthesized()
		})
	case c.is("switch"):
		c.inFlow(choice, c.switchStatement)
	default:
		return false
	}
	return true
}

func (c *checker) block() {
	c.expect("{")
	c.inScope(false, c.statements)
	c.expect("}")
}

// parenthesized reads an expression in parentheses.
func (c *checker) parenthesized() {
	c.expect("(")
	c.expression()
	c.expect(")")
}

func (c *checker) ifStatement() {
	c.advance()
	c.parenthesized()
	c.bodyBefore("else")
	if c.skip("else") {
		c.statement(false)
	}
}

// bodyBefore reads the body of a statement, which a keyword may follow. njs takes
// the semicolon behind do … while (…), break label and continue label for a
// statement of its own.
func (c *checker) bodyBefore(keyword string) {
	body := c.token
	c.statement(false)
	if c.is(";") && c.peek().is(keyword) {
		c.report(body.at, fmt.Sprintf("%s … ; before %s without a block around it", body.text, keyword), "{ "+body.text+" … ; }")
		c.advance()
	}
}

func (c *checker) switchStatement() {
	c.advance()
	c.parenthesized()
	c.expect("{")
	c.inScope(false, func() {
		for byDefault := false; !c.is("}"); {
			switch {
			case c.is("default"):
				if byDefault {
					c.report(c.token.at, "a second default in a switch statement", "one default")
				}
				byDefault = true
				c.advance()
			case c.skip("case"):
				c.expression()
			default:
				c.unexpected("case or default")
			}
			c.expect(":")
			for !c.is("case") && !c.is("default") && !c.is("}") && c.token.kind != endOfCode {
				c.statement(true)
			}
		}
	})
	c.expect("}")
}

func (c *checker) forStatement() {
	keyword := c.token
	c.advance()
	await := c.skip("await")
	c.expect("(")
	c.noIn = true
	var into operand
	switch {
	case c.is(";"):
	case c.is("var"):
		into = c.variables(asVar)
	case c.is("let"), c.is("const"):
		into = c.variables(asLexical)
	default:
		into = c.expression()
	}
	c.noIn = false
	switch {
	case c.is("in"):
		c.assignTo(into)
		c.advance()
		c.expression()
	case c.is("of"):
		c.forOf(keyword, into, await)
	default:
		c.expect(";")
		if !c.is(";") {
			c.expression()
		}
		c.expect(";")
		if !c.is(")") {
			c.expression()
		}
	}
	c.expect(")")
	c.statement(false)
}

// forOf reports a loop over values, with the loop over indexes to write instead.
func (c *checker) forOf(keyword token, into operand, await bool) {
	c.advance()
	values := c.quote("xs", func() { c.assignment() })
	value, index := into.name, "i"
	switch value {
	case "":
		value = "x"
	case index:
		index = "j"
	}
	found, assigned := "for…of", value+" ="
	if await {
		found, assigned = "for await…of", value+" = await"
	}
	c.report(keyword.at, found, fmt.Sprintf("for (%[1]s %[2]s = 0; %[2]s < %[3]s.length; %[2]s++) { %[4]s %[5]s %[3]s[%[2]s]; … }",
		c.declares("let"), index, values, c.declares("const"), assigned))
}

// declares is a keyword of a declaration, or the one that the runtime has for it.
func (c *checker) declares(keyword string) string {
	if c.runtime == Runtime1 {
		return "var"
	}
	return keyword
}

// variables reads var, let or const and what it declares. What it returns is for
// the head of a for statement: the only variable, if neither a value nor another
// one follows.
func (c *checker) variables(as declaration) (only operand) {
	keyword := c.token
	if as == asLexical && c.runtime == Runtime1 {
		c.report(keyword.at, keyword.text+", which is in runtime 2.0 only", "var")
	}
	c.advance()
	for first := true; first || c.skip(","); first = false {
		v := c.binding(as)
		switch {
		case c.skip("="):
			c.assignment()
		case first && c.noIn && (c.is("in") || c.is("of")):
			return v
		case keyword.text == "const" && v.kind == aVariable:
			c.report(v.at, "a const without a value", "let "+v.name)
		}
	}
	return operand{}
}

// binding reads the name of a variable or parameter, or a pattern of such.
func (c *checker) binding(as declaration) operand {
	if c.is("{") || c.is("[") {
		pattern := c.primary()
		c.destructuring(pattern)
		return pattern
	}
	if !c.isName() {
		c.unexpected(aName)
	}
	name := c.token
	c.declare(name, as)
	c.advance()
	return operand{kind: aVariable, at: name.at, name: name.text}
}

func (c *checker) destructuring(pattern operand) {
	// What the pattern is made of is to be written anew with it.
	c.findings = c.findings[:pattern.findings]
	instead := c.declares("const") + " a = o.a; " + c.declares("const") + " b = o.b"
	if c.code[pattern.at] == '[' {
		instead = c.declares("const") + " a = xs[0]; " + c.declares("const") + " b = xs[1]"
	}
	c.report(pattern.at, "destructuring", instead)
}

func (c *checker) jumpStatement() {
	keyword := c.token
	c.advance()
	label := ""
	if c.isName() && !c.token.newline {
		label = c.token.text
		c.advance()
	}
	kind := jumpOut
	if keyword.text == "continue" {
		kind = jumpNext
	}
	c.jump(kind, keyword, label)
	switch {
	case label == "":
		c.semicolon()
	case !c.is(";") && !c.is("}") && c.token.kind != endOfCode && !c.token.newline:
		c.unexpected(`";" or a new line`)
	}
}

func (c *checker) returnStatement() {
	keyword := c.token
	c.advance()
	if !c.is(";") && !c.is("}") && c.token.kind != endOfCode && !c.token.newline {
		c.expression()
	}
	if c.function == nil {
		c.report(keyword.at, "return outside of a function", "it in function handler(event) { … }")
	}
	c.jump(jumpOut, keyword, byReturn)
	c.semicolon()
}

func (c *checker) throwStatement() {
	keyword := c.token
	c.advance()
	if c.token.newline {
		c.fail(keyword.at, "throw at the end of a line", "what it throws on the same line")
	}
	c.expression()
	c.semicolon()
}

func (c *checker) tryStatement() {
	f := c.inFlow(try, func() {
		c.advance()
		c.guarded++
		c.block()
		c.guarded--
	})
	// The parts that follow are none of the first one's inner statements.
	around := c.flow
	if c.is("catch") {
		f.catch = &flow{}
		c.flow = f.catch
		c.catchClause()
	}
	if c.skip("finally") {
		f.finally = &flow{}
		c.flow = f.finally
		c.block()
	}
	c.flow = around
	if f.catch == nil && f.finally == nil {
		c.unexpected("catch (e) { … }")
	}
}

func (c *checker) catchClause() {
	catch := c.token
	c.advance()
	c.inScope(false, func() {
		if c.skip("(") {
			c.binding(asCatch)
			c.expect(")")
		} else {
			c.report(catch.at, "a catch without a name", "catch (e)")
		}
		c.expect("{")
		c.statements()
	})
	c.expect("}")
}

func (c *checker) debuggerStatement() {
	keyword := c.token
	c.advance()
	switch {
	case c.runtime == Runtime1:
		c.report(keyword.at, "debugger, which is in runtime 2.0 only", "console.log(…)")
	case !c.is(";") && c.token.kind != endOfCode:
		c.report(keyword.at, "debugger without a semicolon", "debugger;")
	}
	c.skip(";")
}
