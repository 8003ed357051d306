package signed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// A statement is what a policy demands.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html#private-content-custom-policy-statement)
type statement struct {
	resource *string // nil for any
	before   int64   // seconds since 1970
	after    *int64
	from     *netip.Prefix
}

// maxEpoch is the last second that CloudFront takes, in the year 2262. Times in
// milliseconds are beyond it.
const maxEpoch = 9223372036

// parsePolicy reads a policy. White space is let pass, which the page asks to
// remove and its own example has.
func parsePolicy(text string) (*statement, error) {
	s, err := readPolicy([]byte(text))
	if err != nil {
		return nil, malformedPolicy("the policy cannot be read: " + err.Error())
	}
	return s, nil
}

func readPolicy(text []byte) (*statement, error) {
	top, err := members("the policy", text, "Statement")
	if err != nil {
		return nil, err
	}
	var statements []json.RawMessage
	if err := json.Unmarshal(top["Statement"], &statements); err != nil || len(statements) != 1 {
		return nil, fmt.Errorf("it has the Statement %s, and a list of exactly one is wanted", show(top["Statement"]))
	}
	parts, err := members("Statement", statements[0], "Resource", "Condition")
	if err != nil {
		return nil, err
	}
	s := &statement{}
	if resource, ok := parts["Resource"]; ok {
		if s.resource, err = readText("Resource", resource); err != nil {
			return nil, err
		}
	}
	return s, s.readCondition(parts["Condition"])
}

func (s *statement) readCondition(text json.RawMessage) error {
	conditions, err := members("Condition", text, "DateLessThan", "DateGreaterThan", "IpAddress")
	if err != nil {
		return err
	}
	before, err := readEpoch("DateLessThan", conditions)
	if err != nil {
		return err
	}
	if before == nil {
		return errors.New("it has no DateLessThan, which is required")
	}
	s.before = *before
	if s.after, err = readEpoch("DateGreaterThan", conditions); err != nil {
		return err
	}
	s.from, err = readAddress(conditions)
	return err
}

// members reads an object. Its members have to be spelled as AWS does, and there
// may be no others, which would be restrictions that nobody checks.
func members(what string, text json.RawMessage, allowed ...string) (map[string]json.RawMessage, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil || all == nil {
		return nil, fmt.Errorf("%s is %s, and an object is wanted", what, show(text))
	}
	for name := range all {
		if !slices.Contains(allowed, name) {
			return nil, fmt.Errorf("%s has the member %q: it can have %s", what, name, strings.Join(allowed, ", "))
		}
	}
	return all, nil
}

// show writes JSON as it is, on one line and not at length.
func show(text json.RawMessage) string {
	const most = 80
	var line bytes.Buffer
	switch {
	case len(text) == 0:
		return "missing"
	case json.Compact(&line, text) != nil:
		return fmt.Sprintf("not JSON (%.*q)", most, text)
	case line.Len() > most:
		return line.String()[:most] + "…"
	}
	return line.String()
}

func readText(name string, text json.RawMessage) (*string, error) {
	var value *string
	if err := json.Unmarshal(text, &value); err != nil || value == nil {
		return nil, fmt.Errorf("%s is %s, and a string is wanted", name, show(text))
	}
	return value, nil
}

func readEpoch(name string, conditions map[string]json.RawMessage) (*int64, error) {
	text, ok := conditions[name]
	if !ok {
		return nil, nil
	}
	date, err := members(name, text, "AWS:EpochTime")
	if err != nil {
		return nil, err
	}
	seconds, err := strconv.ParseInt(string(date["AWS:EpochTime"]), 10, 64)
	if err != nil || seconds < 0 {
		return nil, fmt.Errorf("%s is %s, and seconds since 1970 are wanted, a number without quotation marks", name, show(date["AWS:EpochTime"]))
	}
	if seconds > maxEpoch {
		return nil, fmt.Errorf("%s is %d, and seconds since 1970 are wanted, %d at most: it may be in milliseconds", name, seconds, int64(maxEpoch))
	}
	return &seconds, nil
}

// readAddress reads a range of IPv4 addresses, or a single one, which the AWS CLI
// writes so.
// (https://docs.aws.amazon.com/cli/latest/reference/cloudfront/sign.html)
func readAddress(conditions map[string]json.RawMessage) (*netip.Prefix, error) {
	text, ok := conditions["IpAddress"]
	if !ok {
		return nil, nil
	}
	address, err := members("IpAddress", text, "AWS:SourceIp")
	if err != nil {
		return nil, err
	}
	value, err := readText("AWS:SourceIp", address["AWS:SourceIp"])
	if err != nil {
		return nil, err
	}
	cidr := *value
	if !strings.Contains(cidr, "/") {
		cidr += "/32"
	}
	prefix, err := netip.ParsePrefix(cidr)
	if err != nil || !prefix.Addr().Is4() {
		return nil, fmt.Errorf("AWS:SourceIp is %q, and a range of IPv4 addresses is wanted, such as 192.0.2.0/24", *value)
	}
	return &prefix, nil
}
