package cfn

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// failure is an error inside a template. Its path is collected on the way out,
// innermost first, so that reading a sound template costs nothing.
type failure struct {
	path  []string
	stack *Stack // set once the path is complete
	err   error
}

func (f *failure) Error() string {
	var b strings.Builder
	b.WriteString("cfsim: ")
	if f.stack != nil {
		where := f.stack.File
		if where == "" {
			where = f.stack.Name
		}
		b.WriteString(where + ": ")
	}
	for i, step := range slices.Backward(f.path) {
		if i < len(f.path)-1 && !strings.HasPrefix(step, "[") {
			b.WriteByte('.')
		}
		b.WriteString(step)
	}
	if len(f.path) > 0 {
		b.WriteString(": ")
	}
	b.WriteString(f.err.Error())
	return b.String()
}

func (f *failure) Unwrap() error { return f.err }

// at adds an outer step to the place of an error.
func at(err error, step string) error {
	f := (*failure)(nil)
	if !errors.As(err, &f) {
		return &failure{path: []string{step}, err: err}
	}
	if f.stack == nil {
		f.path = append(f.path, step)
	}
	return f
}

// atIndex is at for the item of a list.
func atIndex(err error, i int) error { return at(err, fmt.Sprintf("[%d]", i)) }

// fail completes the place of an error with its outer steps, innermost first,
// and the stack. An error that another stack completed stays as it is.
func fail(s *Stack, err error, steps ...string) error {
	if err == nil {
		return nil
	}
	for _, step := range steps {
		err = at(err, step)
	}
	f := (*failure)(nil)
	if !errors.As(err, &f) {
		f = &failure{err: err}
	}
	if f.stack == nil {
		f.stack = s
	}
	return f
}

// quote shows a value of a template in an error, shortened.
func quote(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%v", v)
	}
	const limit = 120
	if len(text) > limit {
		return strings.ToValidUTF8(string(text[:limit]), "") + "…"
	}
	return string(text)
}

// list shows names in an error, sorted, in quotes, shortened.
func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	names = slices.Sorted(slices.Values(names))
	const limit = 20
	more := ""
	if len(names) > limit {
		more = fmt.Sprintf(" and %d more", len(names)-limit)
		names = names[:limit]
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = fmt.Sprintf("%q", n)
	}
	return strings.Join(quoted, ", ") + more
}
