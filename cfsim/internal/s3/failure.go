package s3

import (
	"encoding/xml"
	"fmt"
	"html"
	"net/http"
	"strings"
)

// failure is an error response.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
type failure struct {
	status  int
	code    string
	message string
	details []detail // in S3's order
}

// detail is an element that an error has besides the code and the message.
type detail struct{ name, value string }

// firstOf is the first failure that happened.
func firstOf(failures ...*failure) *failure {
	for _, f := range failures {
		if f != nil {
			return f
		}
	}
	return nil
}

func accessDenied() *failure {
	return &failure{http.StatusForbidden, "AccessDenied", "Access Denied", nil}
}

func noSuchKey(key string) *failure {
	return &failure{http.StatusNotFound, "NoSuchKey", "The specified key does not exist.", []detail{{"Key", key}}}
}

func noSuchBucket(name string) *failure {
	return &failure{http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist", []detail{{"BucketName", name}}}
}

func preconditionFailed(header string) *failure {
	return &failure{http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", []detail{{"Condition", header}}}
}

func invalidRange(asked string, size int64) *failure {
	return &failure{http.StatusRequestedRangeNotSatisfiable, "InvalidRange", "The requested range is not satisfiable", []detail{
		{"RangeRequested", asked}, {"ActualObjectSize", fmt.Sprint(size)},
	}}
}

func invalidArgument(message, name, value string) *failure {
	return &failure{http.StatusBadRequest, "InvalidArgument", message, []detail{{"ArgumentName", name}, {"ArgumentValue", value}}}
}

func methodNotAllowed(method, key string) *failure {
	return &failure{http.StatusMethodNotAllowed, "MethodNotAllowed", "The specified method is not allowed against this resource.", []detail{
		{"Method", method}, {"ResourceType", resourceType(key)},
	}}
}

func resourceType(key string) string {
	if key == "" {
		return "BUCKET"
	}
	return "OBJECT"
}

// notSimulated is the one error that S3 does not have.
func notSimulated(what, which string) *failure {
	message := fmt.Sprintf("cfsim: %s is not simulated. To answer %s, attach an http.Handler or the url of a server to this origin in place of files.", what, which)
	return &failure{http.StatusNotImplemented, "NotImplemented", message, nil}
}

// unreadable is a file that exists and cannot be read, which S3 does not know.
func unreadable(key string, err error) *failure {
	return &failure{http.StatusInternalServerError, "InternalError", fmt.Sprintf("cfsim: the file of the object %q cannot be read: %v", key, err), nil}
}

func unlistable(err error) *failure {
	return &failure{http.StatusInternalServerError, "InternalError", fmt.Sprintf("cfsim: the files of the bucket cannot be listed: %v", err), nil}
}

// identified are the details of an error with those that name the request.
func (f *failure) identified(w http.ResponseWriter) []detail {
	h := w.Header()
	return append(f.details[:len(f.details):len(f.details)], detail{"RequestId", h.Get("X-Amz-Request-Id")}, detail{"HostId", h.Get("X-Amz-Id-2")})
}

// writeXML answers as the REST endpoint does.
func (f *failure) writeXML(w http.ResponseWriter, r *http.Request) {
	var b strings.Builder
	element := func(d detail) {
		fmt.Fprintf(&b, "<%s>", d.name)
		xml.EscapeText(&b, []byte(d.value)) // a Builder takes everything
		fmt.Fprintf(&b, "</%s>", d.name)
	}
	b.WriteString(xml.Header + "<Error>")
	element(detail{"Code", f.code})
	element(detail{"Message", f.message})
	for _, d := range f.identified(w) {
		element(d)
	}
	b.WriteString("</Error>")
	f.write(w, r, "application/xml", b.String())
}

// writeHTML answers as a website endpoint does; second is what went wrong with
// the error document, nil if there is none.
func (f *failure) writeHTML(w http.ResponseWriter, r *http.Request, second *failure) {
	var b strings.Builder
	title := fmt.Sprintf("%d %s", f.status, http.StatusText(f.status))
	fmt.Fprintf(&b, "<html>\n<head><title>%[1]s</title></head>\n<body>\n<h1>%[1]s</h1>\n", title)
	f.writeItems(&b, f.identified(w))
	if second != nil {
		b.WriteString("<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n")
		second.writeItems(&b, second.details)
	}
	b.WriteString("<hr/>\n</body>\n</html>\n")
	f.write(w, r, "text/html; charset=utf-8", b.String())
}

func (f *failure) writeItems(b *strings.Builder, details []detail) {
	b.WriteString("<ul>\n")
	for _, d := range append([]detail{{"Code", f.code}, {"Message", f.message}}, details...) {
		fmt.Fprintf(b, "<li>%s: %s</li>\n", d.name, html.EscapeString(d.value))
	}
	b.WriteString("</ul>\n")
}

func (f *failure) write(w http.ResponseWriter, r *http.Request, contentType, body string) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(f.status)
	if r.Method != http.MethodHead {
		w.Write([]byte(body)) // the client may be gone
	}
}
