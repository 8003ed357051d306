package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain runs the tests or, in a process that a test started, the command or a
// Lambda handler.
func TestMain(m *testing.M) {
	if os.Getenv(handlerVariable) != "" {
		handle()
		return
	}
	testscript.Main(leakCheck{m}, map[string]func(){"cfrouter": main})
}

// leakCheck runs tests, and fails if they leave goroutines of this package.
type leakCheck struct{ *testing.M }

func (l leakCheck) Run() int {
	pause = 20 * time.Millisecond
	code := l.M.Run()
	if leaked := leakedGoroutines(); leaked != "" {
		fmt.Fprintf(os.Stderr, "goroutines are left:\n%s\n", leaked)
		return 1
	}
	return code
}

func leakedGoroutines() string {
	var leaked []string
	for range 100 {
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		leaked = slices.DeleteFunc(strings.Split(string(stacks), "\n\n"), func(stack string) bool {
			return !strings.Contains(stack, "/cfrouter.") && !strings.Contains(stack, "/cfsim") || strings.Contains(stack, "leakedGoroutines")
		})
		if len(leaked) == 0 {
			return ""
		}
		time.Sleep(50 * time.Millisecond)
	}
	return strings.Join(leaked, "\n\n")
}

// TestScripts runs testdata/script/*.txtar. They have the templates of cfsim in
// $FOREIGN, and "exits N COMMAND" for a command with an exit status.
func TestScripts(t *testing.T) {
	foreign, err := filepath.Abs("../../cfsim/testdata/foreign")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: func(e *testscript.Env) error {
			e.Setenv("FOREIGN", foreign)
			e.Setenv("TERM", "xterm")
			e.Setenv("NO_COLOR", "")
			e.Setenv("GORACE", "atexit_sleep_ms=0") // it waits a second at the end of each command
			return nil
		},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits N command [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}
