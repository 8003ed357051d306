package cfsim

import (
	"net/http"

	"github.com/cfrouter/cfrouter/cfsim/internal/cfn"
)

// AttachAssets attaches what the cloud assembly holds itself: to buckets the
// content that the template deploys into them, to function URLs and HTTP APIs the
// functions with their own code, if this machine can run it (Node.js where node is
// installed, and programs for its kind of processor). Origins that have something
// attached keep it. It returns the names of those that have it now.
func (d *Distribution) AttachAssets() ([]string, error) {
	var attached []string
	for _, o := range d.origins {
		if o.attached != nil || o.resource == nil {
			continue
		}
		transport, err := d.asset(o)
		if err != nil {
			return attached, err
		}
		if transport != nil {
			o.attached = transport
			attached = append(attached, o.name)
		}
	}
	return attached, nil
}

// asset is what the cloud assembly has for an origin, nil if that is nothing.
func (d *Distribution) asset(o *origin) (http.RoundTripper, error) {
	switch o.resource.Type {
	case "AWS::S3::Bucket":
		files, err := d.deployed(o)
		if err != nil || len(files) == 0 {
			return nil, err
		}
		return d.bucket(o, files)
	case "AWS::Lambda::Function", "AWS::ApiGatewayV2::Api":
		if d.runsHere(o) {
			return d.functionOrigin(o, asDeployed)
		}
	}
	return nil, nil
}

// runsHere reports whether this machine can run all functions behind an origin.
func (d *Distribution) runsHere(o *origin) bool {
	functions := []*cfn.Resource{o.resource}
	if o.resource.Type == "AWS::ApiGatewayV2::Api" {
		a, err := d.apiOf(o)
		if err != nil {
			return false
		}
		functions = a.functions()
	}
	for _, r := range functions {
		if _, err := d.app.localFunctionOf(r); err != nil {
			return false
		}
	}
	return len(functions) > 0
}
