package edgefn

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Part is something that takes room in a function.
type Part struct {
	Kind  PartKind
	Name  string // of the user's code
	Bytes int    // about
}

// PartKind is what a [Part] is.
type PartKind int

const (
	RoutePart    PartKind = iota // paths, hosts and conditions, and what is done with each
	CodePart                     // a source of the user's
	ResponsePart                 // answers of the edge's own: locations, headers, bodies
	RulePart                     // rewrites, query strings, splits and documents
)

// String describes a part for messages.
func (p Part) String() string {
	names := [...]string{RoutePart: "the routes", CodePart: "the code " + p.Name, ResponsePart: "the responses of the edge", RulePart: "rewrites, query strings, splits and documents"}
	return fmt.Sprintf("%s (%d)", names[p.Kind], p.Bytes)
}

// requestParts are the parts of the viewer-request function that depend on the table,
// the largest first, given what was generated for the words of the script.
func (c *composer) requestParts(generated map[string]string) []Part {
	parts := c.own.parts()
	add := func(kind PartKind, pieces ...string) {
		parts = append(parts, Part{Kind: kind, Bytes: bytesOf(pieces)})
	}
	for word, js := range generated {
		switch word {
		case "WORD", "NEEDED": // which the table has little to do with
		case "SPLITS", "DESTINATIONS":
			if c.used["s"] {
				add(RulePart, js)
			}
		default:
			add(RoutePart, js)
		}
	}
	for _, variable := range []string{"w", "q", "d", "kept"} {
		add(RulePart, c.numbers[variable]...)
	}
	for _, variable := range []string{"a", "maintenance"} {
		add(ResponsePart, c.numbers[variable]...)
	}
	return merged(parts)
}

// responseParts are those of the viewer-response function.
func (c *composer) responseParts() []Part {
	return merged(append(c.ownResponse.parts(), Part{Kind: RulePart, Bytes: bytesOf(c.numbers["r"])}))
}

func (o *ownFunctions) parts() []Part {
	var parts []Part
	for i, read := range o.read {
		parts = append(parts, Part{CodePart, o.sources[i].Name, len(read.stripped())})
	}
	return parts
}

// bytesOf is what pieces take once the spaces between words are gone.
func bytesOf(pieces []string) int {
	n := 0
	for _, js := range pieces {
		n += len(js) - strings.Count(js, " ")
	}
	return n
}

// merged adds up parts that are called the same, and leaves out empty ones.
func merged(parts []Part) []Part {
	var out []Part
	for _, p := range parts {
		at := slices.IndexFunc(out, func(other Part) bool { return other.Kind == p.Kind && other.Name == p.Name })
		switch {
		case p.Bytes == 0:
		case at < 0:
			out = append(out, p)
		default:
			out[at].Bytes += p.Bytes
		}
	}
	slices.SortStableFunc(out, func(a, b Part) int { return -cmp.Compare(a.Bytes, b.Bytes) })
	return out
}
