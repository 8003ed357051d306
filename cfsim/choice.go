package cfsim

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim/internal/edgejs"
)

// chooseOrigin is the origin of the behavior, or the one that an edge function
// chose in its place.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/helper-functions-origin-modification.html)
func (x *exchange) chooseOrigin() (*origin, *answer) {
	change := x.choice
	if change == nil && x.behavior.origin != nil {
		return x.behavior.origin, nil
	}
	switch {
	case change == nil:
		return nil, x.refuse("origin", http.StatusBadGateway, fmt.Sprintf("the behavior %s names the origin %q, which the distribution does not have", x.behavior.pattern, x.behavior.TargetOriginId))
	case change.Select != nil:
		return x.selected(*change.Select)
	case change.Group != nil:
		return x.grouped(change.Group)
	}
	return x.updated(change.Update)
}

func (x *exchange) selected(s edgejs.OriginSelection) (*origin, *answer) {
	o := x.d.originByID(s.ID)
	if o == nil { // the engine has compared the id with those there are
		return nil, x.refuse("origin", http.StatusBadGateway, fmt.Sprintf("the function selected the origin %q, which the distribution does not have", s.ID))
	}
	x.trace.step("origin", "the function selected %s", s.ID)
	return overridden(o, s.OriginOverrides), nil
}

func (x *exchange) grouped(g *edgejs.OriginGroup) (*origin, *answer) {
	group := &origin{originConfig: originConfig{Id: "made by the function"}, failover: g.StatusCodes}
	if g.SelectionCriteria == "media-quality-score" {
		x.trace.notSimulated("origin", "selection by media quality score: the first of the group is asked")
	}
	for _, s := range g.Origins {
		member, refused := x.selected(s)
		if refused != nil {
			return nil, refused
		}
		group.members = append(group.members, member)
	}
	return group, nil
}

func overridden(o *origin, over edgejs.OriginOverrides) *origin {
	if over.HostHeader == nil {
		return o
	}
	changed := *o
	changed.hostHeader = *over.HostHeader
	return &changed
}

// updated is the origin of the behavior with what a function changed of it. It
// cannot be a VPC origin; of a group the first member is changed.
func (x *exchange) updated(u *edgejs.OriginUpdate) (*origin, *answer) {
	base := single(x.behavior.origin)
	switch {
	case base == nil:
		base = &origin{originConfig: originConfig{Id: x.behavior.TargetOriginId}}
	case base.VpcOriginConfig != nil:
		return nil, x.refuse("origin", http.StatusBadGateway, fmt.Sprintf("the origin %s is a VPC origin, which updateRequestOrigin cannot change: use selectRequestOriginById", base.Id))
	}
	config := base.originConfig
	config.update(u)
	o := overridden(base, u.OriginOverrides)
	if u.DomainName != nil && *u.DomainName != base.DomainName {
		o = x.d.atDomain(config)
	} else {
		changed := *o
		changed.originConfig = config
		o = &changed
	}
	if control := u.OriginAccessControl; control != nil {
		o.access.signs = control.Enabled && control.SigningBehavior != "never"
		o.access.override = control.SigningBehavior != "no-override"
	}
	x.trace.step("origin", "the function changed %s to %s%s", base.Id, o.DomainName, o.OriginPath)
	if u.DomainName != nil { // the Host too, whatever the policies say
		o.hostHeader = *u.DomainName
	}
	o = overridden(o, u.OriginOverrides)
	if g := x.behavior.origin; g != nil && len(g.members) > 0 {
		changed := *g
		changed.members = append([]*origin{o}, g.members[1:]...)
		o = &changed
	}
	return o, nil
}

func (c *originConfig) update(u *edgejs.OriginUpdate) {
	if u.DomainName != nil {
		c.DomainName = *u.DomainName
	}
	if u.OriginPath != nil {
		c.OriginPath = strings.TrimSuffix(*u.OriginPath, "/")
	}
	if u.CustomHeaders != nil {
		c.OriginCustomHeaders = nil
		for name, value := range u.CustomHeaders {
			c.OriginCustomHeaders = append(c.OriginCustomHeaders, customHeader{name, value})
		}
	}
	if u.ConnectionAttempts != nil {
		c.ConnectionAttempts = number(*u.ConnectionAttempts)
	}
	if t := u.Timeouts; t != nil {
		set(&c.ConnectionTimeout, t.Connection)
		set(&c.readTimeout, t.Read)
		set(&c.ResponseCompletionTimeout, t.ResponseCompletion)
	}
	custom := customOrigin{OriginProtocolPolicy: "match-viewer"}
	if c.CustomOriginConfig != nil {
		custom = *c.CustomOriginConfig
	}
	if o := u.CustomOrigin; o != nil {
		custom.OriginProtocolPolicy = o.Protocol + "-only"
		custom.HTTPPort, custom.HTTPSPort = number(o.Port), number(o.Port)
		c.S3OriginConfig = nil
	}
	if c.S3OriginConfig == nil {
		c.CustomOriginConfig = &custom
	}
}

func set(setting *number, to *int) {
	if to != nil {
		*setting = number(*to)
	}
}

// atDomain is an origin at another domain than any in the template has, or at that
// of one there, whose stand-in it shares.
func (d *Distribution) atDomain(c originConfig) *origin {
	o := d.newOrigin(c)
	for _, other := range d.origins {
		if other.DomainName == c.DomainName {
			o.attached, o.external = other.attached, other.external
		}
	}
	return o
}
