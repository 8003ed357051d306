package cfsim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim/internal/cfn"
	"github.com/cfrouter/cfrouter/cfsim/internal/lambda"
)

// A starter runs a function of the template in some way. close ends it.
type starter func(*Distribution, *cfn.Resource) (function *lambda.Function, close func() error, err error)

// byCommand runs a function with a command of the user's.
func byCommand(dir string, args []string) starter {
	return func(d *Distribution, r *cfn.Resource) (*lambda.Function, func() error, error) {
		settings, err := settingsOf(r)
		if err != nil {
			return nil, nil, err
		}
		function := settings.start(lambda.Command{Args: args, Dir: dir}, d.options.Log)
		return function, function.Close, nil
	}
}

// asDeployed runs a function with its own code.
func asDeployed(d *Distribution, r *cfn.Resource) (*lambda.Function, func() error, error) {
	local, err := d.app.localFunctionOf(r)
	if err != nil {
		return nil, nil, err
	}
	return local.open(d.options.Log)
}

// functionOrigin puts a function behind an origin: a function URL, or an HTTP API
// all of whose routes it answers.
func (d *Distribution) functionOrigin(o *origin, start starter) (http.RoundTripper, error) {
	entry := d.app.cfn.ResourceOf(o.DomainName)
	switch {
	case entry != nil && entry.Type == "AWS::Lambda::Url":
		function, end, err := start(d, o.resource)
		if err != nil {
			return nil, err
		}
		o.onClose(end)
		return handlerTransport{&lambda.URL{
			Function: function, Domain: o.DomainName,
			Stream: entry.Properties["InvokeMode"] == "RESPONSE_STREAM",
			Public: entry.Properties["AuthType"] == "NONE",
		}}, nil
	case entry != nil && entry.Type == "AWS::ApiGatewayV2::Api":
		api, err := d.apiOf(o)
		if err != nil {
			return nil, err
		}
		for _, integration := range api.functions() {
			if err := api.attach(d, integration, start); err != nil {
				return nil, err
			}
		}
		return handlerTransport{api.handler()}, nil
	}
	return nil, fmt.Errorf("cfsim: the origin %s is neither a function URL nor an HTTP API, so no Lambda function can be behind it", o.name)
}

// An api is an HTTP API of the template with the functions that its routes invoke.
type api struct {
	origin    *origin
	routes    []apiRoute
	attached  map[*cfn.Resource]*lambda.Function
	stage     string
	cors      bool
	authorize bool
}

type apiRoute struct {
	key      string        // such as "GET /items/{id}" or "$default"
	function *cfn.Resource // nil if the route does not invoke a function of the template
	format   string        // of the payload
}

// apiOf reads the routes of an HTTP API.
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html)
func (d *Distribution) apiOf(o *origin) (*api, error) {
	if o.api != nil {
		return o.api, nil
	}
	a := &api{origin: o, attached: map[*cfn.Resource]*lambda.Function{}, stage: "$default"}
	if o.OriginPath != "" {
		a.stage = strings.Trim(o.OriginPath, "/")
	}
	_, a.cors = o.resource.Properties["CorsConfiguration"]
	for _, r := range d.app.cfn.Resources("AWS::ApiGatewayV2::Route") {
		var p struct{ ApiId, AuthorizationType, RouteKey, Target string }
		if err := decode(r.Properties, &p); err != nil {
			return nil, fmt.Errorf("cfsim: the route %s cannot be read: %w", r.ID, err)
		}
		if d.app.cfn.ResourceOf(p.ApiId, o.resource.Type) != o.resource {
			continue
		}
		a.authorize = a.authorize || p.AuthorizationType != "" && p.AuthorizationType != "NONE"
		route := apiRoute{key: p.RouteKey}
		if integration := d.app.cfn.ResourceOf(p.Target, "AWS::ApiGatewayV2::Integration"); integration != nil {
			uri, _ := integration.Properties["IntegrationUri"].(string)
			route.function = behind(d.app.cfn, d.app.cfn.ResourceOf(uri))
			route.format, _ = integration.Properties["PayloadFormatVersion"].(string)
		}
		a.routes = append(a.routes, route)
	}
	o.api = a
	return a, nil
}

// functions are the functions that the routes invoke.
func (a *api) functions() []*cfn.Resource {
	var found []*cfn.Resource
	for _, r := range a.routes {
		if r.function != nil && r.function.Type == "AWS::Lambda::Function" && !slices.Contains(found, r.function) {
			found = append(found, r.function)
		}
	}
	return found
}

func (a *api) attach(d *Distribution, r *cfn.Resource, start starter) error {
	function, end, err := start(d, r)
	if err != nil {
		return err
	}
	a.origin.onClose(end)
	a.attached[r] = function
	return nil
}

// handler answers as the API does, as far as functions are attached.
func (a *api) handler() http.Handler {
	h := &lambda.API{Stage: a.stage, Domain: a.origin.DomainName}
	for _, r := range a.routes {
		h.Routes = append(h.Routes, lambda.Route{RouteKey: r.key, Function: a.functionOf(r), PayloadFormat: r.format})
	}
	return h
}

// functionOf is the function of a route. One that nothing runs answers with an
// error that says so.
func (a *api) functionOf(r apiRoute) *lambda.Function {
	if f := a.attached[r.function]; f != nil {
		return f
	}
	name := "route " + r.key
	if r.function != nil {
		name = r.function.ID
	}
	return lambda.New(lambda.Options{Name: name})
}

// apisOf are the origins that are HTTP APIs with a function of that name behind
// a route.
func (d *Distribution) apisOf(name string) []*origin {
	var found []*origin
	for _, o := range d.httpAPIs() {
		a, err := d.apiOf(o)
		if err == nil && slices.ContainsFunc(a.functions(), func(r *cfn.Resource) bool { return named(namesOf(r), name) }) {
			found = append(found, o)
		}
	}
	return found
}

func (d *Distribution) httpAPIs() []*origin {
	var found []*origin
	for _, o := range d.origins {
		if o.resource != nil && o.resource.Type == "AWS::ApiGatewayV2::Api" && o.resource.Properties["ProtocolType"] == "HTTP" {
			found = append(found, o)
		}
	}
	return found
}

// integrated are the names of functions behind HTTP APIs.
func (d *Distribution) integrated() []string {
	var names []string
	for _, o := range d.httpAPIs() {
		if a, err := d.apiOf(o); err == nil {
			for _, r := range a.functions() {
				names = append(names, namesOf(r)[1])
			}
		}
	}
	return names
}

func (d *Distribution) attachToAPIs(apis []*origin, name string, with Origin) error {
	for _, o := range apis {
		a, err := d.apiOf(o)
		if err != nil {
			return err
		}
		for _, r := range a.functions() {
			if !named(namesOf(r), name) {
				continue
			}
			if err := a.attach(d, r, with.start); err != nil {
				return err
			}
		}
		o.attached = handlerTransport{a.handler()}
	}
	return nil
}
