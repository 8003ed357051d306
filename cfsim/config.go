package cfsim

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
)

// A config is the DistributionConfig of a template, as far as it is simulated
// or has to be reported as not simulated.
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cloudfront-distribution-distributionconfig.html)
type config struct {
	Aliases              []string
	CNAMEs               []string // the legacy name of Aliases
	CacheBehaviors       []behaviorConfig
	CustomErrorResponses []errorResponse
	DefaultCacheBehavior behaviorConfig
	DefaultRootObject    string
	Enabled              *boolean
	HttpVersion          string
	OriginGroups         struct{ Items []groupConfig }
	Origins              []originConfig
	Restrictions         struct{ GeoRestriction geoRestriction }
	Staging              boolean
	TenantConfig         any
	WebACLId             string
}

type behaviorConfig struct {
	AllowedMethods             []string
	CachedMethods              []string
	CachePolicyId              string
	Compress                   boolean
	FieldLevelEncryptionId     string
	ForwardedValues            any
	FunctionAssociations       []functionAssociation
	GrpcConfig                 struct{ Enabled boolean }
	LambdaFunctionAssociations []lambdaAssociation
	OriginRequestPolicyId      string
	PathPattern                string
	ResponseHeadersPolicyId    string
	SmoothStreaming            boolean
	TargetOriginId             string
	TrustedKeyGroups           []string
	TrustedSigners             []string
	ViewerProtocolPolicy       string
}

type functionAssociation struct{ EventType, FunctionARN string }

type lambdaAssociation struct {
	EventType, LambdaFunctionARN string
	IncludeBody                  boolean
}

type originConfig struct {
	ConnectionAttempts    number
	ConnectionTimeout     number
	CustomOriginConfig    *customOrigin
	DomainName            string
	Id                    string
	OriginAccessControlId string
	OriginCustomHeaders   []customHeader
	OriginPath            string
	OriginShield          struct{ Enabled boolean }

	ResponseCompletionTimeout number

	readTimeout     number // of a function's, for buckets too; 0 for that of the origin
	S3OriginConfig  *s3Origin
	VpcOriginConfig *struct{ VpcOriginId string }
}

type s3Origin struct{ OriginAccessIdentity string }

type customHeader struct{ HeaderName, HeaderValue string }

type customOrigin struct {
	HTTPPort, HTTPSPort  number
	OriginProtocolPolicy string
	OriginReadTimeout    number
}

type groupConfig struct {
	FailoverCriteria  struct{ StatusCodes struct{ Items []number } }
	Id                string
	Members           struct{ Items []struct{ OriginId string } }
	SelectionCriteria string
}

type errorResponse struct {
	ErrorCachingMinTTL *number
	ErrorCode          number
	ResponseCode       number
	ResponsePagePath   string
}

type geoRestriction struct {
	Locations       []string
	RestrictionType string // "none", "blacklist" or "whitelist"
}

// CloudFormation takes a string wherever it takes a boolean or a number.

type boolean bool

func (b *boolean) UnmarshalJSON(text []byte) error {
	value, err := strconv.ParseBool(unquoted(text))
	*b = boolean(value)
	if err != nil {
		return fmt.Errorf("%s is neither true nor false", text)
	}
	return nil
}

type number float64

func (n *number) UnmarshalJSON(text []byte) error {
	value, err := strconv.ParseFloat(unquoted(text), 64)
	*n = number(value)
	if err != nil {
		return fmt.Errorf("%s is no number", text)
	}
	return nil
}

func unquoted(text []byte) string {
	var s string
	if json.Unmarshal(text, &s) == nil {
		return s
	}
	return string(text)
}

// decode reads resolved properties of a template into a struct.
func decode(properties, into any) error {
	text, err := json.Marshal(properties)
	if err != nil {
		return err
	}
	err = json.Unmarshal(text, into)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		kinds := map[reflect.Kind]string{reflect.Slice: "a list", reflect.Struct: "an object", reflect.Pointer: "an object", reflect.Map: "an object", reflect.String: "a string"}
		return fmt.Errorf("%s is a %s, and CloudFormation expects %s", wrong.Field, wrong.Value, kinds[wrong.Type.Kind()])
	}
	return err
}
