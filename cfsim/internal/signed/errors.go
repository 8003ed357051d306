package signed

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// An Error says why a request is refused with 403. Code and Message are those of
// CloudFront's answer, Reason says what is wrong with this request.
//
// AWS documents the messages "Missing Key-Pair-Id…" and "Unknown Key"; the others
// are what viewers got to see. The code for a missing signature is a guess.
// (https://repost.aws/knowledge-center/cloudfront-troubleshoot-signed-url-cookies)
type Error struct {
	Code    string
	Message string
	Reason  string
}

func (e *Error) Error() string { return e.Code + ": " + e.Reason }

// Body is the body of CloudFront's answer, of the type text/xml.
func (e *Error) Body() string {
	var message strings.Builder
	_ = xml.EscapeText(&message, []byte(e.Message)) // a Builder does not fail
	return fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>%s</Code><Message>%s</Message></Error>`, e.Code, &message)
}

func denied(reason string) error {
	return &Error{Code: "AccessDenied", Message: "Access denied", Reason: reason}
}

func missingKey(reason string) error {
	return &Error{Code: "MissingKey", Message: "Missing Key-Pair-Id query parameter or cookie value", Reason: reason}
}

func unknownKey(reason string) error {
	return &Error{Code: "InvalidKey", Message: "Unknown Key", Reason: reason}
}

func missingSignature(reason string) error {
	return &Error{Code: "MissingSignature", Message: "Missing Signature query parameter or cookie value", Reason: reason}
}

func malformedSignature(reason string) error {
	return &Error{Code: "MalformedSignature", Message: "Could not unencode Signature", Reason: reason}
}

func malformedPolicy(reason string) error {
	return &Error{Code: "MalformedPolicy", Message: "Malformed Policy", Reason: reason}
}
