package lambda

import (
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// command returns the process to start, for a runtime API at an address.
//
// It gets this process's environment, credentials included: it is the user's own
// code on the user's own machine, it needs PATH, HOME and GOCACHE, and what it
// calls in AWS it may call as the user. What Lambda defines comes on top.
// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime)
func (f *Function) command(address string) (*exec.Cmd, error) {
	o := f.options
	if len(o.Command.Args) == 0 {
		return nil, errors.New(`there is no command: set Command.Args to what runs the handler, such as "go", "run", "./example/api"`)
	}
	root, err := filepath.Abs(o.Command.Dir)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(o.Command.Args[0], o.Command.Args[1:]...)
	cmd.Dir = o.Command.Dir
	cmd.WaitDelay = time.Second // for output that something else holds open
	separate(cmd)

	// A Lambda function or an emulator that this process runs in is another one.
	cmd.Env = slices.DeleteFunc(cmd.Environ(), func(variable string) bool {
		return strings.HasPrefix(variable, "AWS_LAMBDA_") || strings.HasPrefix(variable, "_LAMBDA_")
	})
	// Lambda's default, which a function may change.
	cmd.Env = append(cmd.Env, "TZ=:UTC")
	cmd.Env = append(cmd.Env, o.Command.Env...)
	cmd.Env = append(cmd.Env,
		"AWS_REGION="+f.region,
		"AWS_DEFAULT_REGION="+f.region,
		"AWS_LAMBDA_FUNCTION_NAME="+o.Name,
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE="+strconv.Itoa(o.Memory),
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/"+o.Name,
		"AWS_LAMBDA_LOG_STREAM_NAME="+time.Now().UTC().Format("2006/01/02/")+"[$LATEST]"+strings.ReplaceAll(newUUID(), "-", ""),
		"AWS_LAMBDA_RUNTIME_API="+address,
		"LAMBDA_TASK_ROOT="+root,
		"_HANDLER="+o.Handler,
	)
	return cmd, nil
}

// lookup returns a variable's value, of several the last as everywhere.
func lookup(env []string, name string) string {
	for _, variable := range slices.Backward(env) {
		if value, found := strings.CutPrefix(variable, name+"="); found {
			return value
		}
	}
	return ""
}
