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
	"slices"
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

func (e njsEngine) Run(f Function, events []Event) ([]Result, error) {
	results := make([]Result, 0, len(events))
	for len(results) < len(events) {
		some, failed, err := e.runSome(f, events[len(results):])
		if err != nil {
			return nil, err
		}
		results = append(results, some...)
		switch {
		case len(results) == len(events):
		case len(results) == 0 && failed != errNeverSettled:
			// What does not parse answers every request so, at CloudFront too.
			return slices.Repeat([]Result{{Err: failed}}, len(events)), nil
		default:
			// The one that a process ends with keeps the next from its turn.
			results = append(results, Result{Err: failed})
		}
	}
	return results, nil
}

// runSome returns the results of the events up to the first that has none, and
// why that is so.
func (e njsEngine) runSome(f Function, events []Event) (results []Result, failed, err error) {
	// The function may log. Its lines are told from the driver's by a mark
	// that no function can know.
	mark := rand.Text()
	script, err := njsScript(f.Code, mark, events)
	if err != nil {
		return nil, nil, err
	}
	module, err := njsModule(f.config())
	if err != nil {
		return nil, nil, err
	}
	stdout, stderr, err := e.execute(script, module)
	for line := range strings.Lines(stdout) {
		if text, ok := strings.CutPrefix(line, mark); ok {
			results = append(results, readReport(text))
		}
	}
	// What njs could not parse, or what threw outside the handler, is printed
	// after this word.
	if _, thrown, ok := strings.Cut(stderr, "Thrown:\n"); ok {
		return results, errors.New(strings.TrimSpace(thrown)), nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("edgetest: %s: %w\n%s", e.name, err, stderr)
	}
	return results, errNeverSettled, nil
}

// njsScript appends to the code the calls of its handler. The code comes first
// and stands at the top level, where CloudFront has it too: within a function
// some of what njs rejects would be accepted, and the reverse. An event waits
// for the one before, as there is one request at a time to a cloudfront module.
func njsScript(code, mark string, events []Event) (string, error) {
	calls := make([]json.RawMessage, len(events))
	for i, event := range events {
		var err error
		if calls[i], err = newCall(event); err != nil {
			return "", err
		}
	}
	literal, err := parsed(calls)
	return fmt.Sprintf(`%s
;%s
(function (items) {
    function next(i) {
        if (i < items.length) {
            edgetestCall(items[i], function (text) { console.log(%q + text); next(i + 1); });
        }
    }
    next(0);
})(%s);
`, code, driver, mark, literal), err
}

func njsModule(c config) (string, error) {
	literal, err := parsed(c)
	return fmt.Sprintf("var create = %s;\nexport default create(%s);\n", cloudfront, literal), err
}

// parsed is an expression for a value that the engine's own JSON.parse builds.
func parsed(v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	literal, err := json.Marshal(string(text))
	return "JSON.parse(" + string(literal) + ")", err
}

func (e njsEngine) execute(script, module string) (stdout, stderr string, err error) {
	dir, err := os.MkdirTemp("", "edgetest")
	if err != nil {
		return "", "", err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "function.js")
	err = errors.Join(
		os.WriteFile(file, []byte(script), 0o600),
		os.WriteFile(filepath.Join(dir, "cloudfront"), []byte(module), 0o600),
	)
	if err != nil {
		return "", "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), batchTime)
	defer cancel()
	var out, errOut bytes.Buffer
	cmd := exec.CommandContext(ctx, e.path, "-p", dir, file)
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err = cmd.Run()
	if ctx.Err() != nil {
		err = fmt.Errorf("a function did not end within %v", batchTime)
	}
	return out.String(), errOut.String(), err
}
