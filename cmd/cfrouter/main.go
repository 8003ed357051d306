// Command cfrouter runs the CloudFront distribution of a CloudFormation template
// before it is deployed: it lists its routes, explains what becomes of a url,
// looks for faults, and serves it on a local port. The template can be made by
// this library, by any other, or by hand.
//
// `cfrouter help` says more.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
)

// Exit statuses.
const (
	ok       = 0
	findings = 1
	failed   = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // so that a second signal ends what the first did not
	os.Exit(run(ctx, os.Args[1:], newConsole(os.Stdin, os.Stdout, os.Stderr)))
}

// A command is one of the subcommands.
type command struct {
	name  string
	help  string
	flags func(*flag.FlagSet, *settings)
	run   func(context.Context, *settings) (status int, err error)

	takesURLs bool // after the template
}

var commands = []command{routesCommand, explainCommand, checkCommand, serveCommand}

func find(name string) (command, error) {
	var names []string
	for _, c := range commands {
		if c.name == name {
			return c, nil
		}
		names = append(names, c.name)
	}
	if strings.HasPrefix(name, "-") {
		return command{}, fmt.Errorf("%q comes before the command: write cfrouter COMMAND %s", name, name)
	}
	return command{}, fmt.Errorf("there is no command %q: %s", name, instead(name, names))
}

func run(ctx context.Context, args []string, c *console) int {
	if len(args) == 0 {
		fmt.Fprint(c.stderr, usage)
		return failed
	}
	status, err := dispatch(ctx, args[0], args[1:], c)
	if err == nil {
		return status
	}
	c.complain(err)
	if misuse := (*misuse)(nil); errors.As(err, &misuse) {
		fmt.Fprintf(c.stderr, "%q says more.\n", misuse.help)
	}
	return failed
}

func dispatch(ctx context.Context, name string, args []string, c *console) (int, error) {
	switch name {
	case "-h", "-help", "--help", "help":
		return ok, help(args, c)
	case "version", "-version", "--version":
		fmt.Fprintln(c.stdout, "cfrouter", version())
		return ok, nil
	}
	command, err := find(name)
	if err != nil {
		return failed, &misuse{err, "cfrouter help"}
	}
	s, err := parse(command, args, c)
	if errors.Is(err, flag.ErrHelp) {
		return ok, help([]string{name}, c)
	}
	if err != nil {
		return failed, err
	}
	return command.run(ctx, s)
}

// help prints how a command is used, or all.
func help(args []string, c *console) error {
	if len(args) == 0 {
		fmt.Fprint(c.stdout, usage)
		return nil
	}
	command, err := find(args[0])
	if err != nil {
		return &misuse{err, "cfrouter help"}
	}
	fmt.Fprint(c.stdout, command.help)
	return nil
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "of unknown version"
}

// A misuse is an error in how the command was called. help is what says more.
type misuse struct {
	error
	help string
}

func (m *misuse) Unwrap() error { return m.error }
