package edgefn

// declaration is how a name is declared.
type declaration int

const (
	asVar     declaration = iota // also a parameter
	asLexical                    // let, const, import
	asFunction
	asCatch
)

// scope holds the names that a block or a function declares.
type scope struct {
	outer     *scope
	function  bool // the scope of a function or of the whole code
	variables map[string]*variable
}

// variable is what a name stands for.
type variable struct {
	as      declaration
	in, by  *scope // where it lives, and the innermost scope around its declaration
	ownName bool   // the name of a function expression, which its body may declare anew
}

// newScope returns a scope within another one, nil for that of the whole code.
func newScope(outer *scope, function bool) *scope {
	return &scope{outer: outer, function: function, variables: map[string]*variable{}}
}

// inScope reads something that has a scope of its own.
func (c *checker) inScope(function bool, read func()) {
	c.scope = newScope(c.scope, function)
	read()
	c.scope = c.scope.outer
}

// add declares a name in a scope.
func (s *scope) add(name string, as declaration, by *scope) *variable {
	v := &variable{as: as, in: s, by: by}
	s.variables[name] = v
	return v
}

// declareParameter declares a parameter in the scope of a function.
func (c *checker) declareParameter(name string, at int) {
	switch v := c.scope.variables[name]; {
	case v == nil:
		c.scope.add(name, asVar, c.scope)
	case v.ownName:
		v.ownName = false
	default:
		c.report(at, "a second parameter "+name, "another name")
	}
}

// declare adds a name to the scope it belongs to. It follows
// njs_variable_scope_find, which is stricter than the standard: a function in a
// block may not have the name of a let around the block either.
func (c *checker) declare(t token, as declaration) {
	if c.scope.outer == nil && t.text == "handler" {
		c.handler = true
	}
	if (t.text == "arguments" || t.text == "eval") && as != asCatch {
		c.report(t.at, "a declaration of "+t.text, "another name")
	}
	home, existing, taken := c.scope.home(t.text, as)
	if taken {
		c.report(t.at, "a second declaration of "+t.text, "another name, or an assignment without let, const or var")
	}
	switch {
	case existing == nil || existing.in != home:
		home.add(t.text, as, c.scope)
	case existing.ownName:
		existing.as, existing.ownName = as, false
	case as == asFunction:
		existing.as = as
	}
}

// home is the scope that a declaration adds its name to, the variable of the
// name that is there or around it within the function, and whether the
// declaration is in conflict with it.
func (s *scope) home(name string, as declaration) (home *scope, existing *variable, taken bool) {
	root := s
	for ; ; root = root.outer {
		if v := root.variables[name]; v != nil && !(v.as == asCatch && as == asVar) {
			existing = v
			break
		}
		if root.function {
			break
		}
	}
	switch {
	case as == asLexical && s.outer == nil && name == "undefined":
		return s, existing, true
	case as == asLexical:
		return s, existing, root == s && existing != nil && !existing.ownName
	case as == asCatch:
		return s, existing, false
	case as == asFunction:
		root = s
	}
	if existing == nil {
		return root, nil, false
	}
	function := as == asFunction || existing.as == asFunction
	switch {
	case existing.as == asLexical:
		return root, existing, true
	case function && !existing.by.function && existing.by == root:
		return root, existing, true
	case !function:
		return existing.in, existing, false
	}
	return root, existing, false
}

// declared reports whether the code declares a name around the token.
func (c *checker) declared(name string) bool {
	for s := c.scope; s != nil; s = s.outer {
		if s.variables[name] != nil {
			return true
		}
	}
	return false
}
