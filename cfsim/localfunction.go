package cfsim

import (
	"cmp"
	"debug/elf"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim/internal/cfn"
	"github.com/cfrouter/cfrouter/cfsim/internal/lambda"
	"github.com/cfrouter/cfrouter/cfsim/internal/nodejs"
)

// functionSettings are those of AWS::Lambda::Function that a local process heeds.
type functionSettings struct {
	name        string
	Code        struct{ ZipFile string }
	Environment struct{ Variables map[string]string }
	Handler     string
	MemorySize  number
	Runtime     string
	Timeout     number
}

func settingsOf(r *cfn.Resource) (functionSettings, error) {
	s := functionSettings{name: r.ID}
	if err := decode(r.Properties, &s); err != nil {
		return s, fmt.Errorf("cfsim: the function %s cannot be read: %w", r.ID, err)
	}
	return s, nil
}

// start runs a function with a command, from its first invocation on.
func (s functionSettings) start(command lambda.Command, log io.Writer) *lambda.Function {
	for _, name := range slices.Sorted(maps.Keys(s.Environment.Variables)) {
		command.Env = append(command.Env, name+"="+s.Environment.Variables[name])
	}
	return lambda.New(lambda.Options{
		Name: s.name, Command: command, Handler: s.Handler,
		Timeout: seconds(s.Timeout, 3), Memory: int(s.MemorySize), Log: log,
	})
}

// A localFunction is a function of the template that this machine can run as it is
// deployed: one for Node.js, or a program for this machine's kind of processor.
type localFunction struct {
	functionSettings
	dir string // of the code, "" if the template holds it
}

// localFunctionOf finds the code of a function. An error says why it cannot be run.
func (a *App) localFunctionOf(r *cfn.Resource) (*localFunction, error) {
	settings, err := settingsOf(r)
	if err != nil {
		return nil, err
	}
	l := &localFunction{functionSettings: settings}
	l.dir, _ = a.cfn.Asset(r)
	switch {
	case strings.HasPrefix(l.Runtime, "nodejs"):
		err = nodejs.Available()
	case strings.HasPrefix(l.Runtime, "provided"):
		err = l.checkProgram()
	default:
		err = fmt.Errorf("cfsim: its runtime is %s, and only nodejs and provided are run", cmp.Or(l.Runtime, "not stated"))
	}
	if err == nil && l.dir == "" && l.Code.ZipFile == "" {
		err = fmt.Errorf("cfsim: its code is neither in the template nor in the cloud assembly")
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}

func (l *localFunction) bootstrap() string { return filepath.Join(l.dir, "bootstrap") }

// checkProgram reports why a program cannot be run here.
func (l *localFunction) checkProgram() error {
	file, err := elf.Open(l.bootstrap())
	if err != nil {
		return fmt.Errorf("cfsim: its code has no program named bootstrap: %w", err)
	}
	defer file.Close()
	machines := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}
	if runtime.GOOS != "linux" || file.Machine != machines[runtime.GOARCH] {
		return fmt.Errorf("cfsim: its program is for linux and %s, and this is %s and %s", file.Machine, runtime.GOOS, runtime.GOARCH)
	}
	return nil
}

// open prepares the function for being invoked. close ends it.
func (l *localFunction) open(log io.Writer) (function *lambda.Function, close func() error, err error) {
	if strings.HasPrefix(l.Runtime, "provided") {
		function = l.start(lambda.Command{Args: []string{l.bootstrap()}, Dir: l.dir}, log)
		return function, function.Close, nil
	}
	dir, remove := l.dir, func() error { return nil }
	if dir == "" {
		if dir, remove, err = nodejs.Inline(l.Code.ZipFile); err != nil {
			return nil, nil, err
		}
	}
	command, clean, err := nodejs.Command(dir, l.Handler, l.Runtime)
	if err != nil {
		remove()
		return nil, nil, err
	}
	function = l.start(command, log)
	return function, func() error { return cmp.Or(function.Close(), clean(), remove()) }, nil
}
