package cfsim

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cfrouter/cfrouter/cfsim/internal/cfn"
)

// An origin is an origin of the distribution, or a group of them.
type origin struct {
	originConfig
	members  []*origin // of a group, else none
	failover []int     // status codes for which the second member of a group is asked

	byQuality bool // the member is to be chosen by media quality score

	resource *cfn.Resource // what answers, nil if it is not in the template
	name     string        // logical id of the resource, or the host
	label    string        // a name that reads well and means this origin alone
	names    []string      // all it may be called
	access   access

	hostHeader string // what an edge function wants the Host to be, "" for what it is

	api      *api              // the HTTP API, once its routes have been read
	attached http.RoundTripper // nil if nothing is attached
	external http.RoundTripper // the origin itself, if it may be asked
	closers  []func() error
}

func (d *Distribution) addOrigins() {
	for _, c := range d.config.Origins {
		d.origins = append(d.origins, d.newOrigin(c))
	}
	for _, c := range d.config.OriginGroups.Items {
		d.origins = append(d.origins, d.newGroup(c))
	}
	for _, o := range d.origins {
		o.label = d.labelOf(o)
	}
}

// labelOf is what labelOf says of what answers, or its logical id if another origin is
// called that too.
func (d *Distribution) labelOf(o *origin) string {
	if o.resource == nil {
		return o.name
	}
	label := labelOf(o.resource)
	for _, other := range d.origins {
		if other.name != o.name && slices.Contains(other.names, label) {
			return o.name
		}
	}
	return label
}

func (d *Distribution) newOrigin(c originConfig) *origin {
	o := &origin{originConfig: c, name: c.DomainName}
	o.names = []string{c.Id, c.DomainName}
	if o.resource = behind(d.app.cfn, d.app.cfn.ResourceOf(c.DomainName)); o.resource != nil {
		o.name = strings.Trim(d.app.cfn.Symbol(o.resource), "${}")
		o.names = append(namesOf(o.resource), o.names...)
		if entry := d.app.cfn.ResourceOf(c.DomainName); entry != o.resource {
			o.names = append(o.names, namesOf(entry)...)
		}
	}
	o.access = d.accessOf(o)
	if d.options.External && o.isExternal() {
		o.external = plainTransport{d.servers}
	}
	return o
}

// behind follows a function URL to the function it invokes, which is what answers
// and what a user knows by name. Aliases and versions stand for their function.
func behind(app *cfn.App, r *cfn.Resource) *cfn.Resource {
	next := map[string]string{
		"AWS::Lambda::Url":     "TargetFunctionArn",
		"AWS::Lambda::Alias":   "FunctionName",
		"AWS::Lambda::Version": "FunctionName",
	}
	for r != nil && next[r.Type] != "" {
		target, _ := r.Properties[next[r.Type]].(string)
		function := app.ResourceOf(target)
		if function == nil {
			return r
		}
		r = function
	}
	return r
}

func (d *Distribution) newGroup(c groupConfig) *origin {
	g := &origin{originConfig: originConfig{Id: c.Id}, name: c.Id, names: []string{c.Id}, byQuality: c.SelectionCriteria == "media-quality-score"}
	for _, code := range c.FailoverCriteria.StatusCodes.Items {
		g.failover = append(g.failover, int(code))
	}
	for _, m := range c.Members.Items {
		member := d.originByID(m.OriginId)
		if member == nil {
			d.problem("missing-origin", d.resource.ID, "the origin group %q has the member %q, and the distribution has no origin of that id; it has %s",
				c.Id, m.OriginId, quoted(d.originIDs()))
			continue
		}
		g.members = append(g.members, member)
	}
	if len(g.members) > 0 {
		g.name, g.resource = g.members[0].name, g.members[0].resource
	}
	return g
}

func (d *Distribution) originByID(id string) *origin {
	for _, o := range d.origins {
		if o.Id == id && (o.DomainName != "" || len(o.members) > 0) {
			return o
		}
	}
	return nil
}

func (d *Distribution) originIDs() []string {
	var ids []string
	for _, o := range d.origins {
		ids = append(ids, o.Id)
	}
	return ids
}

// selectable are the ids of the origins that a function can select. AWS speaks of
// origins, not of groups: for these, functions make their own.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/helper-functions-origin-modification.html)
func (d *Distribution) selectable() []string {
	ids := []string{}
	for _, o := range d.config.Origins {
		ids = append(ids, o.Id)
	}
	return ids
}

// isS3 reports whether the origin is a bucket's REST endpoint. It has an
// S3OriginConfig, empty with an origin access control.
func (o *origin) isS3() bool { return o.S3OriginConfig != nil }

// scheme is what the origin is asked by.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html#DownloadDistValuesOriginProtocolPolicy)
func (o *origin) scheme(viewer string) string {
	if o.CustomOriginConfig == nil {
		return viewer // S3 is asked as the viewer asked
	}
	switch o.CustomOriginConfig.OriginProtocolPolicy {
	case "http-only":
		return "http"
	case "https-only":
		return "https"
	}
	return viewer // match-viewer
}

// host is the domain name with the port, unless that is the protocol's own.
func (o *origin) host(scheme string) string {
	var port number
	if c := o.CustomOriginConfig; c != nil && scheme == "http" && c.HTTPPort != 80 {
		port = c.HTTPPort
	} else if c != nil && scheme == "https" && c.HTTPSPort != 443 {
		port = c.HTTPSPort
	}
	if port == 0 {
		return o.DomainName
	}
	return fmt.Sprintf("%s:%d", o.DomainName, int(port))
}

// isExternal reports whether the origin has a name that can be looked up.
func (o *origin) isExternal() bool { return o.resource == nil && !strings.Contains(o.DomainName, "${") }

func (o *origin) connectionTimeout() time.Duration { return seconds(o.ConnectionTimeout, 10) }

// attempts is how often a connection is tried.
func (o *origin) attempts() int {
	if o.ConnectionAttempts == 0 {
		return 3
	}
	return int(o.ConnectionAttempts)
}

// readTimeout is how long CloudFront waits for the first byte of an answer and
// from one packet to the next: 30 seconds unless a custom origin, or an edge function,
// says otherwise.
func (o *origin) readTimeout() time.Duration {
	timeout := o.originConfig.readTimeout
	if timeout == 0 && o.CustomOriginConfig != nil {
		timeout = o.CustomOriginConfig.OriginReadTimeout
	}
	return seconds(timeout, 30)
}

func seconds(n number, unless float64) time.Duration {
	if n == 0 {
		n = number(unless)
	}
	return time.Duration(float64(n) * float64(time.Second))
}

func (o *origin) onClose(f func() error) { o.closers = append(o.closers, f) }

func (o *origin) close() error {
	var err error
	for _, c := range slices.Backward(o.closers) {
		err = cmp.Or(err, c())
	}
	o.closers = nil
	return err
}

func quoted(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	var out []string
	for _, s := range list {
		out = append(out, fmt.Sprintf("%q", s))
	}
	return strings.Join(out, ", ")
}
