package cfn

import (
	"fmt"
	"strings"
)

// elsewhere is the value of an attribute that another template of the app
// decides: the output of a nested stack, or what the CDK passes from one
// region to another by custom resources.
func (r *resolver) elsewhere(s *scope, res *Resource, attribute string) (v any, found bool, err error) {
	switch res.Type {
	case "AWS::CloudFormation::Stack":
		return r.nestedOutput(s, res, attribute)
	case "Custom::CrossRegionExportReader":
		return r.crossRegion(s, attribute)
	case "Custom::CrossRegionStringParameterReader":
		return r.stringParameter(s, res, attribute)
	}
	return nil, false, nil
}

func (r *resolver) nestedOutput(s *scope, res *Resource, attribute string) (any, bool, error) {
	child := s.nested[res.ID]
	output, ok := strings.CutPrefix(attribute, "Outputs.")
	if child == nil || !ok {
		return nil, false, nil
	}
	v, err := r.outputOf(child, output)
	return v, true, err
}

// outputOf is an output that has to be there.
func (r *resolver) outputOf(s *scope, name string) (any, error) {
	if _, err := r.declared(s); err != nil {
		return nil, err
	}
	if _, ok := s.section("Outputs")[name]; !ok {
		return nil, fmt.Errorf("no output %q in stack %q: there are %s", name, s.stack.Name, list(keys(s.section("Outputs"))))
	}
	v, err := r.output(s, name)
	if err == nil && v == (noValue{}) {
		return nil, fmt.Errorf("the output %q of stack %q is not created, since its condition does not hold", name, s.stack.Name)
	}
	return v, err
}

// crossRegion is the value that a stack in another region exports through
// Parameter Store for the CDK's crossRegionReferences.
func (r *resolver) crossRegion(s *scope, name string) (any, bool, error) {
	return r.supplied(s, func(o *scope, res *Resource) (value any, place string, err error) {
		if res.Type != "Custom::CrossRegionExportWriter" {
			return nil, "", nil
		}
		writer, _ := o.properties(res.ID)["WriterProps"].(map[string]any)
		exports, _ := writer["exports"].(map[string]any)
		if to, ok := writer["region"].(string); ok && to != r.region(s) && !hasSymbol(r.region(s)) {
			return nil, "", nil
		}
		return exports[name], "WriterProps.exports." + name, nil
	})
}

// stringParameter is the value of a parameter in Parameter Store that another
// stack of the app writes, as the CDK's EdgeFunction does.
func (r *resolver) stringParameter(s *scope, reader *Resource, attribute string) (any, bool, error) {
	name, err := r.property(s, reader, "ParameterName", "")
	if err != nil || name == "" || attribute != "FunctionArn" {
		return nil, false, err
	}
	return r.supplied(s, func(o *scope, res *Resource) (value any, place string, err error) {
		if res.Type != "AWS::SSM::Parameter" {
			return nil, "", nil
		}
		if own, err := r.property(o, res, "Name", ""); own != name {
			return nil, "", err
		}
		return o.properties(res.ID)["Value"], "Value", nil
	})
}

// supplied is the value that a resource of another stack holds for this one.
// supplies returns a resource's value, not yet resolved, and its place among
// the properties; nil is none.
func (r *resolver) supplied(s *scope, supplies func(*scope, *Resource) (value any, place string, err error)) (any, bool, error) {
	var found []definition
	var values []any
	for _, o := range r.scopes {
		for id, res := range sorted(o.present) {
			v, place, err := supplies(o, res)
			if err != nil {
				return nil, false, err
			}
			if v != nil {
				found = append(found, definition{o, "Resources." + id + ".Properties." + place})
				values = append(values, v)
			}
		}
	}
	i := nearest(s, found)
	if i < 0 {
		return nil, false, nil
	}
	v, err := r.define(found[i].scope, found[i].place, func() (any, error) { return r.eval(found[i].scope, values[i]) })
	return v, true, err
}

// nearest is the index of the one definition there is, or of the one in the
// same assembly: the stages of an app are copies of each other. -1 is none.
func nearest(s *scope, found []definition) int {
	if len(found) == 1 {
		return 0
	}
	best := -1
	for i, d := range found {
		if d.scope.dir != s.dir {
			continue
		}
		if best >= 0 {
			return -1
		}
		best = i
	}
	return best
}

// importValue is Fn::ImportValue: the export of a stack of the app in the same
// region and account, or else a symbol.
func (r *resolver) importValue(s *scope, arg any) (any, error) {
	name, err := r.text(s, arg)
	if err != nil {
		return nil, err
	}
	exports, err := r.exported()
	if err != nil {
		return nil, err
	}
	var found []definition
	for _, e := range exports[name] {
		if r.region(e.scope) == r.region(s) && r.account(e.scope) == r.account(s) {
			found = append(found, e)
		}
	}
	if i := nearest(s, found); i >= 0 {
		return r.outputOf(found[i].scope, found[i].place)
	}
	return "${ImportValue:" + name + "}", r.spend(len(name))
}

// exported are the outputs that can be imported, by the name of the export.
func (r *resolver) exported() (map[string][]definition, error) {
	if r.exports != nil {
		return r.exports, nil
	}
	exports := map[string][]definition{}
	for _, s := range r.scopes {
		there, err := r.declared(s)
		if err != nil {
			return nil, err
		}
		for id, o := range sorted(s.section("Outputs")) {
			output, _ := o.(map[string]any)
			e, _ := output["Export"].(map[string]any)
			raw, ok := e["Name"]
			if !ok || !there {
				continue
			}
			v, err := r.define(s, "Outputs."+id+".Export.Name", func() (any, error) { return r.eval(s, raw) })
			if err != nil {
				return nil, err
			}
			if name, ok := scalarText(v); ok {
				exports[name] = append(exports[name], definition{s, id})
			}
		}
	}
	r.exports = exports
	return exports, nil
}

// stackOutput is Fn::GetStackOutput: the output of a stack of the app by the
// name of the stack, or else a symbol. Region is that of this stack by default,
// and so is the account unless a role of another one is named.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
func (r *resolver) stackOutput(s *scope, arg any) (any, error) {
	object, _ := arg.(map[string]any)
	names := map[string]string{"Region": r.region(s)}
	for key, raw := range sorted(object) {
		text, err := r.text(s, raw)
		if err != nil {
			return nil, at(err, key)
		}
		names[key] = text
	}
	stack, output := names["StackName"], names["OutputName"]
	if stack == "" || output == "" {
		return nil, shape(`{"StackName": text, "OutputName": text}`, arg)
	}
	var found []definition
	for _, o := range r.scopes {
		sameAccount := names["RoleArn"] != "" || r.account(o) == r.account(s)
		if o.deployed == stack && o.present != nil && r.region(o) == names["Region"] && sameAccount {
			found = append(found, definition{o, output})
		}
	}
	if i := nearest(s, found); i >= 0 {
		return r.outputOf(found[i].scope, output)
	}
	return "${GetStackOutput:" + stack + "." + output + "}", r.spend(len(stack) + len(output))
}
