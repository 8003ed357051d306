package cfrouter_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
	"github.com/cfrouter/cfrouter/cfsim"
)

// Whatever kind of route there are thousands of, the table moves into the store.
func TestThousandsOfEveryKind(t *testing.T) {
	const each = 600
	app := newApp()
	stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
	router := routerIn(stack, &cfrouter.RouterProps{Dispatch: cfrouter.Dispatch_EDGE, DomainNames: jsii.Strings("example.com", "*.example.com"), Certificate: certificateIn(stack, "us-east-1")})
	exact := &cfrouter.RouteOptions{Exact: jsii.Bool(true)}
	beta := &cfrouter.RouteOptions{When: &[]cfrouter.Condition{cfrouter.Condition_Query(jsii.String("beta"), jsii.String("yes"))}}
	site, shop, preview := bucketTarget(stack, "Site"), urlTarget("https://shop.test"), urlTarget("https://preview.test")
	want := map[string]string{"/": "Site /index.html", "/page1/": "Site /page1/index.html"}
	add := func(pattern string, target cfrouter.Target, options *cfrouter.RouteOptions) {
		router.AddRoute(jsii.String(pattern), target, options)
	}
	add("/", site, nil)
	for i := range each {
		add(fmt.Sprint("/2019/article-", i), cfrouter.NewRedirectTarget(jsii.String(fmt.Sprint("/news/", i%7, "/story-", i)), nil), exact)
		add(fmt.Sprint("/shop", i, "/*"), shop, nil)
		add(fmt.Sprint("/photos", i, "/*.jpg"), shop, nil)
		add(fmt.Sprint("/app", i), preview, beta)
		add(fmt.Sprint("/app", i), shop, nil)
		add(fmt.Sprint("*.example.com/tenant", i), shop, nil)
	}
	for _, i := range []int{0, 77, each - 1} {
		want[fmt.Sprint("/2019/article-", i)] = fmt.Sprint("307 /news/", i%7, "/story-", i)
		want[fmt.Sprint("/2019/article-", i, "/x")] = fmt.Sprint("Site /2019/article-", i, "/x")
		want[fmt.Sprint("/shop", i, "/a/b")] = fmt.Sprint("shop.test /shop", i, "/a/b")
		want[fmt.Sprint("/shop", i)] = fmt.Sprint("Site /shop", i)
		want[fmt.Sprint("/photos", i, "/a/b.jpg")] = fmt.Sprint("shop.test /photos", i, "/a/b.jpg")
		want[fmt.Sprint("/photos", i, "/a.png")] = fmt.Sprint("Site /photos", i, "/a.png")
		want[fmt.Sprint("/app", i, "/x")] = "shop.test /x"
		want[fmt.Sprint("/app", i, "/x?beta=yes")] = "preview.test /x"
		want[fmt.Sprint("https://a.example.com/tenant", i, "/x")] = "shop.test /x"
		want[fmt.Sprint("https://example.com/tenant", i, "/x")] = fmt.Sprint("Site /tenant", i, "/x")
	}
	cfsim.Open(t, *app.Synth(nil).Directory()).Expect(t, want)
}
