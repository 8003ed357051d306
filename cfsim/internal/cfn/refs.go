package cfn

import (
	"cmp"
	"fmt"
	"strings"
)

// ref is {"Ref": name}.
func (r *resolver) ref(s *scope, arg any) (any, error) {
	name, ok := arg.(string)
	if !ok {
		return nil, shape("the name of a resource or parameter", arg)
	}
	return r.reference(s, name)
}

// reference is the value of a resource, parameter or pseudo parameter.
func (r *resolver) reference(s *scope, name string) (any, error) {
	if strings.HasPrefix(name, "AWS::") {
		return r.pseudo(s, name)
	}
	if _, ok := s.section("Parameters")[name]; ok {
		return r.parameter(s, name)
	}
	if res, ok := s.present[name]; ok {
		return r.use(s, res, func() (string, error) { return r.refText(s, res) })
	}
	if s.macros && s.declared[name] == nil {
		return "${" + name + "}", nil // may be a resource that the macro makes
	}
	return nil, r.unknown(s, name)
}

// getAtt is {"Fn::GetAtt": [id, attribute]} or {"Fn::GetAtt": "id.attribute"}.
func (r *resolver) getAtt(s *scope, arg any) (any, error) {
	if text, ok := arg.(string); ok {
		if id, attribute, found := strings.Cut(text, "."); found {
			return r.attribute(s, id, attribute)
		}
	}
	args, err := arguments(arg, 2, `[logical id, attribute] or "logical id.attribute"`)
	if err != nil {
		return nil, err
	}
	var parts [2]string
	for i, a := range args {
		if parts[i], err = r.text(s, a); err != nil {
			return nil, atIndex(err, i)
		}
	}
	return r.attribute(s, parts[0], parts[1])
}

// attribute is the value of an attribute of a resource.
func (r *resolver) attribute(s *scope, id, attribute string) (any, error) {
	res, ok := s.present[id]
	if !ok && s.macros && s.declared[id] == nil {
		return "${" + id + "." + attribute + "}", nil
	}
	if !ok {
		return nil, r.unknown(s, id)
	}
	if v, found, err := r.elsewhere(s, res, attribute); found || err != nil {
		r.edge(s, res)
		return v, err
	}
	return r.use(s, res, func() (string, error) { return r.attributeText(s, res, attribute) })
}

// use evaluates a text of a resource. Whatever that is made of, it belongs to
// this resource alone: the name a bucket is given is the bucket's.
func (r *resolver) use(s *scope, res *Resource, text func() (string, error)) (any, error) {
	r.edge(s, res)
	mark := len(r.sources)
	v, err := text()
	r.sources = append(r.sources[:mark], res)
	if err != nil {
		return nil, err
	}
	return v, r.spend(len(v))
}

// edge notes that the resource being resolved needs another.
func (r *resolver) edge(s *scope, res *Resource) {
	if r.current != nil && r.current.Stack == s.stack {
		s.edges[r.current.ID] = append(s.edges[r.current.ID], res.ID)
	}
}

// unknown is the error for a reference to something that is not there, which
// CloudFormation refuses as well.
func (r *resolver) unknown(s *scope, name string) error {
	if c, ok := s.absent[name]; ok {
		return fmt.Errorf("resource %q is not created, since its condition %q does not hold%s", name, c, r.because(s, c))
	}
	names := append(keys(s.declared), keys(s.section("Parameters"))...)
	return fmt.Errorf("no resource or parameter %q in the template%s", name, didYouMean(name, names))
}

// didYouMean lists what there is, those with a common beginning first.
func didYouMean(name string, names []string) string {
	var close []string
	for _, n := range names {
		if strings.EqualFold(n, name) || withoutHash(n) == withoutHash(name) {
			close = append(close, n)
		}
	}
	if len(close) > 0 {
		return ": did you mean " + list(close) + "?"
	}
	return ": there are " + list(names)
}

// pseudo is the value of a pseudo parameter.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
func (r *resolver) pseudo(s *scope, name string) (any, error) {
	switch name {
	case "AWS::NoValue":
		return noValue{}, nil
	case "AWS::Region":
		return r.region(s), nil
	case "AWS::AccountId":
		return r.account(s), nil
	case "AWS::Partition":
		return partition(r.region(s)), nil
	case "AWS::URLSuffix":
		return urlSuffix(r.region(s)), nil
	case "AWS::NotificationARNs":
		return []any{"${AWS::NotificationARNs}"}, nil
	case "AWS::StackName":
		if s.deployed != "" {
			return s.deployed, nil
		}
		return "${AWS::StackName}", nil
	case "AWS::StackId":
		stack, err := r.pseudo(s, "AWS::StackName")
		return fmt.Sprintf("arn:%s:cloudformation:%s:%s:stack/%s/${AWS::StackId}", partition(r.region(s)), r.region(s), r.account(s), stack), err
	}
	return nil, fmt.Errorf("no pseudo parameter %q: there are AWS::AccountId, AWS::NotificationARNs, AWS::NoValue, AWS::Partition, AWS::Region, AWS::StackId, AWS::StackName and AWS::URLSuffix", name)
}

func (r *resolver) region(s *scope) string {
	return cmp.Or(s.stack.Region, r.opts.Region, "${AWS::Region}")
}

func (r *resolver) account(s *scope) string {
	return cmp.Or(s.stack.Account, r.opts.Account, "${AWS::AccountId}")
}

func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	case strings.HasPrefix(region, "eusc-"):
		return "aws-eusc"
	}
	return "aws"
}

func urlSuffix(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "amazonaws.com.cn"
	case strings.HasPrefix(region, "eusc-"):
		return "amazonaws.eu"
	}
	return "amazonaws.com"
}
