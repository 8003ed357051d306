package cfrouter

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"

	"github.com/cfrouter/cfrouter/edgefn"
)

// CloudFront chooses a behavior by the path alone. Routes that are told apart at
// the edge, by host or by condition, therefore share behaviors, whose settings
// have to suit them all. What the edge can make up for is joined: methods,
// whether anything is cached, what an object store is sent. What it cannot must
// be equal.

// joint are the settings of a behavior.
type joint struct {
	wants            // of everything it serves
	answers bool     // some of its requests are answered by the edge
	hosts   bool     // hosts tell its routes apart
	viewer  []string // and so do these headers of CloudFront's about the viewer
}

// answered are the settings of a behavior all of whose requests are answered by the
// edge.
func answered() wants {
	return wants{
		options: &awscloudfront.AddBehaviorOptions{ViewerProtocolPolicy: awscloudfront.ViewerProtocolPolicy_REDIRECT_TO_HTTPS},
		methods: everyMethod,
	}
}

// look notes what the routes of a behavior are told apart by.
func (j *joint) look(r *route) {
	j.hosts = j.hosts || r.pattern.host != ""
	for _, c := range r.row.When {
		name := c.Name
		if c.Subject == edgefn.Country {
			name = edgefn.CountryHeader
		}
		// CloudFront adds these if a policy of the behavior names them.
		if (c.Subject == edgefn.Country || c.Subject == edgefn.Header && strings.HasPrefix(name, "cloudfront-")) && !slices.Contains(j.viewer, name) {
			j.viewer = append(j.viewer, name)
			slices.Sort(j.viewer)
		}
	}
}

// parts are what the Router puts into the cache key.
func (j *joint) parts() keyParts {
	return keyParts{forwards: j.forwardId != "", hosts: j.hosts, viewer: strings.Join(j.viewer, " ")}
}

// add makes the settings suit one more destination. If they cannot, the
// difference says why.
func (j *joint) add(w *wants) (difference string) {
	if j.options == nil {
		j.wants = *w
	}
	if j.print != w.print {
		return differingField(j.options, w.options)
	}
	if j.forwardId != "" && w.forwardId != "" && j.forwardId != w.forwardId {
		return "Behavior.OriginRequestPolicy"
	}
	if difference := j.addCaching(w); difference != "" {
		return difference
	}
	if j.forwardId == "" {
		j.forward, j.forwardId = w.forward, w.forwardId
	}
	j.allow(w.methods)
	if j.answers { // whatever their method
		j.allow(everyMethod)
	}
	return ""
}

func (j *joint) allow(methods string) {
	if methodSetSize(methods) > methodSetSize(j.methods) {
		j.methods = methods
	}
}

// addCaching joins one that is cached with one that is not: the edge gives each
// request of the latter a key of its own.
func (j *joint) addCaching(w *wants) (difference string) {
	switch {
	case !w.cached && !j.ownKey(), j.cachePrint == w.cachePrint:
	case !j.cached && !w.ownKey():
		j.cache, j.policy, j.cached, j.cachePrint = w.cache, w.policy, w.cached, w.cachePrint
	case j.ownKey() || w.ownKey():
		return "Behavior.CachePolicy"
	default:
		return "Cache"
	}
	return ""
}

// methodSetSize orders the sets of methods that CloudFront takes, each of which
// holds the one before it.
func methodSetSize(methods string) int { return len(strings.Fields(methods)) }

// differingField is the name of the first setting in which two behaviors differ.
func differingField(a, b *awscloudfront.AddBehaviorOptions) string {
	x, y := reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem()
	for i := range x.NumField() {
		if fingerprint(x.Field(i).Interface()) != fingerprint(y.Field(i).Interface()) {
			return "Behavior." + x.Type().Field(i).Name
		}
	}
	return "Behavior"
}

// place says what follows for a destination from being served with these
// settings.
func (j *joint) place(d *destination) {
	d.placed.unique = d.placed.unique || j.cached && !d.wants.cached
	d.placed.plain = d.placed.plain || d.wants.store && d.wants.forwardId == "" && j.forwardId != ""
	d.placed.forwards = d.placed.forwards || j.hosts || j.forwardId != ""
	if methodSetSize(j.methods) > methodSetSize(d.wants.methods) {
		d.placed.methods = d.wants.methods
	}
}

// notTogether is the message about routes that cannot share a behavior.
func notTogether(path string, a, b *route, difference string) string {
	remedy := "give both the same, put one of them under another path, or use a second Router on another domain name"
	if b.pattern.host == "" {
		a, b = b, a
	}
	if a.pattern.host == "" && b.pattern.host != "" {
		remedy = fmt.Sprintf("set EveryHost of %q if it is to be tried on that host as well, ", a.pattern) + remedy
	}
	return fmt.Sprintf("patterns %q and %q are both served by the behavior %q, which CloudFront chooses by the path alone, and differ in %s: %s", a.pattern, b.pattern, path, difference, remedy)
}
