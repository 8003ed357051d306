package edgelambda

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim/internal/restrictions"
)

// An originReader reads the properties of an origin, one after the other until one
// is wrong. What a function left as it was is right, whatever it is. That all
// properties have to be there is unstated; in AWS's examples they are.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html#request-event-fields-request)
type originReader struct {
	event *Event
	sent  headers // of the request
	err   error

	object
	own map[string]any // of the event's origin, if it is of the same kind
}

func (r *originReader) open(origin object, kind string) {
	r.object, r.err = origin.object(kind)
	text, _ := json.Marshal(r.event.Request.Origin.json())
	var own map[string]map[string]any
	_ = json.Unmarshal(text, &own)
	r.own = own[kind]
}

func (r *originReader) unchanged(key string) bool {
	var is any
	was, ok := r.own[key]
	return ok && json.Unmarshal(r.fields[key], &is) == nil && reflect.DeepEqual(was, is)
}

func (r *originReader) check(ok bool, key, want string) {
	if r.err == nil && !ok && !r.unchanged(key) {
		r.err = fmt.Errorf("%s is %s, want %s", r.at(key), show(r.fields[key]), want)
	}
}

func (r *originReader) string(key string) string {
	var s string
	if r.err == nil {
		s, r.err = r.text(key)
	}
	return s
}

func (r *originReader) int(key string) int {
	var n int
	if r.err == nil {
		r.err = r.get(key, "a whole number", &n)
	}
	return n
}

func (r *originReader) custom(origin object) (*CustomOrigin, error) {
	r.open(origin, "custom")
	c := &CustomOrigin{DomainName: r.domain(253), Path: r.path(), Port: r.int("port"), Protocol: r.string("protocol")}
	r.check(!strings.Contains(c.DomainName, ":") && net.ParseIP(c.DomainName) == nil, "domainName", "a domain name, no address and no port")
	r.check(len(c.Path) <= 255, "path", "up to 255 characters")
	r.check(c.Port == 80 || c.Port == 443 || c.Port >= 1024 && c.Port <= 65535, "port", "80, 443 or 1024 to 65535")
	r.check(c.Protocol == "http" || c.Protocol == "https", "protocol", `"http" or "https"`)
	c.SSLProtocols = r.protocols()
	c.ReadTimeout = r.seconds("readTimeout", 4)
	c.KeepaliveTimeout = r.seconds("keepaliveTimeout", 1)
	c.CustomHeaders = r.customHeaders()
	return c, r.err
}

func (r *originReader) s3(origin object) (*S3Origin, error) {
	r.open(origin, "s3")
	s := &S3Origin{DomainName: r.domain(128), Path: r.path(), AuthMethod: r.string("authMethod")}
	r.check(s.DomainName == strings.ToLower(s.DomainName), "domainName", "lower case")
	identity := s.AuthMethod == "origin-access-identity"
	r.check(identity || s.AuthMethod == "none", "authMethod", `"origin-access-identity" or "none"`)
	r.check(!identity || r.own != nil, "authMethod", `"none", as a request that was for a custom origin cannot use an origin access identity`)
	if identity || r.has("region") {
		s.Region = r.string("region")
	}
	r.check(!identity || s.Region != "", "region", "the bucket's region, which an origin access identity needs")
	s.CustomHeaders = r.customHeaders()
	return s, r.err
}

func (r *originReader) domain(most int) string {
	domain := r.string("domainName")
	r.check(domain != "" && len(domain) <= most, "domainName", fmt.Sprintf("a domain name of 1 to %d characters", most))
	r.check(!strings.ContainsFunc(domain, notHost), "domainName", "a domain name alone, without a scheme and a path")
	return domain
}

// notHost reports a character that would end the host of a url.
func notHost(c rune) bool { return c <= ' ' || c == 0x7f || strings.ContainsRune(`/?#@\`, c) }

func (r *originReader) path() string {
	path := r.string("path")
	r.check(path == "" || strings.HasPrefix(path, "/") && !strings.HasSuffix(path, "/"), "path", `"", or a path that begins with a slash and does not end with one`)
	r.check(checkText("", path, " \t?#") == nil, "path", "a path that is encoded as in a url, without a query string")
	return path
}

// seconds reads a timeout. AWS's range ends at 60, but in an account whose quota
// was raised a function can use what the distribution's own origin has.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html#response-keep-alive-timeout-quota)
func (r *originReader) seconds(key string, least int) int {
	n := r.int(key)
	own, _ := r.own[key].(float64)
	most := max(60, int(own))
	r.check(n >= least && n <= most, key, fmt.Sprintf("%d to %d seconds", least, most))
	return n
}

var sslProtocols = []string{"TLSv1.2", "TLSv1.1", "TLSv1", "SSLv3"}

func (r *originReader) protocols() []string {
	var list []string
	want := "a list of " + strings.Join(sslProtocols, ", ")
	if r.err == nil {
		r.err = r.get("sslProtocols", want, &list)
	}
	r.check(!slices.ContainsFunc(list, func(s string) bool { return !slices.Contains(sslProtocols, s) }), "sslProtocols", want)
	return list
}

// forbiddenHeaders are those that no origin can be given.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html#add-origin-custom-headers-denylist)
var forbiddenHeaders = []string{
	"cache-control", "connection", "content-length", "cookie", "host", "if-match", "if-modified-since",
	"if-none-match", "if-range", "if-unmodified-since", "max-forwards", "pragma", "proxy-authenticate",
	"proxy-authorization", "proxy-connection", "range", "request-range", "te", "trailer", "transfer-encoding",
	"upgrade", "via", "x-amz-", "x-edge-", "x-real-ip",
}

// customHeaders reads headers that go to the origin beside those of the request. A
// name that was in both already is the distribution's doing.
func (r *originReader) customHeaders() http.Header {
	if r.err == nil {
		r.err = r.need("customHeaders", "an object")
	}
	if r.err != nil {
		return nil
	}
	own := r.event.Request.Origin.customHeaders()
	is, err := r.headers("customHeaders")
	r.err = err
	for _, name := range slices.Sorted(maps.Keys(is)) {
		added := own.Values(name) == nil
		switch {
		case added && (restrictions.Lists(forbiddenHeaders, name) || restrictions.Hides(name)):
			r.err = fmt.Errorf("%s: CloudFront can give no origin the header %s", r.at("customHeaders"), name)
		case r.sent[name] != nil && (added || r.event.Request.Header.Values(name) == nil):
			r.err = fmt.Errorf("%s: %s is in request.headers, too; set it in one of them", r.at("customHeaders"), name)
		}
		if r.err != nil {
			return nil
		}
	}
	return is.over(own)
}
