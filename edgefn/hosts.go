package edgefn

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// nextHostJS is the host to look up after the one in the variable host: each of
// the hosts with a star that the viewer's belongs to, in turn, and no host last.
// The variable stars counts those that have been considered.
func nextHostJS(stars []string) string {
	var b strings.Builder
	for i, host := range stars {
		end := host[1:]
		fmt.Fprintf(&b, "stars < %d && viewerHost.slice(-%d) === %s ? (stars = %d, %s) : ", i+1, len(end), quote(end), i+1, quote(host))
	}
	return b.String() + "''"
}

// starHosts are the hosts that begin with a star, the longest first.
func starHosts(routes []Route) []string {
	var out []string
	for _, r := range routes {
		if strings.HasPrefix(r.Host, "*") {
			out = append(out, r.Host)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return slices.Compact(out)
}
