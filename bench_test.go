package cfrouter_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
)

// BenchmarkSynth compares building and synthesizing a Router with the same
// distribution written by hand with CDK's L2, in alternating pairs, and reports
// the medians and their difference:
//
//	go test -run none -bench Synth -benchtime 1x .
func BenchmarkSynth(b *testing.B) {
	for _, routes := range []int{10, 35} {
		b.Run(fmt.Sprint(routes, " routes"), func(b *testing.B) {
			for b.Loop() {
				withRouter, byHand := make([]float64, 20), make([]float64, 20)
				milliseconds(func(stack awscdk.Stack) { buildRouter(stack, routes) }) // the first of a process is slower
				for i := range 20 {
					withRouter[i] = milliseconds(func(stack awscdk.Stack) { buildRouter(stack, routes) })
					byHand[i] = milliseconds(func(stack awscdk.Stack) { buildByHand(stack, routes) })
				}
				b.ReportMetric(median(withRouter), "router-ms")
				b.ReportMetric(median(byHand), "by-hand-ms")
				b.ReportMetric(median(withRouter)-median(byHand), "more-ms")
				b.ReportMetric(median(withRouter)/median(byHand), "ratio")
			}
		})
	}
}

// BenchmarkThousands compares a Router of 5,000 routes at the edge with an empty
// stack, in alternating pairs, and reports the medians and their difference:
//
//	go test -run none -bench Thousands -benchtime 1x .
func BenchmarkThousands(b *testing.B) {
	paths := manyPaths(5000)
	for b.Loop() {
		many, none := make([]float64, 5), make([]float64, 5)
		milliseconds(func(awscdk.Stack) {})
		for i := range many {
			many[i] = milliseconds(func(stack awscdk.Stack) {
				router := cfrouter.NewRouter(stack, jsii.String("Router"), &cfrouter.RouterProps{Dispatch: cfrouter.Dispatch_EDGE})
				for n, path := range paths {
					router.AddRoute(jsii.String(path), urlTarget(fmt.Sprint("https://host", n%60, ".example.com")), nil)
				}
			})
			none[i] = milliseconds(func(awscdk.Stack) {})
		}
		b.ReportMetric(median(many), "router-ms")
		b.ReportMetric(median(none), "empty-ms")
		b.ReportMetric(median(many)-median(none), "more-ms")
	}
}

func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

func milliseconds(build func(awscdk.Stack)) float64 {
	start := time.Now()
	// CDK's validator is left off: it costs both the same.
	app := awscdk.NewApp(&awscdk.AppProps{AnalyticsReporting: jsii.Bool(false)})
	build(awscdk.NewStack(app, jsii.String("Stack"), nil))
	app.Synth(nil)
	return float64(time.Since(start).Microseconds()) / 1000
}

// Every third route goes to a bucket, the others to URLs.
func buildRouter(stack awscdk.Stack, routes int) {
	router := cfrouter.NewRouter(stack, jsii.String("Router"), nil)
	for i := range routes {
		router.AddRoute(jsii.String(fmt.Sprint("/route", i)), routerTarget(stack, i), nil)
	}
}

func routerTarget(stack awscdk.Stack, i int) cfrouter.Target {
	if i%3 == 0 {
		return cfrouter.NewBucketTarget(awss3.NewBucket(stack, jsii.String(fmt.Sprint("Bucket", i)), nil), nil)
	}
	return cfrouter.NewUrlTarget(jsii.String(fmt.Sprint("https://host", i, ".example.com")), nil)
}

func buildByHand(stack awscdk.Stack, routes int) {
	function := awscloudfront.NewFunction(stack, jsii.String("Function"), &awscloudfront.FunctionProps{
		Code:    awscloudfront.FunctionCode_FromInline(jsii.String("function handler(event) { return event.request }")),
		Runtime: awscloudfront.FunctionRuntime_JS_2_0(),
	})
	associations := &[]*awscloudfront.FunctionAssociation{{EventType: awscloudfront.FunctionEventType_VIEWER_REQUEST, Function: function}}
	access := awscloudfront.NewS3OriginAccessControl(stack, jsii.String("Access"), nil)
	policy := awscloudfront.NewCachePolicy(stack, jsii.String("Policy"), &awscloudfront.CachePolicyProps{
		HeaderBehavior: awscloudfront.CacheHeaderBehavior_AllowList(jsii.String("x-route")),
	})
	distribution := awscloudfront.NewDistribution(stack, jsii.String("Distribution"), &awscloudfront.DistributionProps{
		DefaultBehavior: &awscloudfront.BehaviorOptions{
			Origin:               awscloudfrontorigins.NewHttpOrigin(jsii.String("unmatched.invalid"), nil),
			FunctionAssociations: associations,
		},
	})
	for i := range routes {
		origin, options := originByHand(stack, i, access, policy)
		options.FunctionAssociations = associations
		options.ViewerProtocolPolicy = awscloudfront.ViewerProtocolPolicy_REDIRECT_TO_HTTPS
		for _, path := range []string{fmt.Sprint("/route", i), fmt.Sprint("/route", i, "/*")} {
			distribution.AddBehavior(jsii.String(path), origin, options)
		}
	}
}

