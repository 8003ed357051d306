package iam

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// maker makes statements of few texts, so that they often apply.
type maker struct{ *rand.Rand }

func (m maker) one(values ...any) any { return values[m.IntN(len(values))] }

func (m maker) statement() map[string]any {
	s := map[string]any{"Effect": m.one("Allow", "Allow", "Deny")}
	s[m.one("Principal", "Principal", "Principal", "NotPrincipal").(string)] = m.one("*", map[string]any{"AWS": "*"},
		map[string]any{"Service": m.one("cloudfront.amazonaws.com", "cloudfront.amazonaws.com", "lambda.amazonaws.com", "${X}.amazonaws.com")})
	s[m.one("Action", "Action", "Action", "NotAction").(string)] = m.one("*", "s3:Get*", "s3:GetObject", "s3:PutObject", []any{"s3:Put*", "s3:GetObject"})
	s[m.one("Resource", "Resource", "Resource", "NotResource").(string)] = m.one("*", "arn:aws:s3:::${Site}/*", "arn:aws:s3:::${Site}", "arn:aws:s3:::site/*", "arn:aws:s3:::*")
	if m.IntN(2) == 0 {
		s["Condition"] = map[string]any{m.one("StringEquals", "StringNotEquals", "StringLike", "ArnLike", "StringEqualsIfExists", "IpAddress", "NumericLessThan", "Null", "ForAnyValue:StringLike").(string): map[string]any{
			m.one("aws:SourceArn", "aws:SourceAccount", "aws:Missing").(string): m.one(distribution, "*", "arn:aws:cloudfront::*:distribution/*", "${AWS::AccountId}", "111122223333", "true"),
		}}
	}
	return s
}

func (m maker) statements(n int) []any {
	var list []any
	for range n {
		list = append(list, m.statement())
	}
	return list
}

func document(statements []any) any {
	return map[string]any{"Version": "2012-10-17", "Statement": statements}
}

// many runs a property on random policies, and counts outcomes so that none of
// them is left out.
func many(t *testing.T, property func(m maker, statements []any, d Decision)) {
	m := maker{rand.New(rand.NewPCG(1, 2))}
	outcomes := map[string]int{}
	for range 300 {
		statements := m.statements(1 + m.IntN(5))
		d := evaluate(t, document(statements), byService())
		outcomes[outcome(d)]++
		property(m, statements, d)
		if t.Failed() {
			t.Logf("the policy: %s", text(statements))
			return
		}
	}
	if len(outcomes) != 4 {
		t.Errorf("the random policies have outcomes %v, want each of the four", outcomes)
	}
}

func text(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

func TestDenyWins(t *testing.T) {
	many(t, func(m maker, statements []any, _ Decision) {
		deny := map[string]any{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
		at := m.IntN(len(statements) + 1)
		if d := evaluate(t, document(slices.Insert(slices.Clone(statements), at, any(deny))), byService()); !d.Denied {
			t.Errorf("with a statement that denies everything: %s: %s", outcome(d), d.Reason)
		}
	})
}

// Of the outcomes other than a denial, each next one is more access.
var access = map[string]int{"refused": 0, "unknown": 1, "allowed": 2}

func TestAllowAddsOnly(t *testing.T) {
	many(t, func(m maker, statements []any, before Decision) {
		more := m.statement()
		more["Effect"] = "Allow"
		after := evaluate(t, document(append(slices.Clone(statements), more)), byService())
		if before.Denied != after.Denied || access[outcome(after)] < access[outcome(before)] {
			t.Errorf("%s, and %s with another statement that allows: %s", outcome(before), outcome(after), text(more))
		}
	})
}

func TestDenyTakesOnly(t *testing.T) {
	many(t, func(m maker, statements []any, before Decision) {
		more := m.statement()
		more["Effect"] = "Deny"
		after := evaluate(t, document(append(slices.Clone(statements), more)), byService())
		if !after.Denied && (before.Denied || access[outcome(after)] > access[outcome(before)]) {
			t.Errorf("%s, and %s with another statement that denies: %s", outcome(before), outcome(after), text(more))
		}
	})
}

func TestOrderIsIrrelevant(t *testing.T) {
	many(t, func(m maker, statements []any, before Decision) {
		shuffled := slices.Clone(statements)
		m.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if after := evaluate(t, document(shuffled), byService()); outcome(after) != outcome(before) {
			t.Errorf("%s, and %s in another order: %s", outcome(before), outcome(after), text(shuffled))
		}
	})
}

// A decision names a statement of the policy, and always has a reason.
func TestDecisionsAreExplained(t *testing.T) {
	many(t, func(_ maker, statements []any, d Decision) {
		if d.Reason == "" || d.Statement < 0 || d.Statement > len(statements) || outcome(d) != "refused" && d.Statement == 0 {
			t.Errorf("%s by %d: %q", outcome(d), d.Statement, d.Reason)
		}
	})
}

func FuzzEvaluate(f *testing.F) {
	for _, seed := range []string{
		`null`, `{}`, `{"Statement": {}}`,
		text(document(maker{rand.New(rand.NewPCG(3, 4))}.statements(6))),
		`{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "NotPrincipal": {"AWS": ["*", "${"]}, "NotAction": "*?", "NotResource": ["${aws:SourceArn}", "${*}"], "Condition": {"ForAllValues:ArnNotLikeIfExists": {"aws:SourceArn": ["a:b:c:d:e:f:g", 1, true]}}}}`,
	} {
		f.Add(seed, "s3:GetObject", object, "aws:SourceArn", distribution)
	}
	f.Fuzz(func(t *testing.T, document, action, resource, key, value string) {
		var decoded any
		if json.Unmarshal([]byte(document), &decoded) != nil {
			return
		}
		for _, who := range []Principal{{}, {Service: value}, {AWS: value, CanonicalUser: key}} {
			r := Request{Principal: who, Action: action, Resource: resource, Context: map[string]string{key: value}}
			d, err := Evaluate(decoded, r)
			if err == nil && (d.Reason == "" || outcome(d) == "contradictory") {
				t.Errorf("%s: %+v", document, d)
			}
			if properties, ok := decoded.(map[string]any); ok {
				if d, err := FunctionURL([]map[string]any{properties}, r); err == nil && d.Reason == "" {
					t.Errorf("%s: %+v", document, d)
				}
			}
		}
	})
}
