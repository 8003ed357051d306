package edgefn

import (
	"fmt"
	"slices"
)

// Each source becomes a function of its own within the function of the event:
//
//	function u1(){ the source ;return handler}
//
// so that what it declares is seen by nothing else, and its top-level statements
// cost only the requests that it is run for. They run each time that it is, which
// is what CloudFront's engine may do for each request anyway. Nothing is awaited
// in the outer function: njs before 0.9.1 loses track of variables that a function
// shares with an inner one while it waits.
// (https://github.com/nginx/njs/commit/ef7ef9fe94fdcb029f5a61bed64067e303d4bb49)

// ownFunctions are the user's sources in the function of an event.
type ownFunctions struct {
	sources []Source
	read    []*checker // what each of them is found to be

	cloudfront bool // one of them uses the module,
	stored     bool // and reads from the key-value store,
	awaits     bool // or may return a promise
}

// call is the expression that runs a source for the event. A source that is used
// in several places is there once.
func (o *ownFunctions) call(s Source) string {
	at := slices.IndexFunc(o.sources, func(other Source) bool { return other.Code == s.Code })
	if at < 0 {
		at = len(o.sources)
		o.sources, o.read = append(o.sources, s), append(o.read, s.read())
	}
	own := o.read[at].own
	o.cloudfront = o.cloudfront || own.uses("cf")
	o.stored = o.stored || own.uses("cf") && own.words["kvs"]
	o.awaits = o.awaits || own.promises()
	await, outer := "", "()"
	if own.promises() {
		await = "await "
	}
	if own.outerThis {
		outer = ".call(globalThis)"
	}
	return fmt.Sprintf("%su%d%s(event)", await, at+1, outer)
}

// hook is the setting for the user's code at one place, none if there is no code.
func (c *composer) hook(variable string, o *ownFunctions, s *Source) (out settings) {
	if s != nil {
		out.add(variable, c.number(variable, o.call(*s)))
	}
	return out
}

// addTo adds the sources to the code of the event's function. They are written as
// they are: whatever is replaced in the Router's own code is not looked for here.
func (o *ownFunctions) addTo(code string) (string, error) {
	if len(o.sources) == 0 {
		return code, nil
	}
	for i, c := range o.read {
		code += fmt.Sprintf("function u%d(){%s;return handler}", i+1, c.stripped())
	}
	declared := declaredIn(code)
	var clashes []string
	for i, c := range o.read {
		clashes = append(clashes, o.sources[i].lines(c.clashes(declared))...)
	}
	return code, listed(clashes)
}

// checkCode checks all the sources of a table.
func (t Table) checkCode() error {
	hooks := []Hooks{t.Code}
	for _, r := range t.Routes {
		hooks = append(hooks, r.Code)
	}
	seen := map[Source]bool{}
	var lines []string
	for _, h := range hooks {
		for _, s := range []*Source{h.BeforeRequest, h.AfterRequest, h.BeforeResponse, h.AfterResponse} {
			if s != nil && !seen[*s] {
				seen[*s] = true
				lines = append(lines, s.lines(s.read().problems())...)
			}
		}
	}
	return listed(lines)
}
