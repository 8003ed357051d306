// Package iam decides whether the policy of a resource lets somebody do
// something, and says why not.
//
// A policy is that of a resource of a template: a bucket, a function. It is
// evaluated as IAM does where nothing but resource policies counts, which is so
// for CloudFront: as a service (origin access control), as an origin access
// identity, or unsigned. Identity policies, access control lists, the settings
// that block public access, and those of an organization are not looked at.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
//
// # Symbols
//
// A text may have symbols, "${SiteE53D7754}" or "${AWS::AccountId}", for what
// only a deployment knows. A symbol equals itself. Whether it equals a text that
// is spelled out cannot be known: "${AWS::AccountId}" may be 111122223333 or not.
// A decision that hangs on this is [Decision.Unknown].
//
// The symbol of a resource, or of a pseudo parameter, has no "*" and no "?": a
// condition StringEquals with "…:distribution/*", which is no wildcard there, is
// not met. StringLike and the ARN operators have wildcards.
//
// # What is not evaluated
//
// The condition operators for dates, addresses and binaries are not evaluated.
// Where one decides whether a statement allows or denies, the decision is
// [Decision.Unknown] too, and the Reason names the condition. It counts for
// nothing in a statement that does not apply anyway. An operator that IAM does not
// have is an error.
//
// A condition key that is not in [Request.Context] is one that the request does
// not have, for the operators that are evaluated.
package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Request is what somebody wants to do.
type Request struct {
	Principal Principal
	Action    string // "s3:GetObject"
	Resource  string // an ARN

	// Context are the condition keys, whose names ignore case: "aws:SourceArn",
	// "aws:SourceAccount", "aws:SecureTransport". An empty value is none. Keys
	// that follow from the Principal need not be given: aws:PrincipalIsAWSService,
	// aws:PrincipalServiceName, aws:PrincipalArn.
	Context map[string]string

	// Distinct reports whether a symbol names a resource of its own, so that
	// two different ones cannot be equal, and it has no "*" or "?".
	// Default: every symbol does, save pseudo parameters such as
	// "${AWS::Region}".
	Distinct func(symbol string) bool
}

// Principal is who wants it; the zero value is an unsigned request.
type Principal struct {
	// Service is a service: "cloudfront.amazonaws.com" for an origin access
	// control.
	Service string

	// AWS is the ARN and CanonicalUser the canonical id of an origin access
	// identity. A policy may name either.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
	AWS, CanonicalUser string
}

func (p Principal) String() string {
	switch {
	case p.Service != "":
		return p.Service
	case p.AWS != "":
		return p.AWS
	case p.CanonicalUser != "":
		return "the canonical user " + p.CanonicalUser
	}
	return "an unsigned request"
}

// Decision is the outcome. At most one of Allowed, Denied and Unknown is set;
// with none of them the request is refused because nothing allows it.
type Decision struct {
	Allowed bool
	Denied  bool // a statement forbids it
	Unknown bool // it depends on what only a deployment knows, or is not evaluated

	// Statement is the number, from 1, of the statement that decided, or of
	// the one that came nearest; 0 for none.
	Statement int

	// Reason is a sentence without its full stop: "no statement allows
	// s3:GetObject on … to cloudfront.amazonaws.com: statement 2 would, but …".
	Reason string
}

// Evaluate decides by a policy document, as decoded from JSON: of maps, slices,
// strings and booleans. A nil document allows nothing. A document that AWS would
// not take is an error.
func Evaluate(document any, r Request) (Decision, error) {
	if document == nil {
		return Decision{Reason: fmt.Sprintf("there is no policy, so nothing allows %s", r.wish())}, nil
	}
	statements, err := parse(document)
	if err != nil {
		return Decision{}, err
	}
	return decide(statements, r, "statement"), nil
}

// decide combines what the statements say. One that denies wins.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
func decide(statements []statement, r Request, noun string) Decision {
	keys := r.conditionKeys()
	e := evaluation{
		request: r, context: keys, variables: keys, match: matcher{distinct: r.Distinct},
		action: lex(r.Action), resource: lex(r.Resource),
	}
	var allows, denies []finding
	for i, s := range statements {
		f := finding{number: i + 1, noun: noun, sid: s.sid, checks: e.checks(s)}
		if s.allow {
			allows = append(allows, f)
		} else {
			denies = append(denies, f)
		}
	}
	if f := best(denies, yes); f != nil {
		return Decision{Denied: true, Statement: f.number, Reason: f.does("denies", r)}
	}
	allow, deny := best(allows, yes), best(denies, unknown)
	switch {
	case allow != nil && deny == nil:
		return Decision{Allowed: true, Statement: allow.number, Reason: allow.does("allows", r)}
	case allow != nil:
		return Decision{Unknown: true, Statement: deny.number, Reason: allow.does("allows", r) + ", and " + deny.may("denies it")}
	}
	if f := best(allows, unknown); f != nil {
		return Decision{Unknown: true, Statement: f.number, Reason: f.may("allows " + r.wish())}
	}
	return refusal(allows, r, noun)
}

// wish is the request in words.
func (r Request) wish() string {
	return fmt.Sprintf("%s on %s to %s", r.Action, r.Resource, r.Principal)
}

// conditionKeys are the keys of a request in lower case, with those that follow
// from its principal.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
func (r Request) conditionKeys() map[string]string {
	keys := map[string]string{}
	switch {
	case r.Principal.Service != "":
		keys["aws:principalisawsservice"] = "true"
		keys["aws:principalservicename"] = r.Principal.Service
	case r.Principal != Principal{}:
		keys["aws:principalisawsservice"] = "false"
		keys["aws:principalarn"] = r.Principal.AWS
	}
	for _, name := range slices.Sorted(maps.Keys(r.Context)) {
		keys[strings.ToLower(name)] = r.Context[name]
	}
	return keys
}
