package cfrouter

import "github.com/cfrouter/cfrouter/edgefn"

// What the Router makes of props and options, for the tests outside of the package.
var (
	AnswerUnder  = answerUnder
	ConditionsOf = conditionsOf
	RewritesOf   = rewritesOf
	QueryOf      = queryOf
	HooksOf      = hooksOf
	EntriesOf    = entriesOf
)

// MaintenanceOf is the answer while maintenance is on.
func MaintenanceOf(props *ResponseTargetProps) *edgefn.Response { return maintenanceOf(props) }

// SplitOf are the targets of a split and its row without destinations.
func SplitOf(target Target) ([]Target, edgefn.Split) {
	split := target.(*splitTarget)
	return split.targets(), split.split()
}

// DocumentsOf are the documents of a bucket; nil where every path is that of its
// document.
func DocumentsOf(target Target) *edgefn.Documents { return target.(*bucketTarget).documents }

// SameSettings refuses a second target of the same key with other settings.
func SameSettings(known, target Target) error {
	return sameSettings(&boundTarget{key: *known.Key(), target: known}, target)
}
