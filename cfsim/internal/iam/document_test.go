package iam

import (
	"strings"
	"testing"
)

func TestMalformedPolicies(t *testing.T) {
	for document, want := range map[string]string{
		`"text"`:                             `cfsim: the policy is "text": expected an object with a Statement`,
		`[]`:                                 `cfsim: the policy is a list of 0: expected an object with a Statement`,
		`{"Version": "x"}`:                   `cfsim: the policy has no Statement: expected a list of statements`,
		`{"Statement": []}`:                  `cfsim: the policy has no Statement: expected a list of statements`,
		`{"Statement": 3}`:                   `cfsim: statement 1 of the policy is 3: expected an object with Effect, Principal, Action and Resource`,
		`{"Statement": [{}]}`:                `cfsim: statement 1 of the policy has the Effect nothing: write "Allow" or "Deny"`,
		`{"Statement": {"Effect": "allow"}}`: `cfsim: statement 1 of the policy has the Effect "allow": write "Allow" or "Deny"`,
		`{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}`:                                                                                `cfsim: statement 1 of the policy has no Principal, which the policy of a resource needs`,
		`{"Statement": {"Effect": "Allow", "Principal": "*", "Resource": "*"}}`:                                                                             `cfsim: statement 1 of the policy has no Action, which the policy of a resource needs`,
		`{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*"}}`:                                                                               `cfsim: statement 1 of the policy has no Resource, which the policy of a resource needs`,
		`{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "NotAction": "*", "Resource": "*"}}`:                                            `cfsim: statement 1 of the policy has both Action and NotAction: write one of them`,
		`{"Statement": {"Effect": "Allow", "Principal": "me", "Action": "*", "Resource": "*"}}`:                                                             `cfsim: statement 1 of the policy has Principal "me": write "*", or an object such as {"Service": "cloudfront.amazonaws.com"}`,
		`{"Statement": {"Effect": "Allow", "Principal": {"Services": "x"}, "Action": "*", "Resource": "*"}}`:                                                `cfsim: statement 1 of the policy has Principal of kind "Services": expected AWS, CanonicalUser, Federated or Service`,
		`{"Statement": {"Effect": "Allow", "Principal": {"Service": {}}, "Action": "*", "Resource": "*"}}`:                                                  `cfsim: statement 1 of the policy has Principal Service with an object with []: expected a text or a list of texts`,
		`{"Statement": {"Effect": "Allow", "Principal": "*", "Action": [], "Resource": "*"}}`:                                                               `cfsim: statement 1 of the policy has Action with an empty list: expected at least one text`,
		`{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": [{"Ref": "Site"}]}}`:                                                `cfsim: statement 1 of the policy has Resource with an object with ["Ref"]: expected a text or a list of texts`,
		`{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Conditions": {}}}`:                                            `cfsim: statement 1 of the policy has an element "Conditions", which there is not: expected one of Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition`,
		`{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": []}}`:                                             `cfsim: statement 1 of the policy has the Condition a list of 0: expected an object such as {"StringEquals": {"aws:SourceArn": "arn:…"}}`,
		`{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"Bool": "x"}}}`:                                  `cfsim: statement 1 of the policy has the Condition Bool with "x": expected an object of keys and values`,
		`{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:x": null}}}}`:                      `cfsim: statement 1 of the policy has the Condition Bool aws:x with nothing: expected a text or a list of texts`,
		`{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"NullIfExists": {"aws:x": "y"}}}}`:               `cfsim: statement 1 of the policy has the Condition "NullIfExists", which is no operator: expected one such as StringEquals, ArnLike or Bool`,
		`{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"ForSomeValues:StringEquals": {"aws:x": "y"}}}}`: `cfsim: statement 1 of the policy has the Condition "ForSomeValues:StringEquals", which is no operator: expected one such as StringEquals, ArnLike or Bool`,
		`{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"BoolNot": {"aws:x": "y"}}}}`:                    `cfsim: statement 1 of the policy has the Condition "BoolNot", which is no operator: expected one such as StringEquals, ArnLike or Bool`,
		`{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"NumericNotLessThan": {"aws:x": "y"}}}}`:         `cfsim: statement 1 of the policy has the Condition "NumericNotLessThan", which is no operator: expected one such as StringEquals, ArnLike or Bool`,
	} {
		d, err := Evaluate(decode(t, document), byService())
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v (%s)\nwant %s", document, err, outcome(d), want)
		}
	}
}

func TestSecondStatementIsNamed(t *testing.T) {
	_, err := Evaluate(policy(t, `{}`, `{"Effect": "Maybe"}`), byService())
	if err == nil || !strings.HasPrefix(err.Error(), "cfsim: statement 2 of the policy has the Effect") {
		t.Errorf("error is %v", err)
	}
}
