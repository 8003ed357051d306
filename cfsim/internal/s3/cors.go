package s3

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// CORSRule lets pages of other origins use a bucket. An origin or header may
// have one "*".
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html
type CORSRule struct {
	AllowedOrigins []string
	AllowedMethods []string // GET, HEAD, PUT, POST, DELETE
	AllowedHeaders []string // of preflight requests; names ignore case
	ExposeHeaders  []string
	MaxAge         int // seconds; 0 sends none
}

// Messages of S3, spelled as S3 spells them.
const (
	corsNoOrigin = "Insufficient information. Origin request header needed."
	corsNoBucket = "CORSResponse: Bucket not found"
	corsNone     = "CORSResponse: CORS is not enabled for this bucket."
	corsRefused  = "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec."
)

// preflight answers OPTIONS.
// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html
func (b *Bucket) preflight(w http.ResponseWriter, r *http.Request, key string) *failure {
	refuse := func(message, resourceType string) *failure {
		return &failure{http.StatusForbidden, "AccessForbidden", message, []detail{{"Method", requestedMethod(r)}, {"ResourceType", resourceType}}}
	}
	switch {
	case r.Header.Get("Origin") == "":
		return &failure{http.StatusBadRequest, "BadRequest", corsNoOrigin, nil}
	case b.Files == nil:
		return refuse(corsNoBucket, "BUCKET")
	case len(b.CORS) == 0:
		return refuse(corsNone, "BUCKET")
	case !b.allowOrigin(w, r):
		return refuse(corsRefused, resourceType(key))
	}
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
	return nil
}

// allowOrigin adds the headers of the first rule that matches. Errors carry
// them too, which is unstated.
func (b *Bucket) allowOrigin(w http.ResponseWriter, r *http.Request) bool {
	i := slices.IndexFunc(b.CORS, func(rule CORSRule) bool { return rule.matches(r) })
	if i < 0 {
		return false
	}
	rule, h := b.CORS[i], w.Header()
	if slices.Contains(rule.AllowedOrigins, "*") {
		h.Set("Access-Control-Allow-Origin", "*")
	} else {
		h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	h.Set("Access-Control-Allow-Methods", strings.Join(rule.AllowedMethods, ", "))
	if asked := requestedHeaders(r); len(asked) > 0 {
		h.Set("Access-Control-Allow-Headers", strings.Join(asked, ", "))
	}
	if len(rule.ExposeHeaders) > 0 {
		h.Set("Access-Control-Expose-Headers", strings.Join(rule.ExposeHeaders, ", "))
	}
	if rule.MaxAge > 0 {
		h.Set("Access-Control-Max-Age", strconv.Itoa(rule.MaxAge))
	}
	h.Set("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method")
	return true
}

// matches is what "How does Amazon S3 evaluate the CORS configuration on a
// bucket?" says. S3 takes the headers of a preflight request as such whatever
// the method.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html#cors-eval-criteria
func (rule CORSRule) matches(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || !anyMatches(rule.AllowedOrigins, origin) || !slices.Contains(rule.AllowedMethods, requestedMethod(r)) {
		return false
	}
	for _, name := range requestedHeaders(r) {
		if !anyMatches(lowered(rule.AllowedHeaders), name) {
			return false
		}
	}
	return true
}

func requestedMethod(r *http.Request) string {
	if method := r.Header.Get("Access-Control-Request-Method"); method != "" {
		return method
	}
	return r.Method
}

// requestedHeaders are the names that a preflight request lists, in lower case.
func requestedHeaders(r *http.Request) []string {
	var names []string
	for _, list := range r.Header.Values("Access-Control-Request-Headers") {
		for name := range strings.SplitSeq(list, ",") {
			if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

func lowered(texts []string) []string {
	lower := make([]string, len(texts))
	for i, text := range texts {
		lower[i] = strings.ToLower(text)
	}
	return lower
}

func anyMatches(patterns []string, text string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return starMatches(pattern, text) })
}

// starMatches compares a text with a pattern that has at most one "*".
func starMatches(pattern, text string) bool {
	before, after, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == text
	}
	return len(text) >= len(before)+len(after) && strings.HasPrefix(text, before) && strings.HasSuffix(text, after)
}
