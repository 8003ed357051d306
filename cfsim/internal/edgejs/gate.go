package edgejs

import (
	"strings"

	"github.com/cfrouter/cfrouter/edgefn"
)

// refuse returns an error for code that CloudFront's engine would not parse, or
// that throws wherever it is reached.
func (f *Function) refuse(code string) *Error {
	problems := edgefn.Check(code, edgefn.Runtime(f.version))
	if len(problems) == 0 {
		return nil
	}
	texts := make([]string, len(problems))
	for i, p := range problems {
		texts[i] = p.String()
	}
	err := f.executionError(0, 0, "CloudFront would not run it: %s", strings.Join(texts, "; "))
	err.Line, err.Column = problems[0].Line, problems[0].Column
	return err
}
