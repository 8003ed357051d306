package cfrouter

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// The host of a pattern is the name of a host, or "*." and a name for every host
// one or more labels under it. A domain name of the distribution means the same:
// as an alternate domain name, "*.example.com" takes www.example.com and
// a.www.example.com too. That it takes example.com is not stated, so that has to
// be named by itself. The wildcard of a certificate stands for one label only.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/alternate-domain-names-wildcard.html)

// parseHost reads the host that a pattern begins with; "" if it has none. The
// names are the domain names of the Router.
func parseHost(text string, names []string) (string, error) {
	if strings.HasPrefix(text, "/") {
		return "", nil
	}
	if err := checkHostForm(text); err != nil {
		return "", err
	}
	host, _, _ := strings.Cut(text, "/")
	return host, checkHost(text, host, names)
}

// checkHostForm refuses a pattern that does not begin with a slash and cannot
// begin with a host either.
func checkHostForm(text string) error {
	scheme, rest, schemed := strings.Cut(text, "://")
	host, path, slashed := strings.Cut(text, "/")
	name, port, colon := strings.Cut(host, ":")
	switch {
	case schemed && !strings.Contains(scheme, "/"):
		host, path, _ = strings.Cut(rest, "/")
		return fmt.Errorf("pattern %q is a URL, and a pattern is a path that may have a host in front: write %q, or %q for that host alone", text, "/"+path, host+"/"+path)
	case hasAddress(host):
		return fmt.Errorf("pattern %q has the IP address %q for a host, and hosts are told apart by name: write a domain name of the Router instead, or %q for all of them", text, host, "/"+path)
	case !strings.Contains(name, "."), !slashed && !strings.Contains(strings.TrimPrefix(name, "*."), "."): // api/users, *.jpg
		return fmt.Errorf("pattern %q does not begin with a slash: write %q", text, "/"+text)
	case colon && strings.Trim(port, "0123456789") == "":
		return fmt.Errorf("pattern %q has a port, and a route is chosen by the name of the host alone: write %q", text, name+"/"+path)
	case !slashed:
		return fmt.Errorf("pattern %q has no slash: write %q for every path of that host, or %q if it is a path", text, text+"/", "/"+text)
	}
	return nil
}

// hasAddress reports whether a host is an IP address, with or without a port.
func hasAddress(host string) bool {
	_, err := netip.ParseAddrPort(host)
	return err == nil || isAddress(strings.Trim(host, "[]"))
}

// checkHost refuses a host that is malformed or that no request can be for.
func checkHost(text, host string, names []string) error {
	lower, err := strings.ToLower(host), validHost(host)
	switch {
	case lower != host && validHost(lower) == nil:
		return fmt.Errorf("pattern %q has upper-case letters in its host, and CloudFront takes domain names in lower case: write %q, or %q if it is a path", text, lower+text[len(host):], "/"+text)
	case err != nil:
		return fmt.Errorf("pattern %q has the host %q, which %w: write one such as \"admin.example.com\" or \"*.example.com\", or %q if it is a path", text, host, err, "/"+text)
	case len(names) == 0:
		return fmt.Errorf("pattern %q has the host %q, and the Router has no domain names: set RouterProps.DomainNames, as the distribution's own name under cloudfront.net is not known at synthesis, or write %q if it is a path", text, host, "/"+text)
	case !slices.ContainsFunc(names, func(name string) bool { return within(host, name) || within(name, host) }):
		return fmt.Errorf("pattern %q has the host %q, which the Router's domain names %q do not cover: add it to DomainNames, or write %q if it is a path", text, host, names, "/"+text)
	}
	return nil
}

func validHost(host string) error {
	name, wildcard := strings.CutPrefix(host, "*.")
	switch {
	case strings.ContainsAny(name, "*?"):
		return errors.New(`has a wildcard that is not "*." at the beginning`)
	case wildcard && !strings.Contains(name, "."):
		return errors.New(`has no dot after "*."`)
	}
	return validName(name)
}

// within reports whether every host that the first stands for is one of the
// second's; neither is empty.
func within(host, other string) bool {
	suffix, wildcard := strings.CutPrefix(other, "*")
	return host == other || wildcard && strings.HasSuffix(host, suffix) && len(host) > len(suffix)
}

// hostMatches reports whether requests for a host are the pattern's, as far as
// the host goes. It is in lower case and without a port. For "*.example.com" it
// is whether those for every host under example.com are.
func (p pattern) hostMatches(host string) bool {
	return p.host == "" || within(host, p.host)
}

// compareHosts puts a host that is spelled out before a wildcard, and either
// before none. Of two wildcards that one request can be for, one is within the
// other and is therefore the longer.
func compareHosts(a, b string) int {
	return cmp.Or(
		cmp.Compare(hostRank(a), hostRank(b)),
		-cmp.Compare(len(a), len(b)),
		cmp.Compare(a, b),
	)
}

func hostRank(host string) int {
	switch {
	case host == "":
		return 2
	case host[0] == '*':
		return 1
	}
	return 0
}
