package cfrouter_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/jsii-runtime-go"

	"github.com/cfrouter/cfrouter"
	"github.com/cfrouter/cfrouter/edgefn"
)

// weighted are targets with their weights, of which NaN is none.
func weighted(weights ...float64) *[]*cfrouter.WeightedTarget {
	var out []*cfrouter.WeightedTarget
	for i, weight := range weights {
		one := &cfrouter.WeightedTarget{Target: urlTarget(fmt.Sprintf("https://%d.example.com", i))}
		if !math.IsNaN(weight) {
			one.Weight = jsii.Number(weight)
		}
		out = append(out, one)
	}
	return &out
}

func TestSplitTarget(t *testing.T) {
	none := math.NaN()
	id := jsii.String("checkout")
	for _, test := range []struct {
		name  string
		props *cfrouter.SplitTargetProps
		want  edgefn.Split
	}{
		{"equal shares", &cfrouter.SplitTargetProps{Id: id, Targets: weighted(none, none, none)}, edgefn.Split{ID: "checkout", Weights: []float64{1, 1, 1}, Cookie: "cfrouter-checkout", MaxAge: 604800}},
		{"weights", &cfrouter.SplitTargetProps{Id: id, Targets: weighted(100, 0)}, edgefn.Split{ID: "checkout", Weights: []float64{100, 0}, Cookie: "cfrouter-checkout", MaxAge: 604800}},
		{
			"cookie",
			&cfrouter.SplitTargetProps{Id: id, Targets: weighted(95, 5), Cookie: jsii.String("side"), MaxAge: awscdk.Duration_Hours(jsii.Number(1))},
			edgefn.Split{ID: "checkout", Weights: []float64{95, 5}, Cookie: "side", MaxAge: 3600},
		},
		{"session", &cfrouter.SplitTargetProps{Id: id, Targets: weighted(1, 1), MaxAge: awscdk.Duration_Seconds(jsii.Number(0))}, edgefn.Split{ID: "checkout", Weights: []float64{1, 1}, Cookie: "cfrouter-checkout"}},
		{"header", &cfrouter.SplitTargetProps{Id: id, Targets: weighted(1, 1), Header: jsii.String("X-User")}, edgefn.Split{ID: "checkout", Weights: []float64{1, 1}, Header: "x-user"}},
	} {
		target := cfrouter.NewSplitTarget(test.props)
		targets, row := cfrouter.SplitOf(target)
		same(t, test.name, test.want, row)
		for i, one := range *test.props.Targets {
			same(t, "target of "+test.name, *one.Target.Key(), *targets[i].Key())
		}
		same(t, "key", "split:checkout", *target.Key())
	}
}

// Two splits with one Id share their weights, and so must be the same.
func TestSplitsOfOneId(t *testing.T) {
	split := func(targets *[]*cfrouter.WeightedTarget) cfrouter.Target {
		return cfrouter.NewSplitTarget(&cfrouter.SplitTargetProps{Id: jsii.String("a"), Targets: targets})
	}
	if err := cfrouter.SameSettings(split(weighted(1, 2)), split(weighted(1, 2))); err != nil {
		t.Errorf("equal splits: %v", err)
	}
	keyless := cfrouter.NewOriginTarget(awscloudfrontorigins.NewHttpOrigin(jsii.String("example.com"), nil), nil)
	other := weighted(1, 2)
	(*other)[1].Target = keyless
	if err := cfrouter.SameSettings(split(other), split(other)); err != nil {
		t.Errorf("equal splits with a target that has no key: %v", err)
	}
	for name, another := range map[string]cfrouter.Target{"weights": split(weighted(2, 1)), "number": split(weighted(1, 2, 3)), "targets": split(other)} {
		if cfrouter.SameSettings(split(weighted(1, 2)), another) == nil {
			t.Errorf("splits of one Id are taken for the same although their %s differ", name)
		}
	}
}

