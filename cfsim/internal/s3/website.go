package s3

import (
	"net/http"
	"net/url"
	"strings"
)

// Website is the website endpoint of a bucket. It answers GET and HEAD requests
// only, speaks HTTP only, and takes neither signatures nor parameters of the
// url. Of the Bucket, CanList decides between 404 and 403 here too.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
type Website struct {
	Bucket

	// Index is the index document, the last part of a key such as
	// "index.html", and Error the key of the error document.
	// Default: no error document.
	Index, Error string

	// RedirectAllTo, if set, is where every request is redirected. Only its
	// HostName and Protocol count.
	RedirectAllTo *Redirect

	// RoutingRules are tried in their order.
	RoutingRules []RoutingRule
}

// RoutingRule redirects requests. A rule without conditions takes all.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-page-redirect.html
type RoutingRule struct {
	KeyPrefix string // KeyPrefixEquals
	ErrorCode int    // HttpErrorCodeReturnedEquals; 0 for none
	Redirect  Redirect
}

// Redirect says where to. A query string is not kept, which is unstated.
type Redirect struct {
	Protocol string // default: "http", which is all that the endpoint speaks
	HostName string // default: that of the request, hence often the endpoint's own
	Code     int    // default: 301

	// At most one of these is set; the first replaces what a rule has as
	// KeyPrefix, and may be "".
	// Default: the key stays.
	ReplaceKeyPrefixWith, ReplaceKeyWith *string
}

func (s *Website) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.begin(w)
	key := keyOf(r)
	if r.Method == http.MethodOptions { // that it is answered here too is unstated
		if f := s.preflight(w, r, key); f != nil {
			f.writeHTML(w, r, nil)
		}
		return
	}
	s.allowOrigin(w, r)
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		methodNotAllowed(r.Method, key).writeHTML(w, r, nil) // never the error document
	case s.RedirectAllTo != nil:
		s.RedirectAllTo.write(w, r, key, "")
	case !s.redirect(w, r, key, 0):
		if f := s.serve(w, r, key); f != nil && !s.redirect(w, r, key, f.status) {
			s.fail(w, r, f)
		}
	}
}

// redirect applies the first rule for a key and a status, 0 for before the
// object was looked for.
func (s *Website) redirect(w http.ResponseWriter, r *http.Request, key string, status int) bool {
	for _, rule := range s.RoutingRules {
		if rule.ErrorCode == status && strings.HasPrefix(key, rule.KeyPrefix) {
			rule.Redirect.write(w, r, key, rule.KeyPrefix)
			return true
		}
	}
	return false
}

// write redirects a request for a key that begins with prefix.
func (to *Redirect) write(w http.ResponseWriter, r *http.Request, key, prefix string) {
	switch {
	case to.ReplaceKeyWith != nil:
		key = *to.ReplaceKeyWith
	case to.ReplaceKeyPrefixWith != nil:
		key = *to.ReplaceKeyPrefixWith + strings.TrimPrefix(key, prefix)
	}
	protocol, host, code := to.Protocol, to.HostName, to.Code
	if protocol == "" {
		protocol = "http"
	}
	if host == "" {
		host = r.Host
	}
	if code == 0 {
		code = http.StatusMovedPermanently
	}
	location(w, code, protocol+"://"+host+escaped(key))
}

func location(w http.ResponseWriter, status int, url string) {
	w.Header().Set("Location", url)
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(status)
}

// escaped is the path of a key.
func escaped(key string) string { return (&url.URL{Path: "/" + key}).EscapedPath() }

// serve answers with the object, the index document of a folder, or a redirect
// to a folder.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/IndexDocumentSupport.html
func (s *Website) serve(w http.ResponseWriter, r *http.Request, key string) *failure {
	folder := key == "" || strings.HasSuffix(key, "/")
	name := key
	if folder {
		name += s.Index
	}
	if f := checkKey(name); f != nil {
		return f
	}
	o, f := s.open(r.Context(), name)
	if f != nil {
		if !folder && s.exists(r, key+"/"+s.Index) {
			location(w, http.StatusFound, escaped(key)+"/")
			return nil
		}
		return f
	}
	defer o.file.Close()
	if s.moved(w, name) {
		return nil
	}
	return s.serveObject(w, r, o, nil)
}

func (s *Website) exists(r *http.Request, key string) bool {
	o, f := s.open(r.Context(), key)
	if f == nil {
		o.file.Close()
	}
	return f == nil
}

// moved redirects where an object says so.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-page-redirect.html#redirect-requests-object-metadata
func (s *Website) moved(w http.ResponseWriter, key string) bool {
	for name, values := range s.metadata(key) {
		if strings.EqualFold(name, "x-amz-website-redirect-location") && len(values) > 0 {
			location(w, http.StatusMovedPermanently, values[0])
			return true
		}
	}
	return false
}

// fail answers with the error document, which is for errors of the 4xx class
// and keeps their status.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/CustomErrorDocSupport.html
func (s *Website) fail(w http.ResponseWriter, r *http.Request, f *failure) {
	if s.Error == "" || f.status >= http.StatusInternalServerError {
		f.writeHTML(w, r, nil)
		return
	}
	o, second := s.open(r.Context(), s.Error)
	if second != nil {
		f.writeHTML(w, r, second)
		return
	}
	defer o.file.Close()
	if !s.moved(w, s.Error) {
		s.send(w, r, f.status, o, part{0, o.size, ""}, nil)
	}
}
