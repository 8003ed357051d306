// Package nodejs runs Lambda handlers that are written for Node.js, with the node
// of this machine and a runtime client of its own:
//
//	dir, remove, err := nodejs.Inline(zipFile)
//	...
//	defer remove()
//	command, clean, err := nodejs.Command(dir, "index.handler", "nodejs22.x")
//	...
//	defer clean()
//	gate := lambda.New(lambda.Options{Name: "Gate", Command: command, Handler: "index.handler", Log: os.Stderr})
//	defer gate.Close()
//
// Handlers are loaded as Lambda loads them: CommonJS and ES modules, async, with a
// callback, or streaming their response with awslambda.streamifyResponse. What
// they print comes as it is, without Lambda's time stamps and request ids.
//
// # Not simulated
//
// The version is that of the node there is, whatever the function's runtime;
// only the rules that differ between runtimes follow the latter. The AWS SDK,
// which Lambda brings, has to be installed in the folder of the code. Layers are
// missing, and so is the freezing of the process between invocations.
package nodejs

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cfrouter/cfrouter/cfsim/internal/lambda"
)

//go:embed js
var client embed.FS

// oldest is the first version that has all the client uses.
const oldest = 18

// Available reports why handlers cannot be run here, and nil if they can.
func Available() error {
	_, err := find()
	return err
}

// Command returns the command that runs a handler, such as "src/app.handler", with
// the code in a folder. The runtime is the function's, such as "nodejs22.x"; "" is
// the one of node's own version. When no process runs any more, clean removes what
// was put into a temporary folder.
func Command(dir, handler, runtime string) (command lambda.Command, clean func() error, err error) {
	n, err := find()
	if err != nil {
		return command, nil, err
	}
	version, err := n.version(runtime)
	if err != nil {
		return command, nil, err
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return command, nil, fmt.Errorf("cfsim: the code of the handler %q is to be in %s, which is no folder", handler, dir)
	}
	temporary, clean, err := unpack()
	if err != nil {
		return command, nil, err
	}
	args := append([]string{n.path}, n.flags(version)...)
	return lambda.Command{
		Args: append(args, filepath.Join(temporary, "js", "runtime.mjs"), handler),
		Dir:  dir,
		Env:  []string{fmt.Sprintf("AWS_EXECUTION_ENV=AWS_Lambda_nodejs%d.x", version)},
	}, clean, nil
}

// Inline puts code that a template holds into a folder, as CloudFormation does:
// into index.js, whose handlers are called index.something. remove takes the
// folder away.
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html)
func Inline(code string) (dir string, remove func() error, err error) {
	return temporary("cfsim-inline-", func(dir string) error {
		return os.WriteFile(filepath.Join(dir, "index.js"), []byte(code), 0o600)
	})
}

func unpack() (dir string, remove func() error, err error) {
	return temporary("cfsim-nodejs-", func(dir string) error { return os.CopyFS(dir, client) })
}

// temporary makes a folder and fills it.
func temporary(name string, fill func(dir string) error) (dir string, remove func() error, err error) {
	dir, err = os.MkdirTemp("", name)
	if err != nil {
		return "", nil, fmt.Errorf("cfsim: there is no place for the code of a function: %w", err)
	}
	if err := fill(dir); err != nil {
		return "", nil, errors.Join(fmt.Errorf("cfsim: the code of a function cannot be written: %w", err), os.RemoveAll(dir))
	}
	return dir, func() error { return os.RemoveAll(dir) }, nil
}

// A node is the program.
type node struct {
	path  string
	major int
	knows []string // of the features that Lambda turns off
}

// probe prints the version, and which features there are to turn off.
const probe = `JSON.stringify({
	version: process.versions.node,
	knows: ['require-module', 'detect-module'].filter((f) => process.allowedNodeEnvironmentFlags.has('--experimental-' + f)),
})`

// probed are the nodes that were found, by their paths: to ask one for its version
// takes longer than many a handler.
var probed sync.Map

func find() (*node, error) {
	path, err := exec.LookPath("node")
	if err != nil {
		return nil, fmt.Errorf("cfsim: Lambda functions in Node.js are run with node, which is not there: %w; %s", err, install)
	}
	if n, ok := probed.Load(path); ok {
		return n.(*node), nil
	}
	n, err := ask(path)
	if err == nil {
		probed.Store(path, n)
	}
	return n, err
}

var install = fmt.Sprintf("install Node.js %d or newer (https://nodejs.org)", oldest)

func ask(path string) (*node, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "-p", probe).Output()
	if err != nil {
		return nil, fmt.Errorf("cfsim: %s does not run: %w%s", path, err, stderr(err))
	}
	var found struct {
		Version string
		Knows   []string
	}
	if err := json.Unmarshal(out, &found); err != nil {
		return nil, fmt.Errorf("cfsim: %s is no Node.js: asked for its version, it printed %q; %s", path, out, install)
	}
	major, _, _ := strings.Cut(found.Version, ".")
	n := &node{path: path, knows: found.Knows}
	if n.major, err = strconv.Atoi(major); err != nil || n.major < oldest {
		return nil, fmt.Errorf("cfsim: %s is Node.js %s, which is too old for Lambda functions: %s", path, found.Version, install)
	}
	return n, nil
}

func stderr(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		return "\n" + strings.TrimSpace(string(exit.Stderr))
	}
	return ""
}

var runtimeName = regexp.MustCompile(`^nodejs(\d+)\.x$`)

func (n *node) version(runtime string) (int, error) {
	if runtime == "" {
		return n.major, nil
	}
	match := runtimeName.FindStringSubmatch(runtime)
	if match == nil {
		return 0, fmt.Errorf("cfsim: the runtime %q is not run here; those of Node.js are, such as nodejs22.x", runtime)
	}
	return strconv.Atoi(match[1])
}

// flags turn off what Lambda turns off before nodejs24.x: require of ES modules,
// and taking a file for one by its syntax.
// (https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html)
func (n *node) flags(version int) []string {
	var flags []string
	if version < 24 {
		for _, feature := range n.knows {
			flags = append(flags, "--no-experimental-"+feature)
		}
	}
	return flags
}
