package main

import (
	"context"
	"flag"
	"fmt"

	"github.com/cfrouter/cfrouter/cfsim"
)

var checkCommand = command{
	name: "check",
	help: checkHelp,
	flags: func(flags *flag.FlagSet, s *settings) {
		s.addStoreFlag(flags)
	},
	run: runCheck,
}

func runCheck(_ context.Context, s *settings) (int, error) {
	app, err := s.load(cfsim.Options{})
	if err != nil {
		return failed, err
	}
	defer app.Close()
	found := app.Check()
	status := ok
	if len(found) > 0 {
		status = findings
	}
	if s.asJSON {
		return status, s.printJSON(append([]cfsim.Finding{}, found...)) // [] rather than null
	}
	s.printFindings(found)
	s.println(summary(found, app))
	return status, nil
}

func (s *settings) printFindings(found []cfsim.Finding) {
	for _, f := range found {
		severity := s.paint(red, string(f.Severity))
		if f.Severity == cfsim.Warning {
			severity = s.paint(yellow, string(f.Severity))
		}
		s.println(fmt.Sprintf("%s: %s: %s %s", severity, s.paint(bold, f.Resource), f.Message, s.paint(dim, "("+f.Rule+")")))
	}
}

func summary(found []cfsim.Finding, app *cfsim.App) string {
	counts := map[cfsim.Severity]int{}
	for _, f := range found {
		counts[f.Severity]++
	}
	behaviors := 0
	for _, d := range app.Distributions() {
		behaviors += len(d.Routes())
	}
	return fmt.Sprintf("%s and %s in %s with %s",
		count(counts[cfsim.Error], "error"), count(counts[cfsim.Warning], "warning"),
		count(len(app.Distributions()), "distribution"), count(behaviors, "behavior"))
}

func count(n int, what string) string {
	switch n {
	case 0:
		return "no " + what + "s"
	case 1:
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
