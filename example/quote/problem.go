package quote

import (
	"encoding/json"
	"errors"
	"net/http"
)

// Problem is an error that a client can act on, in the form of RFC 9457.
type Problem struct {
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
}

// ProblemType is the media type of an encoded [Problem].
const ProblemType = "application/problem+json"

// NewProblem returns a problem titled with the standard text of its status.
func NewProblem(status int, detail string) *Problem {
	return &Problem{Status: status, Title: http.StatusText(status), Detail: detail}
}

func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

// JSON encodes the problem as a response body.
func (p *Problem) JSON() string {
	// A struct of strings and numbers always encodes.
	body, _ := json.Marshal(p)
	return string(body)
}

// AsProblem finds the problem in err. Any other error becomes a 500 that does not tell the client
// what went wrong inside.
func AsProblem(err error) *Problem {
	if problem, ok := errors.AsType[*Problem](err); ok {
		return problem
	}
	return NewProblem(http.StatusInternalServerError, "something went wrong here; try again")
}
