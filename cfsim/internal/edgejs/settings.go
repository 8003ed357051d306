package edgejs

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/cfrouter/cfrouter/cfsim/internal/restrictions"
)

// settings reads the argument of a method and keeps what is wrong with it.
type settings struct {
	object   *goja.Object // nil without an argument
	at       string       // of a nested object, with a dot at the end
	problems []string
	warnings []string
	known    map[string]bool
	parent   *settings
}

func settingsOf(method string, v goja.Value) *settings {
	s := &settings{known: map[string]bool{}}
	object, ok := v.(*goja.Object)
	switch {
	case ok:
		s.object = object
	case method != "selectRequestOriginById" || !isMissing(v):
		s.invalid("", "the argument is %s, want an object of settings", describeMissing(v))
	}
	return s
}

func (s *settings) sub(object *goja.Object, key string) *settings {
	root := s
	for root.parent != nil {
		root = root.parent
	}
	return &settings{object: object, at: s.at + key + ".", known: root.known, parent: root}
}

func (s *settings) invalid(key, format string, args ...any) {
	root := s
	if s.parent != nil {
		root = s.parent
	}
	root.problems = append(root.problems, strings.TrimSpace(strings.TrimSuffix(s.at+key, ".")+" "+fmt.Sprintf(format, args...)))
}

// get returns a setting, nil if it is not set.
func (s *settings) get(key string) goja.Value {
	s.known[s.at+key] = true
	if s.object == nil {
		return nil
	}
	if v := s.object.Get(key); !isMissing(v) {
		return v
	}
	return nil
}

// warn tells of settings that nobody has asked for. CloudFront has been seen to
// pass over some; they are probably misspelled.
func (s *settings) warn(o *goja.Object, at string) {
	if o == nil {
		return
	}
	for _, key := range o.Keys() {
		if at == "" && key == "customHeaders" {
			continue
		}
		if !s.known[at+key] {
			s.warnings = append(s.warnings, fmt.Sprintf("the setting %q of the origin is unknown and has no effect", at+key))
		} else if nested, ok := o.Get(key).(*goja.Object); ok && nested.ClassName() == "Object" {
			s.warn(nested, at+key+".")
		}
	}
}

func (s *settings) nested(key string) *settings {
	v := s.get(key)
	if v == nil {
		return nil
	}
	object, ok := v.(*goja.Object)
	if !ok {
		s.invalid(key, "is %s, want an object", describe(v))
		return nil
	}
	return s.sub(object, key)
}

func (s *settings) string(key string) *string {
	v := s.get(key)
	if v == nil {
		return nil
	}
	if _, ok := v.(goja.String); !ok {
		s.invalid(key, "is %s, want a string", describe(v))
		return nil
	}
	text := v.String()
	return &text
}

func (s *settings) boolean(key string) bool {
	v := s.get(key)
	if b, ok := export(v).(bool); ok {
		return b
	}
	s.invalid(key, "is %s, want true or false", describeMissing(v))
	return false
}

// integer reads a number from low to high, where a high of 0 is no bound.
func (s *settings) integer(key string, low, high int) *int {
	v := s.get(key)
	if v == nil {
		return nil
	}
	n, ok := export(v).(int64)
	if !ok || int(n) < low || high > 0 && int(n) > high {
		want := fmt.Sprintf("an integer from %d to %d", low, high)
		if high == 0 {
			want = fmt.Sprintf("an integer of at least %d", low)
		}
		s.invalid(key, "is %s, want %s", describe(v), want)
		return nil
	}
	i := int(n)
	return &i
}

// port reads a port, for which functions are also seen to give text.
func (s *settings) port(key string) int {
	v := s.get(key)
	if v == nil {
		s.invalid(key, "is missing, want a port such as 443")
		return 0
	}
	n, err := strconv.Atoi(v.String())
	if err != nil || n != 80 && n != 443 && (n < 1024 || n > 65535) {
		s.invalid(key, "is %s, want 80, 443 or a port from 1024 to 65535", describe(v))
	}
	return n
}

// oneOf reads a string that is one of some, or any if there are none.
func (s *settings) oneOf(key string, required bool, allowed ...string) string {
	v := s.string(key)
	switch {
	case v == nil && required:
		s.invalid(key, "is missing, want %s", quoted(allowed))
	case v == nil:
		return ""
	case len(allowed) > 0 && !slices.Contains(allowed, *v):
		s.invalid(key, "is %q, want %s", *v, quoted(allowed))
	default:
		return *v
	}
	return ""
}

