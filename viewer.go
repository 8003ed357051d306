package cfrouter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/jsii-runtime-go"
)

// CloudFront adds what it knows about the viewer, such as the country, to a request if
// a policy of the behavior names the header, and then for functions as well.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html)

// showViewer sees to it that the edge function is told what conditions look at, by
// the origin request policy where the cache policy is none of the Router's.
func (r *router) showViewer(j *joint, options *awscloudfront.AddBehaviorOptions) error {
	unseen := slices.DeleteFunc(slices.Clone(j.viewer), func(name string) bool { return hasHeader(j.keyed, name) })
	switch {
	case len(unseen) == 0:
	case !isNil(options.OriginRequestPolicy) && hidesViewer(options.OriginRequestPolicy, unseen):
		return fmt.Errorf("serves routes with conditions that look at %q, which CloudFront adds if the origin request policy names it, and theirs does not: use OriginRequestPolicy_ALL_VIEWER_EXCEPT_HOST_HEADER(), or one of your own with these headers", unseen)
	case isNil(options.OriginRequestPolicy) && j.cached:
		return fmt.Errorf("serves routes with conditions that look at %q, which CloudFront adds if a policy names it, and has a cache policy of your own that does not: give Cache instead, which names it, or name it in the HeaderBehavior of that policy", unseen)
	case isNil(options.OriginRequestPolicy) && len(unseen) > maxPolicyHeaders:
		return fmt.Errorf("serves routes with conditions that look at the %d headers %q, and CloudFront takes %d in an origin request policy: look at fewer of them", len(unseen), unseen, maxPolicyHeaders)
	case isNil(options.OriginRequestPolicy):
		options.OriginRequestPolicy = r.viewerPolicy(unseen)
	}
	return nil
}

// viewerPolicy is the origin request policy that names some headers of CloudFront's
// about the viewer, and nothing that comes from the viewer. Equal ones share one,
// since an account has only 20.
func (r *router) viewerPolicy(headers []string) awscloudfront.OriginRequestPolicy {
	settings := hash(strings.Join(headers, " "))[:8]
	if r.viewers[settings] == nil {
		r.viewers[settings] = awscloudfront.NewOriginRequestPolicy(r, jsii.String("ViewerPolicy"+settings), &awscloudfront.OriginRequestPolicyProps{
			OriginRequestPolicyName: globalName(r, settings),
			HeaderBehavior:          awscloudfront.OriginRequestHeaderBehavior_AllowList(*jsii.Strings(headers...)...),
			CookieBehavior:          awscloudfront.OriginRequestCookieBehavior_None(),
			QueryStringBehavior:     awscloudfront.OriginRequestQueryStringBehavior_None(),
		})
	}
	return r.viewers[settings]
}
