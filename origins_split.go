package cfrouter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter/edgefn"
)

// WeightedTarget is one of the targets of a split.
type WeightedTarget struct {
	// Target is anything with an origin; neither a split nor an answer of the edge.
	Target Target

	// Weight is the target's share of the sum of all weights; they need not add up to
	// 100. A target of weight 0 gets no request, and one that has all the weight every
	// one.
	// Default: - all targets get the same share, if none of them has a weight.
	Weight *float64
}

// SplitTargetProps are the settings of [NewSplitTarget].
type SplitTargetProps struct {
	// Id names the split, with up to 64 letters, digits, dots, hyphens and underscores.
	// "weights/" and the Id is the key of the weights in the Router's key-value store.
	Id *string

	// Targets are what the requests are divided among, two or more.
	Targets *[]*WeightedTarget

	// Cookie is the name of the cookie that keeps a viewer with the target that the
	// first request was sent to. It holds a number, and is Secure, HttpOnly and for all
	// paths. Requests without it are divided by chance.
	// Default: - "cfrouter-" and the Id.
	Cookie *string

	// Header is the name of a header of the request whose value, hashed, says where it
	// goes, instead of a cookie: requests with one value go to one target. Those
	// without it are divided by chance.
	// Default: - a cookie.
	Header *string

	// MaxAge is how long the cookie lasts, in whole seconds; 0 is until the browser
	// is closed.
	// Default: - 7 days.
	MaxAge awscdk.Duration
}

// NewSplitTarget divides requests among several targets, and keeps each viewer with
// one of them: a canary, blue and green, an experiment.
//
//	cfrouter.NewSplitTarget(&cfrouter.SplitTargetProps{
//		Id: jsii.String("checkout"),
//		Targets: &[]*cfrouter.WeightedTarget{
//			{Target: stable, Weight: jsii.Number(95)},
//			{Target: canary, Weight: jsii.Number(5)},
//		},
//	})
//
// The weights are values of the Router's key-value store and can be changed there
// without a deployment, by a list such as "90,10" in the order of the Targets. When
// they change, only viewers whose share has passed to another target move.
//
//	ETAG=$(aws cloudfront-keyvaluestore describe-key-value-store --kvs-arn "$ARN" --query ETag --output text)
//	aws cloudfront-keyvaluestore put-key --kvs-arn "$ARN" --if-match "$ETAG" --key weights/checkout --value 90,10
//
// That lasts until the Router declares other entries for the store: see
// [RouterProps]. While the store has no weights, or not one for each target, those
// given here apply. CloudFront sets no cookie on a response of status 400 or above, on
// which it runs no function.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/kvs-with-functions-kvp.html)
func NewSplitTarget(props *SplitTargetProps) Target {
	t := &splitTarget{props: merged(props)}
	if err := t.read(); err != nil {
		panicf("%w", err)
	}
	return t
}

// splitTarget stands for several targets, each of which the Router binds by itself.
type splitTarget struct {
	props *SplitTargetProps
	among []Target
	row   edgefn.Split // without destinations
}

// week is how long the cookie of a split lasts, in seconds.
const week = 7 * 24 * 60 * 60

// read checks the props and takes them over.
func (t *splitTarget) read() error {
	p := t.props
	switch {
	case p.Id == nil:
		return fmt.Errorf(`split has no Id: give it one, such as "checkout", which names its weights in the key-value store`)
	case isToken(*p.Id + value(p.Cookie, "") + value(p.Header, "")):
		return fmt.Errorf("split %q has an Id, a Cookie or a Header that is known only at deployment, and the edge function is written at synthesis: write plain text", *p.Id)
	case p.Header != nil && (p.Cookie != nil || p.MaxAge != nil):
		return fmt.Errorf("split %q has the Header %q, and Cookie or MaxAge beside it: name what keeps a viewer with a target, a header or a cookie", *p.Id, *p.Header)
	}
	t.row = edgefn.Split{ID: *p.Id}
	var err error
	if p.Header != nil {
		t.row.Header = strings.ToLower(*p.Header)
	} else {
		t.row.Cookie = value(p.Cookie, "cfrouter-"+*p.Id)
		t.row.MaxAge, err = t.maxAge()
	}
	if err != nil {
		return err
	}
	if err := t.readTargets(); err != nil {
		return err
	}
	checked := t.row
	checked.Destinations = make([]edgefn.Destination, len(t.among))
	return checked.Check()
}