func (s *settings) items(key string) []goja.Value {
	v := s.get(key)
	if v == nil {
		return nil
	}
	object, ok := v.(*goja.Object)
	if !ok || object.ClassName() != "Array" {
		s.invalid(key, "is %s, want a list", describe(v))
		return nil
	}
	items := make([]goja.Value, min(object.Get("length").ToInteger(), 1000))
	for i := range items {
		items[i] = object.Get(strconv.Itoa(i))
	}
	return items
}

func (s *settings) list(key string, required bool, allowed ...string) []string {
	var texts []string
	for i, v := range s.items(key) {
		item, ok := v.(goja.String)
		if !ok || len(allowed) > 0 && !slices.Contains(allowed, item.String()) {
			s.invalid(key+"["+strconv.Itoa(i)+"]", "is %s, want %s", describeMissing(v), orText(allowed))
			continue
		}
		texts = append(texts, item.String())
	}
	if required && len(s.items(key)) == 0 {
		s.invalid(key, "is missing, want a list of %s", quoted(allowed))
	}
	return texts
}

// statusCodes reads the codes for which an origin group may fail over.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html)
func (s *settings) statusCodes(key string) []int {
	allowed := []int64{400, 403, 404, 416, 429, 500, 502, 503, 504}
	var codes []int
	for i, v := range s.items(key) {
		code, ok := export(v).(int64)
		if !ok || !slices.Contains(allowed, code) {
			s.invalid(key+"["+strconv.Itoa(i)+"]", "is %s, want one of %v", describeMissing(v), allowed)
			continue
		}
		codes = append(codes, int(code))
	}
	if len(codes) == 0 {
		s.invalid(key, "is empty, want at least one of %v", allowed)
	}
	return codes
}

// overrides reads the settings that all methods share.
func (s *settings) overrides() OriginOverrides {
	o := OriginOverrides{
		HostHeader:              s.host("hostHeader"),
		SNI:                     s.host("sni"),
		AllowedCertificateNames: s.list("allowedCertificateNames", false),
	}
	if n := len(o.AllowedCertificateNames); n > 20 {
		s.invalid("allowedCertificateNames", "has %d names, want at most 20", n)
	}
	for _, name := range o.AllowedCertificateNames {
		if len(name) > 64 {
			s.invalid("allowedCertificateNames", "has the name %q of %d characters, want at most 64", name, len(name))
		}
	}
	return o
}

// host reads the name of a host.
func (s *settings) host(key string) *string {
	v := s.string(key)
	switch {
	case v == nil:
		return nil
	case *v == "" || len(*v) > 253:
		s.invalid(key, "has %d characters, want 1 to 253", len(*v))
	case net.ParseIP(strings.Trim(*v, "[]")) != nil:
		s.invalid(key, "is %q, want the name of a host, not an address", *v)
	case strings.ContainsAny(*v, ":/ "):
		s.invalid(key, "is %q, want the name of a host only, without a scheme, port or path", *v)
	}
	return v
}

func (s *settings) path(key string) *string {
	v := s.string(key)
	switch {
	case v == nil || *v == "":
	case !strings.HasPrefix(*v, "/") || strings.HasSuffix(*v, "/"):
		s.invalid(key, "is %q, want a path that begins with a slash and does not end with one", *v)
	case len(*v) > 255:
		s.invalid(key, "has %d characters, want at most 255", len(*v))
	}
	return v
}

// headers reads custom headers, none of which may be in the request already.
func (s *settings) headers(r *run, key string) map[string]string {
	object := s.nested(key)
	if object == nil {
		return nil
	}
	headers := map[string]string{}
	for _, name := range object.object.Keys() {
		value := object.string(name)
		if value == nil {
			if object.get(name) == nil {
				object.invalid(name, "is %s, want a string", describeMissing(object.object.Get(name)))
			}
			continue
		}
		err := checkHeaderName("a header", name)
		switch {
		case err == nil && restrictions.Lists(notCustom, name):
			err = fmt.Errorf("CloudFront adds no header %q to requests for an origin", name)
		case err == nil && r.headerFields().get(name) != nil:
			err = fmt.Errorf("%q is a header of the request already", name)
		case err == nil:
			err = checkText("the value", *value, "")
		}
		if err != nil {
			object.invalid(name, "is invalid: %v", err)
		}
		headers[name] = *value
	}
	return headers
}

func export(v goja.Value) any {
	if v == nil {
		return nil
	}
	return v.Export()
}

func describeMissing(v goja.Value) string {
	if isMissing(v) {
		return "missing"
	}
	return describe(v)
}

func quoted(values []string) string {
	q := make([]string, len(values))
	for i, v := range values {
		q[i] = strconv.Quote(v)
	}
	return strings.Join(q, ", ")
}

func orText(allowed []string) string {
	if len(allowed) == 0 {
		return "a string"
	}
	return quoted(allowed)
}
