package cfrouter

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cfrouter/cfrouter/edgefn"
)

// What CloudFront takes in a key-value store, in bytes. In a file that is imported
// it counts characters, of which there are no more.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keyvaluestores)
const (
	maxKeyBytes   = 512
	maxValueBytes = 1024
	maxStoreBytes = 5 * 1000 * 1000
)

// ownKeys are what the Router's keys begin with.
var ownKeys = []string{"routes/", "site/", "weights/"}

// entriesOf are the user's entries of the key-value store, sorted by key.
func entriesOf(props *RouterProps) ([]edgefn.Entry, error) {
	given := value(props.KeyValues, nil)
	var out []edgefn.Entry
	total := 0
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if err := checkEntry(key, given[key]); err != nil {
			return nil, err
		}
		if err := checkSwitch(key, *given[key], props.Maintenance != nil); err != nil {
			return nil, err
		}
		out = append(out, edgefn.Entry{Key: key, Value: *given[key]})
		total += len(key) + len(*given[key])
	}
	if total > maxStoreBytes {
		return nil, fmt.Errorf("KeyValues have %d bytes, and CloudFront takes %d in a key-value store: keep large values in a bucket", total, maxStoreBytes)
	}
	return out, nil
}

func checkEntry(key string, given *string) error {
	own := slices.IndexFunc(ownKeys, func(own string) bool { return strings.HasPrefix(key, own) })
	switch {
	case key == "":
		return fmt.Errorf(`KeyValues have the key "": write one of 1 to %d bytes`, maxKeyBytes)
	case given == nil:
		return fmt.Errorf("KeyValues have a nil for %q: leave the key out, or give it a value", key)
	case isToken(key + *given):
		return fmt.Errorf("KeyValues have %q for %q, and one of them is known only at deployment: write plain text, and what deployment finds out with aws cloudfront-keyvaluestore put-key", *given, key)
	case own >= 0:
		return fmt.Errorf("KeyValues have the key %q, and %q is the Router's own: write another one", key, ownKeys[own])
	case len(key) > maxKeyBytes:
		return fmt.Errorf("KeyValues have the key %.40q… of %d bytes, and CloudFront takes %d: write a shorter one", key, len(key), maxKeyBytes)
	case len(*given) > maxValueBytes:
		return fmt.Errorf("KeyValues have a value of %d bytes for %q, and CloudFront takes %d: divide it among several keys", len(*given), key, maxValueBytes)
	case !utf8.ValidString(key + *given):
		return fmt.Errorf("KeyValues have %q for %q, and one of them is no text in UTF-8: write it in Base64", *given, key)
	}
	return nil
}

// checkSwitch refuses a declared state of maintenance that would change nothing.
func checkSwitch(key, state string, maintained bool) error {
	switch {
	case key != edgefn.MaintenanceKey:
		return nil
	case !maintained:
		return fmt.Errorf("KeyValues have the key %q, which switches RouterProps.Maintenance, and that is not set: set it as well, or write another key", key)
	case state != "on" && state != "off":
		return fmt.Errorf(`KeyValues have %q for %q: write "on" or "off"`, state, key)
	}
	return nil
}

// maintenanceOf is what everything is answered with while maintenance is on.
func maintenanceOf(given *ResponseTargetProps) *edgefn.Response {
	answer, err := responseOf(given, 503)
	if err != nil {
		panicf("RouterProps.Maintenance: %w", err)
	}
	return answer
}
