package cfrouter

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudfront"
	"github.com/aws/constructs-go/constructs/v10"
)

// CDK's props are structs of pointers and interfaces, of which nil means "not
// given". What follows copies, merges and compares them without naming each field.

// overlay copies the fields that src gives to the fields of the same name in
// dst. Both are pointers to structs, and src may be nil.
func overlay(dst, src any) {
	from := reflect.ValueOf(src)
	if from.IsNil() {
		return
	}
	from = from.Elem()
	to := reflect.ValueOf(dst).Elem()
	for i := range from.NumField() {
		if field := from.Field(i); !field.IsZero() {
			if target := to.FieldByName(from.Type().Field(i).Name); target.IsValid() && target.Type() == field.Type() {
				target.Set(field)
			}
		}
	}
}

// merged is a copy of the defaults with what the others give on top.
func merged[T any](layers ...*T) *T {
	out := new(T)
	for _, layer := range layers {
		overlay(out, layer)
	}
	return out
}

// value is what p points to, or the default if it is nil.
func value[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

// fingerprint writes out what props say, such that equal settings have equal
// fingerprints even when they were made of different objects.
func fingerprint(props any) string {
	var b strings.Builder
	writeFingerprint(&b, reflect.ValueOf(props))
	return b.String()
}

func writeFingerprint(b *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.Invalid:
	case reflect.Interface:
		if !v.IsNil() {
			writeObject(b, v.Interface())
		}
	case reflect.Pointer:
		writeFingerprint(b, v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Field(i); !field.IsZero() {
				fmt.Fprintf(b, "%s=", v.Type().Field(i).Name)
				writeFingerprint(b, field)
				b.WriteByte(';')
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			writeFingerprint(b, v.Index(i))
			b.WriteByte(',')
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, key := range keys {
			fmt.Fprintf(b, "%q:", key.String())
			writeFingerprint(b, v.MapIndex(key))
			b.WriteByte(',')
		}
	default:
		fmt.Fprintf(b, "%q", fmt.Sprint(v.Interface()))
	}
}

// writeObject writes an object of the CDK: durations and the parts of a cache
// key by what they say, policies by their id (a managed one is a construct that
// has no path), other constructs by their path, anything else by identity.
func writeObject(b *strings.Builder, object any) {
	switch o := object.(type) {
	case awscdk.Duration:
		if *o.IsUnresolved() {
			fmt.Fprintf(b, "%p", o)
		} else {
			fmt.Fprintf(b, "%vms", *o.ToMilliseconds(nil))
		}
	case keyPart:
		mode, names := describeKeyPart(o)
		slices.Sort(names)
		fmt.Fprintf(b, "%s%q", mode, names)
	case interfacesawscloudfront.IResponseHeadersPolicyRef:
		b.WriteString(*o.ResponseHeadersPolicyRef().ResponseHeadersPolicyId)
	case interfacesawscloudfront.ICachePolicyRef:
		b.WriteString(*o.CachePolicyRef().CachePolicyId)
	case interfacesawscloudfront.IOriginRequestPolicyRef:
		b.WriteString(*o.OriginRequestPolicyRef().OriginRequestPolicyId)
	case constructs.IConstruct:
		b.WriteString(*o.Node().Path())
	default:
		fmt.Fprintf(b, "%T@%p", o, o)
	}
}

// isToken reports whether a string holds a value that is known only at
// deployment. The CDK writes such a value as ${Token[…]}.
func isToken(s string) bool { return strings.Contains(s, "${Token[") }

// isAlphanumeric reports whether a character is a letter or digit of ASCII.
func isAlphanumeric(c rune) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// isNil reports whether an interface is nil or holds a nil pointer.
func isNil(v any) bool {
	r := reflect.ValueOf(v)
	return !r.IsValid() || (r.Kind() == reflect.Pointer || r.Kind() == reflect.Interface || r.Kind() == reflect.Map || r.Kind() == reflect.Func) && r.IsNil()
}