func originByHand(stack awscdk.Stack, i int, access awscloudfront.S3OriginAccessControl, policy awscloudfront.CachePolicy) (awscloudfront.IOrigin, *awscloudfront.AddBehaviorOptions) {
	if i%3 == 0 {
		bucket := awss3.NewBucket(stack, jsii.String(fmt.Sprint("Bucket", i)), nil)
		return awscloudfrontorigins.S3BucketOrigin_WithOriginAccessControl(bucket, &awscloudfrontorigins.S3BucketOriginWithOACProps{
			OriginAccessControl: access,
			OriginAccessLevels:  &[]awscloudfront.AccessLevel{awscloudfront.AccessLevel_READ, awscloudfront.AccessLevel_LIST},
		}), &awscloudfront.AddBehaviorOptions{
			AllowedMethods: awscloudfront.AllowedMethods_ALLOW_GET_HEAD_OPTIONS(),
			CachePolicy:    policy,
		}
	}
	return awscloudfrontorigins.NewHttpOrigin(jsii.String(fmt.Sprint("host", i, ".example.com")), nil), &awscloudfront.AddBehaviorOptions{
		AllowedMethods:      awscloudfront.AllowedMethods_ALLOW_ALL(),
		CachePolicy:         awscloudfront.CachePolicy_CACHING_DISABLED(),
		OriginRequestPolicy: awscloudfront.OriginRequestPolicy_ALL_VIEWER_EXCEPT_HOST_HEADER(),
	}
}

// BenchmarkImport measures what importing the library adds to a CDK app that
// imports awscloudfrontorigins already: the processor time of a build with an
// empty cache, and the size of the binary. It takes some minutes:
//
//	go test -run none -bench Import -benchtime 1x -timeout 30m .
func BenchmarkImport(b *testing.B) {
	const app = `package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	_ "github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/jsii-runtime-go"
%s)

func main() {
	defer jsii.Close()
	awscdk.NewApp(nil).Synth(nil)
}
`
	for b.Loop() {
		plainTime, plainSize := coldBuild(b, fmt.Sprintf(app, ""))
		withTime, withSize := coldBuild(b, fmt.Sprintf(app, "\t_ \"github.com/cfrouter/cfrouter\"\n"))
		b.ReportMetric(plainTime, "plain-s")
		b.ReportMetric(withTime, "with-s")
		b.ReportMetric(withTime/plainTime, "time-ratio")
		b.ReportMetric(plainSize, "plain-bytes")
		b.ReportMetric(withSize, "with-bytes")
		b.ReportMetric(withSize/plainSize, "size-ratio")
	}
}

// coldBuild builds a program of this module with an empty build cache.
func coldBuild(b *testing.B, source string) (seconds, bytes float64) {
	b.Helper()
	folder := b.TempDir()
	// A program outside the module would need a go.mod and go.sum of its own; an
	// overlay makes it one of the module's without a file in it.
	program, overlay := filepath.Join(folder, "main.go"), filepath.Join(folder, "overlay.json")
	module, err := os.Getwd()
	if err != nil {
		b.Fatal(err)
	}
	write(b, program, source)
	write(b, overlay, fmt.Sprintf(`{"Replace": {%q: %q}}`, filepath.Join(module, "internal", "app", "main.go"), program))
	build := exec.Command("go", "build", "-overlay", overlay, "-o", filepath.Join(folder, "app"), "./internal/app")
	build.Env = append(os.Environ(), "GOCACHE="+filepath.Join(folder, "cache"))
	if output, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, output)
	}
	seconds = (build.ProcessState.UserTime() + build.ProcessState.SystemTime()).Seconds()
	info, err := os.Stat(filepath.Join(folder, "app"))
	if err != nil {
		b.Fatal(err)
	}
	return seconds, float64(info.Size())
}

func write(b *testing.B, name, text string) {
	b.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
}
