package cfrouter

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// HttpApiTargetProps are the settings of [NewHttpApiTarget].
type HttpApiTargetProps struct {
	// Stage is the stage that gets the requests. The name of a stage other than
	// $default is part of the path that API Gateway is sent; its routes do not see it.
	// Default: - the API's default stage.
	Stage awsapigatewayv2.IHttpStage

	// Origin are CDK's own props. An OriginPath is put behind that of the stage.
	// Default: - HTTPS only.
	Origin *awscloudfrontorigins.HttpOriginProps
}

type httpApiTarget struct {
	api   awsapigatewayv2.IHttpApi
	stage awsapigatewayv2.IHttpStage // nil for the default stage of an imported API
	props *HttpApiTargetProps
}

// NewHttpApiTarget sends requests to an API Gateway HTTP API: every method,
// nothing cached, everything but the viewer's Host header forwarded.
func NewHttpApiTarget(api awsapigatewayv2.IHttpApi, props *HttpApiTargetProps) Target {
	if isNil(api) {
		panicf("NewHttpApiTarget was given a nil API: pass one, such as awsapigatewayv2.NewHttpApi(stack, id, nil)")
	}
	t := &httpApiTarget{api, nil, merged(props)}
	t.stage = t.props.Stage
	own, made := api.(awsapigatewayv2.HttpApi)
	if made && value(own.DisableExecuteApiEndpoint(), false) {
		panicf("HTTP API %q has its execute-api endpoint disabled, which is where CloudFront would reach it: enable it, or use NewUrlTarget with the API's custom domain name", *api.Node().Path())
	}
	if made && isNil(t.stage) {
		if t.stage = own.DefaultStage(); isNil(t.stage) {
			panicf("HTTP API %q has no default stage: set HttpApiTargetProps.Stage to the stage that gets the requests", *api.Node().Path())
		}
	}
	return t
}

// Key names the stage, since each stage is an origin of its own.
func (t *httpApiTarget) Key() *string {
	key := "httpapi:" + *t.api.Node().Path()
	if path := t.stagePath(); path != "" {
		key += ":" + known(*t.stage.StageName(), *t.stage.Node().Id())
	}
	return jsii.String(key)
}

func (t *httpApiTarget) settings() any {
	return struct {
		Origin *awscloudfrontorigins.HttpOriginProps
		Stage  string
	}{t.props.Origin, t.stagePath()}
}

func (t *httpApiTarget) stagePath() string {
	if isNil(t.stage) || *t.stage.StageName() == "$default" {
		return ""
	}
	return "/" + *t.stage.StageName()
}

func (t *httpApiTarget) Bind(_ constructs.Construct, options *TargetBindOptions) *TargetConfig {
	stack := awscdk.Stack_Of(t.api)
	host := fmt.Sprintf("%s.execute-api.%s.%s", *t.api.ApiId(), *stack.Region(), *stack.UrlSuffix())
	props := merged(&awscloudfrontorigins.HttpOriginProps{OriginId: options.originId}, t.props.Origin)
	if path := t.stagePath(); path != "" {
		props.OriginPath = jsii.String(path + value(props.OriginPath, ""))
	}
	config := t.unbound()
	config.Origin, config.id = awscloudfrontorigins.NewHttpOrigin(jsii.String(host), props), props.OriginId
	config.path = props.OriginPath
	return config
}

func (t *httpApiTarget) unbound() *TargetConfig {
	return &TargetConfig{Behavior: forwarding(), RefusesViewerHost: jsii.Bool(true)}
}

// UrlTargetProps are the settings of [NewUrlTarget].
type UrlTargetProps struct {
	// Origin are CDK's own props. What the URL says, it says alone: ProtocolPolicy,
	// ports and OriginPath are refused here.
	// Default: - the protocol of the URL.
	Origin *awscloudfrontorigins.HttpOriginProps
}

type urlTarget struct {
	url   *url.URL
	props *UrlTargetProps
}

// NewUrlTarget sends requests to a server anywhere, such as
// "https://example.com/base": every method, nothing cached, everything forwarded
// but the viewer's Host header, instead of which the server gets its own. Its
// path is put in front of every request's. The port is 80, 443 or one from 1024
// to 65535.
func NewUrlTarget(target *string, props *UrlTargetProps) Target {
	if target == nil {
		panicf(`NewUrlTarget was given a nil URL: write one, such as "https://example.com"`)
	}
	parsed, err := parseTarget(*target)
	if err != nil {
		panicf("%w", err)
	}
	t := &urlTarget{parsed, merged(props)}
	if o := t.props.Origin; o != nil && (o.ProtocolPolicy != "" || o.HttpPort != nil || o.HttpsPort != nil || o.OriginPath != nil) {
		panicf("URL %q has ProtocolPolicy, HttpPort, HttpsPort or OriginPath in UrlTargetProps.Origin: write protocol, port and path in the URL", *target)
	}
	return t
}

