package cfn

import "fmt"

// verdict is the value of a condition. One that compares what is not known
// before a deployment is taken as if the two were different, and says so.
type verdict struct {
	holds bool
	open  string // what it depends on that is not known, "" if it is certain
}

// logic are the functions of Conditions.
var logic = map[string]struct{}{"Fn::Equals": {}, "Fn::And": {}, "Fn::Or": {}, "Fn::Not": {}}

// ifElse is Fn::If: [condition, value, value]. The value not taken is not
// looked at.
func (r *resolver) ifElse(s *scope, arg any) (any, error) {
	args, err := arguments(arg, 3, "[condition name, value if true, value if false]")
	if err != nil {
		return nil, err
	}
	holds, err := r.holds(s, args[0], r.current == nil || r.current.Type != "AWS::CDK::Metadata")
	if err != nil {
		return nil, atIndex(err, 0)
	}
	i := 2
	if holds {
		i = 1
	}
	v, err := r.eval(s, args[i])
	if err != nil {
		return nil, atIndex(err, i)
	}
	return v, nil
}

// holds decides a condition by name, and notes it if that took a guess.
func (r *resolver) holds(s *scope, name any, note bool) (bool, error) {
	text, ok := name.(string)
	if !ok {
		return false, shape("the name of a condition", name)
	}
	v, err := r.namedCondition(s, text)
	if err != nil {
		return false, err
	}
	if note && v.open != "" {
		r.note(s, fmt.Sprintf("condition %q is taken as %t%s", text, v.holds, r.because(s, text)))
	}
	return v.holds, nil
}

// because says what a guessed condition depends on, "" if it was no guess.
func (r *resolver) because(s *scope, condition string) string {
	v, err := r.namedCondition(s, condition)
	if err != nil || v.open == "" {
		return ""
	}
	return fmt.Sprintf(", as if %s had another value (give it one: Parameters, Region or Account)", v.open)
}

func (r *resolver) namedCondition(s *scope, name string) (verdict, error) {
	c, ok := s.section("Conditions")[name]
	if !ok {
		return verdict{}, fmt.Errorf("no condition %q: there are %s", name, list(keys(s.section("Conditions"))))
	}
	v, err := r.define(s, "Conditions."+name, func() (any, error) { return r.condition(s, c) })
	if err != nil {
		return verdict{}, err
	}
	return v.(verdict), nil
}

// condition evaluates Fn::Equals, And, Or, Not and {"Condition": name}.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
func (r *resolver) condition(s *scope, c any) (verdict, error) {
	if err := r.descend(); err != nil {
		return verdict{}, err
	}
	defer r.ascend()
	name, arg := single(c)
	if name == "Condition" {
		text, ok := arg.(string)
		if !ok {
			return verdict{}, at(shape("the name of a condition", arg), name)
		}
		return r.namedCondition(s, text)
	}
	args, ok := arg.([]any)
	if _, known := logic[name]; !known || !ok {
		return verdict{}, shape("Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition", c)
	}
	v, err := r.apply(s, name, args)
	if err != nil {
		return verdict{}, at(err, name)
	}
	return v, nil
}

func (r *resolver) apply(s *scope, name string, args []any) (verdict, error) {
	if name == "Fn::Equals" {
		return r.equals(s, args)
	}
	if name == "Fn::Not" && len(args) != 1 || len(args) == 0 || len(args) > 10 {
		return verdict{}, shape("a list of conditions (one for Fn::Not, at most 10)", args)
	}
	verdicts := make([]verdict, len(args))
	for i, a := range args {
		var err error
		if verdicts[i], err = r.condition(s, a); err != nil {
			return verdict{}, atIndex(err, i)
		}
	}
	if name == "Fn::Not" {
		return verdict{!verdicts[0].holds, verdicts[0].open}, nil
	}
	return combine(verdicts, name == "Fn::Or"), nil
}

// combine is Or if one deciding verdict makes it true, And if it makes it
// false. A certain one that decides leaves nothing open.
func combine(verdicts []verdict, deciding bool) verdict {
	result := verdict{holds: !deciding}
	for _, v := range verdicts {
		if v.holds == deciding && v.open == "" {
			return v
		}
		if v.holds == deciding {
			result.holds = deciding
		}
		if result.open == "" {
			result.open = v.open
		}
	}
	return result
}

// equals compares as texts, which is what parameters are.
func (r *resolver) equals(s *scope, args []any) (verdict, error) {
	if _, err := arguments(args, 2, "[value, value]"); err != nil {
		return verdict{}, err
	}
	var sides [2]string
	for i, a := range args {
		v, err := r.eval(s, a)
		if err != nil {
			return verdict{}, atIndex(err, i)
		}
		if items, ok := v.([]any); ok {
			v = joined(items)
		}
		var ok bool
		if sides[i], ok = scalarText(v); !ok {
			return verdict{}, atIndex(shape("a text or a list of texts", a), i)
		}
	}
	if sides[0] == sides[1] {
		return verdict{holds: true}, nil
	}
	for _, side := range sides {
		if hasSymbol(side) {
			return verdict{open: side}, nil
		}
	}
	return verdict{}, nil
}