func (t *splitTarget) maxAge() (int, error) {
	if d := t.props.MaxAge; !isNil(d) && *d.IsUnresolved() {
		return 0, fmt.Errorf("split %q has a MaxAge that is known only at deployment, and the edge function is written at synthesis: write a number", *t.props.Id)
	}
	age, err := seconds("MaxAge", t.props.MaxAge, week)
	if err != nil {
		return 0, fmt.Errorf("split %q: %w", *t.props.Id, err)
	}
	return int(age), nil
}

// readTargets takes over the targets and their weights, of which each target or
// none has one.
func (t *splitTarget) readTargets() error {
	id := *t.props.Id
	weighted := 0
	for i, one := range value(t.props.Targets, nil) {
		switch {
		case one == nil || isNil(one.Target):
			return fmt.Errorf("split %q has a nil target as number %d: pass one, such as NewFunctionTarget(fn, nil)", id, i+1)
		case isTokenNumber(value(one.Weight, 0)):
			return fmt.Errorf("split %q has a weight that is known only at deployment for target number %d, and the edge function is written at synthesis: write a number, and change it in the key-value store", id, i+1)
		case slices.ContainsFunc(t.among, func(other Target) bool { return sameTarget(one.Target, other) }):
			return fmt.Errorf("split %q has the target number %d twice: leave one out, and give the other the weight of both", id, i+1)
		}
		switch one.Target.(type) {
		case *splitTarget:
			return fmt.Errorf("split %q has a split as target number %d: name its targets here instead, each with its share", id, i+1)
		case *answerTarget:
			return fmt.Errorf("split %q has an answer of the edge as target number %d, and a viewer is kept with targets that have an origin: use RouteOptions.When, for instance with a cookie, on a route of its own", id, i+1)
		}
		if one.Weight != nil {
			weighted++
		}
		t.among = append(t.among, one.Target)
		t.row.Weights = append(t.row.Weights, value(one.Weight, 0))
	}
	switch weighted {
	case len(t.among):
	case 0:
		for i := range t.row.Weights {
			t.row.Weights[i] = 1
		}
	default:
		return fmt.Errorf("split %q has %d targets and %d weights: write one for each, or none for equal shares", id, len(t.among), weighted)
	}
	return nil
}

// sameTarget reports whether two targets are known to be one.
func sameTarget(a, b Target) bool {
	x, y := a.Key(), b.Key()
	return x != nil && y != nil && *x == *y
}

func (t *splitTarget) targets() []Target { return t.among }

func (t *splitTarget) split() edgefn.Split {
	out := t.row
	out.Weights = slices.Clone(out.Weights)
	return out
}

func (t *splitTarget) Key() *string { return jsii.String("split:" + t.row.ID) }

// settings name the targets by their keys, as far as they have one.
func (t *splitTarget) settings() any {
	out := struct {
		Row     edgefn.Split
		Keys    []string
		Keyless []Target
	}{Row: t.row}
	for _, target := range t.among {
		if key := target.Key(); key != nil {
			out.Keys = append(out.Keys, *key)
		} else {
			out.Keyless = append(out.Keyless, target)
		}
	}
	return out
}

// Bind is for what wraps a split in a target of its own: a Router binds the targets
// one by one.
func (t *splitTarget) Bind(constructs.Construct, *TargetBindOptions) *TargetConfig {
	panicf("split %q is within another target, and it has no origin of its own: pass the split itself to AddRoute", t.row.ID)
	return nil
}
