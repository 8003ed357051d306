package edgefn

import "fmt"

// A break, continue or return that leaves a try statement goes by a variable of
// the engine's that holds one target. If a try statement is left for several
// places, as by a break and by a return, the engine parses the code and then
// fails to compile it. What follows is njs's own bookkeeping of that
// (njs_generate_find_block, njs_generate_jump_destination, njs_generate_try_end).
// It also finds jumps that have no target at all.

// flow is a statement of a function that jumps, or that jumps refer to or have
// to leave.
type flow struct {
	kind  flowKind
	token token  // the first one of a statement that jumps, or of a try statement
	label string // of the statement, or where it jumps to
	inner []*flow

	catch, finally *flow // of a try statement; nil if there is none

	// The labels of the latest jumps out of a part of a try statement; nil if
	// there was none, "" for one without a label.
	exit, next *string
}

type flowKind int

const (
	loop flowKind = 1 << iota
	choice
	block // a block or an if statement, to which only a break with its label refers
	try
	jumpOut
	jumpNext
)

// byReturn is the label of a return statement, and none that a break could have.
const byReturn = "return"

// inFlow reads a statement that jumps can refer to. It takes the label, of which
// njs knows the first if there are several.
func (c *checker) inFlow(kind flowKind, read func()) *flow {
	f := &flow{kind: kind, token: c.token, label: c.label}
	c.label = ""
	outer := c.flow
	outer.inner = append(outer.inner, f)
	c.flow = f
	read()
	c.flow = outer
	return f
}

func (c *checker) jump(kind flowKind, t token, label string) {
	c.flow.inner = append(c.flow.inner, &flow{kind: kind, token: t, label: label})
}

// followJumps reports the jumps of a function that was read, or of the code
// around all functions, that the engine would not take.
func (c *checker) followJumps() { jumps{c, nil}.follow(c.flow.inner) }

// jumps are followed from statement to statement.
type jumps struct {
	*checker
	around []*flow // the statements around the one that is looked at, from the outside in
}

func (j jumps) follow(statements []*flow) {
	for _, f := range statements {
		switch f.kind {
		case jumpOut:
			j.jumpOut(f)
		case jumpNext:
			j.jumpNext(f)
		case try:
			j.try(f)
		default:
			j.within(f)
		}
	}
}

// within follows what is in a statement.
func (j jumps) within(f *flow) {
	j.around = append(j.around, f)
	j.follow(f.inner)
}

// lookup is the index of the innermost statement that a jump refers to, -1 if
// there is none.
func (j jumps) lookup(kinds flowKind, label string) int {
	if label == byReturn {
		kinds, label = try, ""
	}
	for i := len(j.around) - 1; i >= 0; i-- {
		if j.around[i].kind&kinds != 0 && (label == "" || j.around[i].label == label) {
			return i
		}
	}
	return -1
}

// find is the index of the statement that a jump has to do with first: the
// innermost try statement that it leaves, or else its target.
func (j jumps) find(kinds flowKind, label string) int {
	if kinds == loop|choice && label != "" {
		kinds |= block
	}
	target := j.lookup(kinds, label)
	for i := len(j.around) - 1; target >= 0 && i >= target; i-- {
		if j.around[i].kind == try {
			return i
		}
	}
	return target
}

func (j jumps) jumpOut(f *flow) {
	switch i := j.find(loop|choice, f.label); {
	case i >= 0:
		j.leave(f, i, loop|choice, &j.around[i].exit)
	case f.label != byReturn:
		j.noTarget(f)
	}
}

func (j jumps) jumpNext(f *flow) {
	if i := j.find(loop, f.label); i >= 0 {
		j.leave(f, i, loop, &j.around[i].next)
	} else {
		j.noTarget(f)
	}
}

func (j jumps) noTarget(f *flow) {
	if f.label == "" {
		j.report(f.token.at, f.token.text+" outside of what it could refer to", "return, or put it into a loop")
		return
	}
	j.report(f.token.at, fmt.Sprintf("%s %s without such a statement around it", f.token.text, f.label),
		fmt.Sprintf("%s: in front of a loop around it, with no other label there", f.label))
}

const behindTry = "the result into a variable, and break, continue or return behind the try statement"

// leave notes the jump f out of statement i, or to it.
func (j jumps) leave(f *flow, i int, kinds flowKind, latest **string) {
	if j.around[i].kind == try && *latest != nil && (jumps{j.checker, j.around[:i]}).differ(kinds, **latest, f.label) {
		j.report(f.token.at, f.token.text+" in a try statement that is left for another place as well", behindTry)
	}
	*latest = &f.label
}

func (j jumps) differ(kinds flowKind, a, b string) bool {
	return j.lookup(kinds, a) != j.lookup(kinds, b)
}

// try follows what is in a try statement. What follows its parts makes
// everything that leaves them go by the statements around it.
func (j jumps) try(f *flow) {
	j.within(f)
	parts := []*flow{f}
	switch {
	case f.finally == nil:
		j.follow(f.catch.inner)
	case f.catch != nil:
		f.catch.kind = try
		j.within(f.catch)
		parts = append(parts, f.catch)
		fallthrough
	default:
		j.follow(f.finally.inner)
	}
	j.handOn(f, loop, loop, parts, func(part *flow) **string { return &part.next })
	j.handOn(f, loop|choice, loop|choice|try, parts, func(part *flow) **string { return &part.exit })
}

func (j jumps) handOn(f *flow, kinds, compared flowKind, parts []*flow, latest func(*flow) **string) {
	var label *string
	for _, part := range parts {
		switch l := *latest(part); {
		case l == nil:
		case label == nil:
			label = l
		case j.differ(compared, *label, *l):
			j.report(f.token.at, "a try statement that is left for several places", behindTry)
		}
	}
	if label == nil {
		return
	}
	if i := j.find(kinds, *label); i >= 0 {
		*latest(j.around[i]) = label
	}
}
