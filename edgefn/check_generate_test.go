package edgefn_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generator composes programs of every construct of JavaScript. A sound one uses
// what the engine has and where it may stand; any other one puts it anywhere,
// and a wild one uses what the engine does not have as well.
type generator struct {
	r           *rand.Rand
	sound, wild bool

	depth int
	names int // fresh ones so far

	// Where in a sound program it is.
	labels                        []string
	function, async, loop, choice bool
	arguments                     int
}

// deepest is how deep the nesting of generated code gets.
const deepest = 6

func newGenerator(seed uint64) *generator {
	return &generator{r: randomSource(seed), sound: seed%3 == 0, wild: seed%3 == 1}
}

// program is a whole program. Its tokens are set apart by spaces, some of which
// become line ends or comments; the space that is to stay one is written "·".
func (g *generator) program() string {
	var b strings.Builder
	for _, c := range g.list(4, " ", func() string { return g.statement(true) }) {
		switch {
		case c == ' ' && g.chance(12):
			b.WriteString(g.pick("\n", "\n", "\n", " /* c */ ", " // c\n", "\t", "\r\n", " /*\n*/ "))
		case c == '·':
			b.WriteByte(' ')
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

func (g *generator) pick(options ...string) string { return oneOf(g.r, options...) }

// either is the first for a sound program, and else one of all.
func (g *generator) either(sound string, others ...string) string {
	if g.sound {
		return sound
	}
	return g.pick(append(others, sound)...)
}

// chance is true once in n times.
func (g *generator) chance(n int) bool { return g.r.IntN(n) == 0 }

// odd is true once in n times, in programs that are not sound.
func (g *generator) odd(n int) bool { return !g.sound && g.chance(n) }

// deeper is what f makes, or a leaf where the program is deep enough.
func (g *generator) deeper(leaf string, f func() string) string {
	if g.depth >= deepest {
		return leaf
	}
	g.depth++
	defer func() { g.depth-- }()
	return f()
}

// list is up to n of what f makes.
func (g *generator) list(n int, separator string, f func() string) string {
	parts := make([]string, g.r.IntN(n+1))
	for i := range parts {
		parts[i] = f()
	}
	return strings.Join(parts, separator)
}

// in is what f makes where the program is elsewhere.
func (g *generator) in(change func(), f func() string) string {
	saved := *g
	change()
	text := f()
	names := g.names
	*g = saved
	g.names = names
	return text
}

// name is the name of a variable that may be there.
func (g *generator) name() string {
	if g.odd(25) {
		return g.pick("async", "of", "get", "set", "from", "undefined", "arguments", "eval", "let", "static", "target")
	}
	return g.pick("a", "b", "c", "e")
}

// fresh is the name of a new variable, of which there may be one already.
func (g *generator) fresh() string {
	if !g.sound {
		return g.name()
	}
	g.names++
	return fmt.Sprint("n", g.names)
}

func (g *generator) block() string {
	return "{ " + g.list(3, " ", func() string { return g.statement(true) }) + " }"
}

func (g *generator) statement(inBlock bool) string {
	return g.deeper("a ;", func() string {
		end := g.either(g.pick(";", "·;"), "")
		switch g.r.IntN(30) {
		case 0, 1:
			return g.declaration(g.declares(inBlock)) + " " + end
		case 2:
			return g.block()
		case 3, 4:
			return "if ( " + g.expression() + " ) " + g.statement(false) + g.pick("", "", " else "+g.statement(false))
		case 5, 6, 7, 8:
			return g.iteration(end)
		case 9, 10, 11:
			return g.jump(end)
		case 12:
			return "throw" + g.either("·", " ") + g.expression() + " " + end
		case 13, 14, 15:
			return g.tryStatement()
		case 16:
			return g.switchStatement()
		case 17, 18:
			return g.labelled()
		case 19, 20, 21:
			if inBlock || g.odd(2) {
				return g.functionOf(g.pick("", "", "async·"), "function "+g.fresh())
			}
		case 22:
			return g.either(";", "debugger ;", "debugger", "'use·strict'·;", "import a from 'crypto' ;", "export default a ;", "with ( a ) b ;")
		}
		return g.either("a = ", "") + g.expression() + " " + end
	})
}

// declares is a keyword of a declaration. Only a block may hold another than var.
func (g *generator) declares(inBlock bool) string {
	if inBlock || g.odd(2) {
		return g.pick("var", "let", "const")
	}
	return "var"
}

func (g *generator) declaration(keyword string) string {
	one := func() string {
		name := g.fresh()
		if g.wild && g.chance(12) {
			name = g.pattern()
		}
		return name + g.either(" = "+g.assignment(), "")
	}
	return keyword + " " + one() + g.pick("", "", "", " , "+one())
}

func (g *generator) pattern() string {
	return g.pick("{ a }", "{ a , b : c }", "[ a ]", "[ a , , b ]", "{ a = 1 }", "[ ...·a ]", "{ ...·a }")
}

func (g *generator) iteration(end string) string {
	body := func() string {
		return g.in(func() { g.loop = true }, func() string { return g.statement(false) })
	}
	switch g.r.IntN(6) {
	case 0:
		return "while ( " + g.expression() + " ) " + body()
	case 1:
		return "do " + body() + " while ( " + g.expression() + " )·;"
	}
	return "for ( " + g.forHead() + " ) " + body()
}

func (g *generator) forHead() string {
	target := g.pick(g.declares(true)+" "+g.fresh(), g.target())
	switch g.r.IntN(6) {
	case 0, 1:
		return g.either(target, g.leftHandSide(), g.declaration("var")) + " in " + g.expression()
	case 2:
		if g.wild {
			return target + " of " + g.assignment()
		}
	}
	first := g.either(g.pick("", "( "+g.expression()+" )", "var "+g.fresh(), "let "+g.fresh()+" = ( "+g.assignment()+" )"), g.expression(), g.declaration("let"))
	return first + " ; " + g.pick("", g.expression()) + " ; " + g.pick("", g.expression())
}

func (g *generator) jump(end string) string {
	keyword := g.pick("break", "continue", "return")
	if g.sound && (keyword == "break" && !g.loop && !g.choice || keyword == "continue" && !g.loop) {
		keyword = "return"
	}
	switch {
	case keyword == "return" && g.sound && !g.function:
		return "a ;"
	case keyword == "return":
		return keyword + g.pick("", g.either("·", " ")+g.expression()) + "·" + end
	case g.sound && len(g.labels) > 0 && g.chance(2):
		return keyword + "·" + g.pick(g.labels...) + "·;"
	}
	return keyword + g.either("", "", " k", " l") + "·" + end
}

// labelled is a statement with a label, in a sound program a loop.
func (g *generator) labelled() string {
	if !g.sound {
		return g.pick("k", "l", "m") + " : " + g.statement(false)
	}
	g.names++
	label := fmt.Sprint("l", g.names)
	return g.in(func() { g.labels = append(g.labels[:len(g.labels):len(g.labels)], label) }, func() string {
		return label + " : " + g.iteration(";")
	})
}

func (g *generator) switchStatement() string {
	cases := func(label string) string {
		return label + " : " + g.list(2, " ", func() string { return g.statement(true) }) + " "
	}
	return g.in(func() { g.choice = true }, func() string {
		return "switch ( " + g.expression() + " ) { " +
			g.list(2, " ", func() string { return cases(g.either("case "+g.expression(), "default")) }) +
			g.pick("", cases("default")) + g.list(1, " ", func() string { return cases("case 1") }) + "}"
	})
}

func (g *generator) tryStatement() string {
	catch := "catch ( " + g.fresh() + " ) " + g.block()
	if g.wild && g.chance(10) {
		catch = "catch " + g.block()
	}
	return "try " + g.block() + " " + g.either(g.pick(catch, catch, catch+" finally "+g.block(), "finally "+g.block()), "")
}

// functionOf is a function from its parameters on, behind what begins it.
func (g *generator) functionOf(async, head string) string {
	return async + head + " ( " + g.parameters() + " ) " + g.within(async != "", g.block)
}

// within is what f makes in a function.
func (g *generator) within(async bool, f func() string) string {
	return g.in(func() {
		g.function, g.async, g.loop, g.choice, g.labels, g.arguments = true, async, false, false, nil, 0
	}, f)
}

func (g *generator) parameters() string {
	p := g.list(3, " , ", func() string {
		switch {
		case g.wild && g.chance(12):
			return g.pattern()
		case g.wild && g.chance(12):
			return g.name() + " = " + g.assignment()
		}
		return g.fresh()
	})
	if g.chance(6) {
		p += " , ...·" + g.fresh()
	}
	return strings.TrimPrefix(p, " , ")
}

func (g *generator) expression() string {
	if g.chance(8) {
		return g.assignment() + " , " + g.assignment()
	}
	return g.assignment()
}

func (g *generator) assignment() string {
	return g.deeper("a", func() string {
		switch g.r.IntN(16) {
		case 0, 1:
			operator := g.pick("=", "=", "+=", "**=", ">>>=", "&=")
			if g.wild && g.chance(4) {
				operator = g.pick("||=", "&&=", "??=")
			}
			return g.either(g.target(), g.leftHandSide()) + " " + operator + " " + g.assignment()
		case 2, 3:
			return g.arrowFunction()
		case 4:
			return g.binary() + " ? " + g.assignment() + " : " + g.assignment()
		}
		return g.binary()
	})
}

// target is what can be assigned to.
func (g *generator) target() string {
	return g.name() + g.pick("", "", " . b", " [ "+g.assignment()+" ]")
}

func (g *generator) arrowFunction() string {
	head := g.pick(g.fresh(), "( "+g.parameters()+" )", "( "+g.parameters()+" )")
	async := g.pick("", "", "async·")
	return async + head + "·=> " + g.within(async != "", func() string {
		return g.pick(g.block(), "( "+g.assignment()+" )", g.either("a = ", "")+g.assignment())
	})
}

func (g *generator) binary() string {
	operator := g.pick("+", "-", "*", "/", "%", "**", "<", ">", "<=", ">=", "==", "!==", "&&", "||", "??", "&", "|", "^", "<<", ">>>", "in", "instanceof")
	if g.chance(2) {
		return g.unary()
	}
	left, right := g.unary(), g.deeper("a", g.binary)
	if g.sound {
		left, right = "( "+left+" )", "( "+right+" )"
	}
	return left + " " + operator + " " + right
}

func (g *generator) unary() string {
	switch g.r.IntN(14) {
	case 0:
		return g.either(g.pick("!", "-", "+", "~", "typeof", "void", "delete this . a ,"), "delete") + " " + g.deeper("a", g.unary)
	case 1:
		return g.pick("++", "--") + " " + g.either(g.target(), g.leftHandSide())
	case 2:
		return g.either(g.target()+"·", g.leftHandSide()+" ") + g.pick("++", "--")
	case 3, 4:
		if !g.sound || g.async && g.arguments == 0 {
			return "await " + g.deeper("a", g.unary)
		}
	}
	return g.leftHandSide()
}

func (g *generator) leftHandSide() string {
	o := g.deeper("a", g.primary)
	for g.chance(3) {
		o += g.suffix()
	}
	return o
}

func (g *generator) suffix() string {
	if g.wild && g.chance(12) {
		return g.pick("·?.·b", "·?.·[ a ]", "·?.·( )")
	}
	return g.deeper(" . b", func() string {
		return g.pick(" . "+g.pick("b", "if", "async", "class"), " [ "+g.expression()+" ]", " "+g.call(), " "+g.call(), " "+g.asArgument(g.template))
	})
}

func (g *generator) call() string {
	return g.asArgument(func() string { return "( " + g.list(3, " , ", g.element) + " )" })
}

func (g *generator) asArgument(f func() string) string {
	return g.in(func() { g.arguments++ }, f)
}

func (g *generator) element() string {
	if g.wild && g.chance(12) {
		return "...·" + g.assignment()
	}
	return g.assignment()
}

func (g *generator) primary() string {
	switch g.r.IntN(26) {
	case 0:
		return "( " + g.expression() + " )"
	case 1, 2:
		return "[ " + g.list(3, g.pick(" , ", " , , "), g.element) + g.pick("", " ,") + " ]"
	case 3, 4, 5:
		return "{ " + g.list(3, " , ", g.property) + g.pick("", " , a : 1 ,") + " }"
	case 6, 7:
		return "( " + g.functionExpression() + " )"
	case 8:
		return g.functionExpression()
	case 9, 10:
		return g.template()
	case 11:
		return g.regexp()
	case 12:
		return g.either("new a . b "+g.call(), "new "+g.leftHandSide())
	case 13:
		return g.number()
	case 14:
		return g.text()
	case 15:
		if g.wild {
			return g.pick("class·{ }", "super . a", "import ( a )", "new . target", "function *·( ) { }", "1n", "# a")
		}
	}
	return g.pick(g.name(), g.name(), g.name(), "this", "null", "true", "1")
}

func (g *generator) functionExpression() string {
	return g.functionOf(g.pick("", "", "async·"), "function "+g.pick("", g.fresh()))
}

func (g *generator) property() string {
	key := g.either(g.pick(g.name(), "if", "get", "'a·b'", "1", "[ "+g.assignment()+" ]"), "__proto__", "'__proto__'")
	switch g.r.IntN(12) {
	case 0, 1:
		return g.name()
	case 2:
		return g.functionOf("", key)
	case 3:
		return g.functionOf("async·", g.either(g.pick("a", "if", "[ b ]"), key))
	case 4:
		return "get " + key + " ( " + g.either("", g.parameters()) + " ) " + g.within(false, g.block)
	case 5:
		return "set " + key + " ( " + g.either("n", g.parameters()) + " ) " + g.within(false, g.block)
	case 6:
		if g.wild {
			return g.pick("...·a", "* a ( ) { }", "a = 1", "async", "async ( ) { }")
		}
	}
	return key + " : " + g.assignment()
}

func (g *generator) template() string {
	return "`" + g.list(3, "", func() string {
		return g.pick("x", "$", "{", "}", "\n", "\\`", "\\n", "\\u0041", "${ "+g.expression()+" }", "${ "+g.name()+" }")
	}) + "`"
}

func (g *generator) number() string {
	return g.either(g.pick("0", "1", "0.5", ".5", "5.", "5.·.·a", "1e3", "1E-3", "0x1F", "0o17", "0b11", "1_000", "0x1_0", "1.·.·a"),
		"007", "08", "1e", "0b2", "1__0", "1_", "0x_1", "0x", "1_e1")
}

func (g *generator) text() string {
	return g.either(g.pick(`''`, `"a"`, `'\n'`, `'\''`, `"\u0041"`, `"\u{41}"`, `"\x41"`, `"\0"`, `"\q"`, `'é'`, "'\\\n'"),
		`"\u"`, `"\x4"`, `"\u{}"`, `"\u{110000}"`)
}

func (g *generator) regexp() string {
	if g.sound {
		return g.pick("/x/", "/[/]/g", `/\//i`, `/^(?:a|b)+?$/gim`, `/(?<n>a)\k<n>/`, `/[\w-]{2,3}/y`, "/=/", `/(?<!ab)c/`)
	}
	return "/" + g.alternatives() + "/" + g.pick("", "g", "i", "gi", "m", "y", "u", "gg", "s")
}

func (g *generator) alternatives() string {
	return g.pieces() + g.pick("", "", "|"+g.pieces())
}

func (g *generator) pieces() string {
	return g.deeper("x", func() string {
		return "x" + g.list(4, "", func() string {
			return g.piece() + g.pick("", "", "", "", "*", "+", "?", "{2}", "{1,3}", "{3,1}", "{,2}", "+?", "**", "{70000}")
		})
	})
}

func (g *generator) piece() string {
	inner := func() string { return g.deeper("a", g.alternatives) }
	escape := func() string { return `\` + string(rune('!'+g.r.IntN(94))) }
	switch g.r.IntN(16) {
	case 0:
		return "(" + inner() + ")"
	case 1:
		return "(?:" + inner() + ")"
	case 2:
		return "(" + g.pick("?=", "?!", "?<=", "?<!") + inner() + ")"
	case 3:
		return "(?<" + g.pick("a", "b", "a1", "1a", "") + ">" + inner() + ")"
	case 4, 5, 6:
		return "[" + g.pick("", "^") + g.list(4, "", func() string {
			return g.pick("a", "z", "a-z", "z-a", "-", "é", `\d`, `\w`, `\b`, `\]`, "[", "[:alpha:]", `\u0041`, `\x41-\x42`, ".", "+", escape())
		}) + "]"
	case 7, 8:
		return escape()
	case 9:
		return g.pick(`\u0041`, `\u{41}`, `\x41`, `\cA`, `\k<a>`, `\1`, `\2`, `\10`, `\0`, `\08`, "^", "$", `\b`, ".", ")", "(", "]", "}", "{", "[", "é", "😀")
	}
	return g.pick("a", "b", "ab", `\/`, `\d`, `\w+`, `\s*`, "-", ",")
}

// mutated is a program in which one token is gone, doubled or another one.
func (g *generator) mutated(program string) string {
	tokens := strings.Split(program, " ")
	i := g.r.IntN(len(tokens))
	switch g.r.IntN(3) {
	case 0:
		tokens[i] = ""
	case 1:
		tokens[i] += " " + tokens[g.r.IntN(len(tokens))]
	case 2:
		tokens[i] = g.pick(tokens[g.r.IntN(len(tokens))], ";", "(", ")", "{", "}", "[", "]", ",", ".", ":", "?", "=", "=>", "in", "of",
			"async", "await", "function", "let", "new", "`", "/", "++", "return", "case", "get", "'", "\n")
	}
	return strings.Join(tokens, " ")
}
