package edgefn

import (
	"slices"
	"strings"
)

// modules are the modules of each runtime.
var modules = map[Runtime][]string{
	Runtime1: {"crypto", "querystring"},
	Runtime2: {"cloudfront", "crypto", "querystring", "buffer"},
}

// module checks the name of a module.
func (c *checker) module(t token) {
	known, ok := modules[c.runtime]
	if !ok {
		known = modules[Runtime2]
	}
	if !slices.Contains(known, t.literal()) {
		c.report(t.at, "the module "+shorten(t.text)+", which the runtime does not have", "one of its modules, "+strings.Join(known, ", ")+", or the code itself")
	}
}

// unimportable are names that mean something in some places. The engine takes
// none of them for an import.
var unimportable = wordSet("arguments async eval from meta of target undefined")

func (c *checker) importStatement(inBlock bool) {
	if c.own != nil {
		c.own.importStatement(c)
		return
	}
	keyword := c.token
	c.advance()
	if c.scope.outer != nil || !inBlock {
		c.report(keyword.at, "an import within other code", "it at the top level")
	}
	if c.isName() {
		if unimportable[c.token.text] {
			c.report(c.token.at, "an import named "+c.token.text, "another name")
		}
		c.declare(c.token, asLexical)
		c.advance()
		c.expect("from")
	} else {
		c.report(keyword.at, "an import of something else than the default", "import cf from 'cloudfront', and cf.name for what is in it")
		for c.token.kind != quoted && c.token.kind != endOfCode && !c.is(";") {
			c.advance()
		}
	}
	if c.token.kind != quoted {
		c.unexpected("the name of a module in quotes")
	}
	c.module(c.token)
	c.advance()
	c.semicolon()
}

func (c *checker) exportStatement() {
	c.report(c.token.at, "export", "the function by itself: CloudFront calls the one that is named handler")
	c.advance()
	c.skip("default")
	if c.is("{") || c.is("*") {
		panic(stop{})
	}
	c.statement(true)
}
