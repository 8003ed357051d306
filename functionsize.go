package cfrouter

import (
	"fmt"
	"strings"

	"github.com/cfrouter/cfrouter/edgefn"
)

// sizeProblems are about functions that are longer than CloudFront takes: what of
// them takes how much, and what can be done about that which takes the most.
func (r *router) sizeProblems(p edgefn.Program) []string {
	var out []string
	report := func(event, code string, parts []edgefn.Part) {
		if len(code) > edgefn.MaxBytes {
			out = append(out, fmt.Sprintf("the edge function%s has %d bytes, and CloudFront takes %d. What takes the most is %s: %s", event, len(code), edgefn.MaxBytes, taken(parts), r.smaller(p, parts[0].Kind)))
		}
	}
	report("", p.Request, p.RequestParts)
	report(" on responses", p.Response, p.ResponseParts)
	return out
}

// taken says what takes how many bytes, the most first.
func taken(parts []edgefn.Part) string {
	const most = 4
	out := make([]string, len(parts))
	for i, part := range parts {
		out[i] = part.String()
	}
	if more := len(out) - most; more > 0 {
		out = append(out[:most], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(out, ", ")
}

// smaller says how to make a part take less.
func (r *router) smaller(p edgefn.Program, kind edgefn.PartKind) string {
	const another = ", or use a second Router on another domain name"
	toStore := ""
	if r.dispatch != Dispatch_EDGE {
		toStore = "set RouterProps.Dispatch to Dispatch_EDGE, which moves routes and the locations of redirects into a key-value store, or "
	}
	switch kind {
	case edgefn.CodePart:
		return "shorten the code, or keep its data in the key-value store (RouterProps.KeyValues)"
	case edgefn.RulePart:
		return "give routes the same rules, or fewer" + another
	case edgefn.ResponsePart:
		return toStore + "shorten the responses, or serve those with long bodies from a bucket" + another
	}
	const few = 20
	switch {
	case toStore != "":
		return toStore + "use fewer or shorter patterns" + another
	case p.Inside > few:
		return fmt.Sprintf("%d routes stay in the function, copies for several hosts included, which are globs with many other routes in their reach, patterns that many routes with conditions have, routes for hosts that two wildcard hosts cover, patterns of some 500 characters, and what overlaps any of these: use fewer of them%s", p.Inside, another)
	}
	return "use fewer patterns, or give more of them the same target and settings" + another
}
