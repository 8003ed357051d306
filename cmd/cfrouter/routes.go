package main

import (
	"context"
	"flag"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim"
)

var routesCommand = command{
	name: "routes",
	help: routesHelp,
	flags: func(flags *flag.FlagSet, s *settings) {
		s.addDistributionFlag(flags)
	},
	run: runRoutes,
}

// A routeList is the table of one distribution.
type routeList struct {
	Distribution string        `json:"distribution"`
	Routes       []cfsim.Route `json:"routes"`
}

func runRoutes(_ context.Context, s *settings) (int, error) {
	app, err := s.load(cfsim.Options{})
	if err != nil {
		return failed, err
	}
	defer app.Close()
	lists, err := routeLists(app, s.distribution)
	if err != nil {
		return failed, err
	}
	if s.asJSON {
		return ok, s.printJSON(lists)
	}
	for i, list := range lists {
		if len(lists) > 1 {
			if i > 0 {
				s.println()
			}
			s.println(s.paint(bold, list.Distribution))
		}
		s.printTable(list.table())
	}
	return ok, nil
}

// routeLists are the tables of the distribution that is named, or of all.
func routeLists(app *cfsim.App, name string) (lists []routeList, err error) {
	distributions := app.Distributions()
	if name != "" {
		d, err := app.Distribution(name)
		if err != nil {
			return nil, err
		}
		distributions = []*cfsim.Distribution{d}
	}
	for _, d := range distributions {
		lists = append(lists, routeList{d.Name(), d.Routes()})
	}
	return lists, nil
}

func (l routeList) table() [][]string {
	rows := [][]string{{"BEHAVIOR", "ORIGIN", "CACHING", "METHODS", "AT THE EDGE", "VIEWERS"}}
	for _, r := range l.Routes {
		rows = append(rows, []string{r.Behavior, r.Origin + r.OriginPath, r.Caching, methods(r), edge(r), viewers(r)})
	}
	return rows
}

func methods(r cfsim.Route) string {
	if len(r.Methods) == 7 { // which is the most that CloudFront takes
		return "all"
	}
	return strings.Join(r.Methods, " ")
}

func edge(r cfsim.Route) string {
	var names []string
	for _, name := range []string{r.ViewerRequest, r.ViewerResponse} {
		if name != "" {
			names = append(names, name)
		}
	}
	for _, event := range r.LambdaEdge {
		names = append(names, "Lambda@Edge "+event)
	}
	return strings.Join(names, ", ")
}

func viewers(r cfsim.Route) string {
	if r.Signed {
		return r.Protocol + ", signed"
	}
	return r.Protocol
}
