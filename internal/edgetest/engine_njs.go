package edgetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// batchTime bounds one process of njs, which serves all events of a batch.
const batchTime = 30 * time.Second

// Njs returns an engine that runs the njs command, and an error when there is
// none. One process serves all events of a batch, so here, unlike with [Goja],
// the code's own variables outlive an event. Code that relies on either gives
// a different answer on each engine, which is a finding.
func Njs() (Engine, error) {
	path, err := exec.LookPath("njs")
	if err != nil {
		return nil, fmt.Errorf("edgetest: %w; install it with: apt-get install njs", err)
	}
	version, err := exec.Command(path, "-v").Output()
	if err != nil {
		return nil, fmt.Errorf("edgetest: %s -v: %w", path, err)
	}
	return njsEngine{path: path, name: "njs " + strings.TrimSpace(string(version))}, nil
}

type njsEngine struct{ path, name string }

func (e njsEngine) Name() string { return e.name }

func (e njsEngine) Run(code string, events []Event) ([]Result, error) {
	// The function may log. Its lines are told from the driver's by a mark
	// that no function can know.
	mark := rand.Text()
	script, err := njsScript(code, mark, events)
	if err != nil {
		return nil, err
	}
	stdout, stderr, err := e.execute(script)
	results := make([]Result, len(events))
	seen := make([]bool, len(events))
	for line := range strings.Lines(stdout) {
		if i, text, ok := cutReport(line, mark); ok && i < len(events) {
			results[i], seen[i] = readReport(text), true
		}
	}
	// What njs could not parse, or what threw outside the handler, is printed
	// after this word. At CloudFront every request would be answered 503.
	_, thrown, isThrown := strings.Cut(stderr, "Thrown:\n")
	if err != nil && !isThrown {
		return nil, fmt.Errorf("edgetest: %s: %w\n%s", e.name, err, stderr)
	}
	for i := range results {
		switch {
		case seen[i]:
		case isThrown:
			results[i].Err = errors.New(strings.TrimSpace(thrown))
		default:
			results[i].Err = errors.New("the promise of the handler was never settled")
		}
	}
	return results, nil
}

// njsScript appends to the code the calls of its handler. The code comes first
// and stands at the top level, where CloudFront has it too: within a function
// some of what njs rejects would be accepted, and the reverse.
func njsScript(code, mark string, events []Event) (string, error) {
	calls := make([]json.RawMessage, len(events))
	for i, event := range events {
		var err error
		if calls[i], err = newCall(event); err != nil {
			return "", err
		}
	}
	items, err := json.Marshal(calls)
	if err != nil {
		return "", err
	}
	literal, err := json.Marshal(string(items))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`%s
;%s
JSON.parse(%s).forEach(function (item, i) {
    edgetestCall(item, function (text) { console.log(%q + i + ' ' + text); });
});
`, code, driver, literal, mark), nil
}

func (e njsEngine) execute(script string) (stdout, stderr string, err error) {
	dir, err := os.MkdirTemp("", "edgetest")
	if err != nil {
		return "", "", err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "function.js")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		return "", "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), batchTime)
	defer cancel()
	var out, errOut bytes.Buffer
	cmd := exec.CommandContext(ctx, e.path, file)
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err = cmd.Run()
	if ctx.Err() != nil {
		err = fmt.Errorf("a function did not end within %v", batchTime)
	}
	return out.String(), errOut.String(), err
}

// cutReport parses a line of the driver: the mark, the number of the event, a
// space and the report.
func cutReport(line, mark string) (i int, text string, ok bool) {
	rest, ok := strings.CutPrefix(line, mark)
	if !ok {
		return 0, "", false
	}
	number, text, _ := strings.Cut(rest, " ")
	i, err := strconv.Atoi(number)
	return i, text, err == nil
}