// parseTarget reads a URL that CloudFront can use as an origin.
func parseTarget(text string) (*url.URL, error) {
	if isToken(text) {
		return nil, fmt.Errorf("URL %q holds a value that is known only at deployment: use NewOriginTarget(awscloudfrontorigins.NewHttpOrigin(domain, props), nil)", text)
	}
	if shown, hidden := withoutUser(text); hidden {
		return nil, fmt.Errorf("URL %q holds a user name or a password, not shown here: leave them out and send credentials in UrlTargetProps.Origin.CustomHeaders", shown)
	}
	u, err := url.Parse(text)
	if err != nil {
		var cause *url.Error
		if errors.As(err, &cause) {
			err = cause.Err
		}
		return nil, fmt.Errorf(`URL %q cannot be read (%v): write one such as "https://example.com/base"`, text, err)
	}
	switch {
	case text == "":
		return nil, errors.New(`URL "" is empty: write one such as "https://example.com"`)
	case u.Scheme == "http" && u.Opaque != "", u.Scheme == "https" && u.Opaque != "":
		return nil, fmt.Errorf("URL %q has no slashes after its scheme: write %q", text, u.Scheme+"://"+u.Opaque)
	case u.Scheme == "" || u.Host == "" && u.Opaque != "":
		return nil, fmt.Errorf("URL %q has no scheme: write %q", text, "https://"+strings.TrimLeft(text, "/"))
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("URL %q has the scheme %q: CloudFront speaks http and https with origins, so write %q", text, u.Scheme, "https://"+u.Host+u.EscapedPath())
	case u.RawQuery != "" || u.ForceQuery:
		return nil, fmt.Errorf("URL %q has a query string: leave it out, each request brings its own", text)
	case u.Fragment != "" || strings.HasSuffix(text, "#"):
		return nil, fmt.Errorf("URL %q has a fragment, which is never sent: leave it out", text)
	}
	u.Host = strings.ToLower(u.Host)
	if err := checkTargetHost(text, u); err != nil {
		return nil, err
	}
	u.Host = strings.TrimSuffix(u.Host, map[string]string{"http": ":80", "https": ":443"}[u.Scheme])
	u.Path = strings.TrimRight(u.EscapedPath(), "/")
	u.RawPath = ""
	return u, checkBasePath(text, u.Path)
}

// withoutUser is a URL without the user name and the password that it may hold, for
// messages, which end up in logs; hidden reports whether there is something that
// could be one.
func withoutUser(text string) (shown string, hidden bool) {
	at := strings.LastIndexByte(text, '@')
	if at < 0 {
		return text, false
	}
	if u, err := url.Parse(text); err == nil && u.User == nil && u.Host != "" {
		return text, false
	}
	return regexp.MustCompile("^.*?//").FindString(text[:at]) + "…" + text[at:], true
}

func checkTargetHost(text string, u *url.URL) error {
	host := u.Hostname()
	switch {
	case host == "":
		return fmt.Errorf(`URL %q has no host: write one such as "https://example.com"`, text)
	case isAddress(host):
		return fmt.Errorf("URL %q has an IP address, and CloudFront takes only domain names as origins: give the server a name", text)
	case validName(host) != nil:
		return fmt.Errorf("URL %q has the host %q, which is not a public domain name: write one such as \"example.com\", in its ASCII form", text, host)
	}
	if port, given := u.Port(), strings.Contains(u.Host, ":"); given {
		n, err := strconv.Atoi(port)
		if err != nil || n != 80 && n != 443 && (n < 1024 || n > 65535) {
			return fmt.Errorf("URL %q has the port %q: CloudFront reaches origins at 80, 443 and 1024 to 65535", text, port)
		}
	}
	return nil
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// checkBasePath holds the base path to CloudFront's rules for an origin path.
func checkBasePath(text, path string) error {
	if len(path) > 255 {
		return fmt.Errorf("URL %q has a path of %d characters, and CloudFront takes 255: write a shorter one", text, len(path))
	}
	for _, segment := range strings.Split(path, "/")[1:] {
		if segment == "" || segment == "." || segment == ".." {
			return fmt.Errorf("URL %q has a segment %q in its path: write the path without it", text, segment)
		}
	}
	return nil
}

func (t *urlTarget) Key() *string {
	return jsii.String("url:" + t.url.Scheme + "://" + t.url.Host + t.url.Path)
}

func (t *urlTarget) settings() any { return t.props }

func (t *urlTarget) Bind(_ constructs.Construct, options *TargetBindOptions) *TargetConfig {
	props := merged(&awscloudfrontorigins.HttpOriginProps{OriginId: options.originId}, t.props.Origin)
	props.ProtocolPolicy = awscloudfront.OriginProtocolPolicy_HTTPS_ONLY
	port := &props.HttpsPort
	if t.url.Scheme == "http" {
		props.ProtocolPolicy = awscloudfront.OriginProtocolPolicy_HTTP_ONLY
		port = &props.HttpPort
	}
	if n, err := strconv.Atoi(t.url.Port()); err == nil {
		*port = jsii.Number(n)
	}
	if t.url.Path != "" {
		props.OriginPath = jsii.String(t.url.Path)
	}
	config := t.unbound()
	config.Origin, config.id = awscloudfrontorigins.NewHttpOrigin(jsii.String(t.url.Hostname()), props), props.OriginId
	config.path = props.OriginPath
	return config
}

func (t *urlTarget) unbound() *TargetConfig {
	return &TargetConfig{Behavior: forwarding(), elsewhere: t.elsewhere()}
}

// basePath is the path of an origin in the form in which it stands in front of every
// request's; "" if there is none, or one that is known only at deployment.
func basePath(originPath *string) string {
	path := strings.Trim(value(originPath, ""), "/")
	if path == "" || isToken(path) {
		return ""
	}
	return "/" + path
}

// elsewhere is where the edge can send a request by itself: a server that is reached
// with no settings but its name and path.
func (t *urlTarget) elsewhere() string {
	if t.url.Scheme != "https" || t.url.Port() != "" || t.props.Origin != nil {
		return ""
	}
	return t.url.Host + t.url.Path
}