func TestWrongSplits(t *testing.T) {
	none := math.NaN()
	token := *awscdk.Fn_ImportValue(jsii.String("Name"))
	do := func(props cfrouter.SplitTargetProps) func() {
		return func() {
			if props.Id == nil {
				props.Id = jsii.String("a")
			}
			cfrouter.NewSplitTarget(&props)
		}
	}
	among := func(targets ...cfrouter.Target) func() {
		var out []*cfrouter.WeightedTarget
		for _, target := range targets {
			out = append(out, &cfrouter.WeightedTarget{Target: target})
		}
		return do(cfrouter.SplitTargetProps{Targets: &out})
	}
	one, two := urlTarget("https://one.example.com"), urlTarget("https://two.example.com")
	var typedNil *boundTo
	const later = "that is known only at deployment, and the edge function is written at synthesis: write"
	checkMisuse(t, []misuse{
		{"nil props", func() { cfrouter.NewSplitTarget(nil) }, `split has no Id: give it one, such as "checkout", which names its weights in the key-value store`},
		{"Id of two words", do(cfrouter.SplitTargetProps{Id: jsii.String("a b"), Cookie: jsii.String("side"), Targets: weighted(1, 1)}), `the split has the id "a b", which is part of a key of the key-value store: write 1 to 64 letters, digits, dots, hyphens and underscores`},
		{"Id known later", do(cfrouter.SplitTargetProps{Id: &token, Targets: weighted(1, 1)}), fmt.Sprintf("split %q has an Id, a Cookie or a Header %s plain text", token, later)},
		{"Cookie known later", do(cfrouter.SplitTargetProps{Cookie: &token, Targets: weighted(1, 1)}), `split "a" has an Id, a Cookie or a Header ` + later + " plain text"},
		{"MaxAge known later", do(cfrouter.SplitTargetProps{MaxAge: awscdk.Duration_Seconds(awscdk.Token_AsNumber(&laterString{})), Targets: weighted(1, 1)}), `split "a" has a MaxAge ` + later + " a number"},
		{"part of a second", do(cfrouter.SplitTargetProps{MaxAge: awscdk.Duration_Millis(jsii.Number(1500)), Targets: weighted(1, 1)}), `split "a": MaxAge is 1500 ms, and CloudFront counts in seconds: write a whole number of them`},
		{"header and cookie", do(cfrouter.SplitTargetProps{Header: jsii.String("x-user"), Cookie: jsii.String("side"), Targets: weighted(1, 1)}), `split "a" has the Header "x-user", and Cookie or MaxAge beside it: name what keeps a viewer with a target, a header or a cookie`},
		{"no targets", do(cfrouter.SplitTargetProps{}), `the split "a" has 0 destinations: write two or more, or route to the one itself`},
		{"one target", among(one), `the split "a" has 1 destinations: write two or more, or route to the one itself`},
		{"nil", do(cfrouter.SplitTargetProps{Targets: &[]*cfrouter.WeightedTarget{nil}}), `split "a" has a nil target as number 1: pass one, such as NewFunctionTarget(fn, nil)`},
		{"nil target", among(one, nil), `split "a" has a nil target as number 2: pass one, such as NewFunctionTarget(fn, nil)`},
		{"typed nil target", among(one, typedNil), `split "a" has a nil target as number 2: pass one, such as NewFunctionTarget(fn, nil)`},
		{"the same target twice", among(one, two, one), `split "a" has the target number 3 twice: leave one out, and give the other the weight of both`},
		{"split within a target", func() {
			cfrouter.NewSplitTarget(&cfrouter.SplitTargetProps{Id: jsii.String("a"), Targets: weighted(1, 1)}).Bind(nil, nil)
		}, `split "a" is within another target, and it has no origin of its own: pass the split itself to AddRoute`},
		{"split", among(one, cfrouter.NewSplitTarget(&cfrouter.SplitTargetProps{Id: jsii.String("b"), Targets: weighted(1, 1)})), `split "a" has a split as target number 2: name its targets here instead, each with its share`},
		{"answer", among(one, cfrouter.NewResponseTarget(nil)), `split "a" has an answer of the edge as target number 2, and a viewer is kept with targets that have an origin: use RouteOptions.When, for instance with a cookie, on a route of its own`},
		{"some weights", do(cfrouter.SplitTargetProps{Targets: weighted(1, none, 1)}), `split "a" has 3 targets and 2 weights: write one for each, or none for equal shares`},
		{"weight known later", do(cfrouter.SplitTargetProps{Targets: weighted(1, *awscdk.Token_AsNumber(&laterString{}))}), `split "a" has a weight that is known only at deployment for target number 2, and the edge function is written at synthesis: write a number, and change it in the key-value store`},
		{"no weight", do(cfrouter.SplitTargetProps{Targets: weighted(0, 0)}), `the weights of the split "a" add up to 0: give one of them more`},
		{"less than none", do(cfrouter.SplitTargetProps{Targets: weighted(1, -1)}), `the split "a" has the weight -1 as number 2: write 0, or a number from 1e-09 to 999999999`},
	})
}
