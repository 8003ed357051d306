// Package cfsim runs CloudFront distributions before they are deployed. It takes
// a synthesized CloudFormation template, whoever made it, and answers requests as
// CloudFront would: edge functions are executed, policies applied, objects cached.
// It needs neither the CDK nor an AWS account, and a test that uses it on a
// template runs in milliseconds.
//
// A routing test is a table:
//
//	func TestRoutes(t *testing.T) {
//		cfsim.OpenTemplate(t, assertions.Template_FromStack(stack, nil).ToJSON()).Expect(t, map[string]string{
//			"/":                               "Site /index.html",
//			"/files":                          "308 /files/",
//			"POST /api/quote":                 "HttpApi /quote",
//			"https://admin.example.com/users": "Admin /users",
//			"/\nCookie: beta=on":              "Beta /index.html",
//			"/\nX-Release: next":              "Next /index.html",
//		})
//	}
//
// [Distribution.Explain] returns a [Trace] of one request: the behavior and the
// patterns tried before, what the edge functions changed, the cache key, what the
// origin is asked for and whether it lets the distribution in. Everything in it
// can be asserted on, and it prints as an explanation.
//
// A [Distribution] is an [http.Handler]. With [Distribution.Attach] a directory, a
// handler, a server or a Lambda function that runs as a local process stands in
// for an origin, and the distribution can be used under [net/http/httptest] or, by
// the command cfrouter, in a browser.
//
//	shop := cfsim.Open(t, "cdk.out")
//	for name, origin := range map[string]cfsim.Origin{
//		"Site": cfsim.Dir("site"),
//		"Api":  cfsim.Lambda("go", "run", "./api"),
//	} {
//		if err := shop.Attach(name, origin); err != nil {
//			t.Fatal(err)
//		}
//	}
//	server := httptest.NewServer(shop)
//
// [App.Check] looks for faults in a template, and [Distribution.Smoke] runs its edge
// functions to see that they run at all. [App.PutKey] turns a switch in a key-value
// store. A test that begins with [Open] finds the App at [Distribution.App].
//
// # Symbols
//
// What only a deployment knows stands as a symbol, written as Fn::Sub writes it:
// "${SiteE53D7754}" for the Ref of a resource, "${AWS::Region}" for a pseudo
// parameter. The distribution's own name is d111111abcdef8.cloudfront.net, as in
// AWS's documentation.
//
// # Fidelity
//
// Each rule, whether it is simulated (yes), approximated (~) or not simulated (no),
// and the page it is from. DG is the CloudFront Developer Guide,
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/. What is not
// simulated and would have had a part in a request is said in its trace.
//
//	viewers
//	  yes  alternate domain names, wildcards included                    DG CNAMEs
//	  yes  geographic restrictions, for a country that is given          DG georestrictions
//	  yes  viewer protocol policy: 301, 307 and 403                      DG using-https-viewers-to-cloudfront
//	  yes  length of urls and headers                                    DG cloudfront-limits
//	  yes  signed urls and cookies of trusted key groups                 DG PrivateContent
//	  no   trusted signers, whose keys belong to an account              DG private-content-trusted-signers
//	  ~    headers about the viewer: protocol, address, country, device  DG adding-cloudfront-headers
//	       where; city, TLS and fingerprints are known if a test says
//	       what they are
//	  no   web ACLs, field-level encryption, viewer mTLS, HTTP/3, gRPC,
//	       WebSocket, multi-tenant distributions, continuous deployment
//	behaviors
//	  yes  path patterns, in order, on the normalised path               DG DownloadDistValuesCacheBehavior
//	  yes  allowed methods; GET with a body                              DG RequestAndResponseBehaviorCustomOrigin
//	  yes  legacy settings (ForwardedValues)                             DG header-caching, QueryStringParameters, Cookies
//	  yes  default root object                                           DG DefaultRootObject
//	edge functions
//	  yes  CloudFront functions, runtimes 1.0 and 2.0, on both events    DG functions-event-structure
//	  yes  code that the engine does not parse is answered with 503      DG functions-javascript-runtime-20
//	  yes  what they may return and which headers they may touch         DG edge-functions-restrictions
//	  yes  key-value stores; choosing and changing origins               DG functions-custom-methods
//	  ~    limits: loops end after a second instead of the documented
//	       compute utilisation; memory is bounded, but not at 2 MB       DG cloudfront-function-restrictions
//	  yes  Lambda@Edge in Node.js, if node is installed                  DG lambda-at-the-edge
//	  no   Lambda@Edge in other languages
//	cache
//	  yes  cache keys of cache policies and legacy settings              DG understanding-the-cache-key
//	  yes  minimum, default and maximum TTL, Cache-Control, Expires      DG Expiration
//	  yes  validation, Age, X-Cache, stale-while-revalidate,
//	       stale-if-error, collapsing of requests                        DG Expiration, RequestAndResponseBehaviorCustomOrigin
//	  yes  errors, and for how long                                      DG HTTPStatusCodes, custom-error-pages-expiration
//	  yes  invalidation by path                                          DG Invalidation
//	  ~    ranges: of whole objects only, parts are passed on            DG RangeGETs
//	  ~    one cache, where CloudFront has one at each edge location and
//	       regional ones behind; origin shield changes nothing
//	origins
//	  yes  headers, cookies and query strings by policy, managed ones
//	       included                                                      DG controlling-origin-requests
//	  yes  custom headers, origin path, timeouts, attempts               DG DownloadDistValuesOrigin
//	  yes  Set-Cookie is passed on if cookies are forwarded, Vary as far
//	       as what it names is                                           DG Cookies, RequestAndResponseBehaviorCustomOrigin
//	  yes  origin access control and identity: whether bucket policies
//	       and Lambda permissions in the template let it in              DG private-content-restricting-access-to-origin
//	  no   the signature itself; keys of encrypted buckets
//	  yes  hash of the body for a function URL                           DG private-content-restricting-access-to-lambda
//	  yes  origin groups, by status codes; 503 and 504 stand for origins
//	       that cannot be reached or are late                            DG high_availability_origin_failover
//	  no   media quality scores; origin mTLS; VPC origins are asked like
//	       others
//	answers
//	  yes  custom error responses                                        DG GeneratingCustomErrorResponses
//	  yes  response headers policies                                     DG understanding-response-headers-policies
//	  no   Server-Timing
//	  yes  compression with gzip and Brotli                              DG ServingCompressedFiles
//	  no   logs and metrics
//
// Where AWS does not say what happens, the choice here is one that shows a mistake
// rather than hides it:
//
//   - Behavior and origin are not part of the cache key, so objects of two origins
//     mix here if nothing in the key tells them apart.
//   - Edge functions see the path as the viewer spelled it; behaviors are chosen by
//     its normal form, in which escapes of unreserved characters are decoded.
//   - A viewer-response function sees the request as the viewer-request function left
//     it.
//   - Functions can select the distribution's origins, and not its groups of origins.
//   - The default root object takes the place of "/" after the viewer-request
//     function.
//   - A cache policy whose times are all zero keeps no errors, as AWS says of its
//     own CachingDisabled.
//   - Content-Type, Range and conditional headers are sent to the origin whatever
//     the policies say.
//   - No viewer function runs for a custom error page, which AWS says of
//     Lambda@Edge only.
//   - Response headers policies leave what the edge refuses or redirects by itself
//     alone, and apply to what it answers in place of an origin that fails.
//   - A response headers policy is applied before the viewer-response function.
package cfsim
