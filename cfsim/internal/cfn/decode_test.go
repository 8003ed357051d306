package cfn

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestYAMLIsJSON(t *testing.T) {
	for _, test := range []struct{ name, yaml, json string }{
		{"scalars", `[a, 1, 1.5, 0x10, true, null, ~, "1", 'x']`, `["a", 1, 1.5, 16, true, null, null, "1", "x"]`},
		{"a date is a text", `Version: 2012-10-17`, `{"Version": "2012-10-17"}`},
		{"booleans of YAML 1.1", `[yes, No, on, OFF, "yes"]`, `[true, false, true, false, "yes"]`},
		{"keys are texts", `{1: a, true: b, on: c}`, `{"1": "a", "true": "b", "on": "c"}`},
		{"short Ref", `!Ref A`, `{"Ref": "A"}`},
		{"short GetAtt", `[!GetAtt A.B.C, !GetAtt [A, B]]`, `[{"Fn::GetAtt": "A.B.C"}, {"Fn::GetAtt": ["A", "B"]}]`},
		{"short Sub", "!Sub |\n  a\n  ${B}\n", `{"Fn::Sub": "a\n${B}\n"}`},
		{"short in short", `!Select [0, !Split [",", !Ref A]]`, `{"Fn::Select": [0, {"Fn::Split": [",", {"Ref": "A"}]}]}`},
		{"short conditions", `!And [!Condition A, !Not [!Equals [!Ref B, ""]]]`, `{"Fn::And": [{"Condition": "A"}, {"Fn::Not": [{"Fn::Equals": [{"Ref": "B"}, ""]}]}]}`},
		{"short with an object", `!Transform {Name: N}`, `{"Fn::Transform": {"Name": "N"}}`},
		{"a number is a text to a short form", `!Ref 12`, `{"Ref": "12"}`},
		{"aliases", `{a: &x {b: 1}, c: *x}`, `{"a": {"b": 1}, "c": {"b": 1}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := decodeYAML([]byte(test.yaml))
			if err != nil {
				t.Fatal(err)
			}
			want, err := decodeJSON([]byte(test.json))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}

func TestDecodeFaults(t *testing.T) {
	for _, test := range []struct {
		name, file, text string
		parts            []string
	}{
		{"JSON", "t.json", "{\n  \"Resources\": {\n    \"A\": }\n}", []string{"not JSON: line 3, column 10", "invalid character '}'"}},
		{"JSON that ends", "t.json", `{"a": `, []string{"not JSON: line 1", "unexpected end"}},
		{"empty JSON", "t.json", "", []string{"not JSON: line 1, column 1"}},
		{"huge number", "t.json", `{"a": 1e999}`, []string{"not JSON", "1e999"}},
		{"YAML", "t.yaml", "a:\n  b: [1\nc: 2\n", []string{"not YAML: line 1"}},
		{"empty YAML", "t.yaml", "# nothing\n", []string{"not a template: the file is empty"}},
		{"unknown tag", "t.yaml", "a:\n  b: !Reff x\n", []string{"line 2, column 6: unknown tag !Reff", "such as !Ref"}},
		{"duplicate", "t.yaml", "a: 1\nb: 2\na: 3\n", []string{`line 3, column 1: the key "a" is there twice`}},
		{"merge", "t.yaml", "a: &x {b: 1}\nc: {<<: *x}\n", []string{"line 2, column 5", "merge keys"}},
		{"key", "t.yaml", "? [a]\n: b\n", []string{"a key has to be a text"}},
		{"infinity", "t.yaml", "a: .inf", []string{"line 1, column 4", "not a number that JSON has"}},
		{"a list", "t.json", "[1]", []string{"not a template: expected an object with Resources, got [1]"}},
		{"a text", "t.txt", "hello", []string{`expected an object with Resources, got "hello"`}},
		{"alias of itself", "t.yaml", "a: &x [*x]", []string{"contain"}},
		{"aliases of aliases", "t.yaml", bomb(), []string{"too large"}},
		{"deep YAML", "t.yaml", strings.Repeat("[", 1000) + strings.Repeat("]", 1000), []string{"nested too deep"}},
		{"deep JSON", "t.json", strings.Repeat("[", 1000) + strings.Repeat("]", 1000), []string{"nested too deep"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := decode(test.file, []byte(test.text))
			if err == nil {
				t.Fatal("no error")
			}
			for _, part := range test.parts {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error has no %q: %v", part, err)
				}
			}
		})
	}
}

// bomb is YAML whose aliases stand for 10^9 values.
func bomb() string {
	var b strings.Builder
	b.WriteString("a0: &a0 x\n")
	for i := 1; i < 10; i++ {
		d := string(rune('0' + i))
		p := string(rune('0' + i - 1))
		b.WriteString("a" + d + ": &a" + d + " [" + strings.Repeat("*a"+p+",", 10) + "]\n")
	}
	return b.String()
}

func TestFormatByContent(t *testing.T) {
	for _, test := range []struct {
		file, text string
		yaml       bool
	}{
		{"t.json", "a: 1", false},
		{"t.YAML", "{}", true},
		{"t.yml", "{}", true},
		{"t.template", "\n {}", false},
		{"t.template", "a: 1", true},
		{"template", "", false},
	} {
		if got := isYAML(test.file, []byte(test.text)); got != test.yaml {
			t.Errorf("%s %q: YAML %t", test.file, test.text, got)
		}
	}
	if _, err := decode("t.json", []byte("\ufeff{\"Resources\": {}}")); err != nil {
		t.Errorf("byte order mark: %v", err)
	}
}

func TestParseTakesGoValues(t *testing.T) {
	type text string
	name := "x"
	template := map[string]any{
		"Resources": map[string]map[string]any{"A": {
			"Type": text("T::T"),
			"Properties": map[string]any{
				"ints":    []int{1, 2},
				"uint":    uint8(3),
				"float":   float32(0.5),
				"number":  json.Number("4"),
				"texts":   []string{"a"},
				"pointer": &name,
				"nil":     (*string)(nil),
				"bool":    true,
				"map":     map[string]string{"k": "v"},
				"any":     any(map[string]any{"Ref": "B"}),
			},
		}, "B": {"Type": "T::T"}},
	}
	a, err := Parse(template, nil)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"any":"${B}","bool":true,"float":0.5,"ints":[1,2],"map":{"k":"v"},"nil":null,"number":4,"pointer":"x","texts":["a"],"uint":3}`
	if got := jsonOf(t, find(t, a, "A").Properties); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestParseLeavesTheMapAlone(t *testing.T) {
	template, err := decode("t.yaml", []byte(`
Resources: {A: {Type: "T::T", Metadata: {m: [1]}, Properties: {l: [1, {x: y}], r: !Ref B}}, B: {Type: "T::T"}}
`))
	if err != nil {
		t.Fatal(err)
	}
	before := jsonOf(t, template)
	a, err := Parse(template, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := find(t, a, "A")
	r.Properties["l"].([]any)[0] = "changed"
	r.Properties["l"].([]any)[1].(map[string]any)["x"] = "changed"
	r.Metadata["m"].([]any)[0] = "changed"
	if after := jsonOf(t, template); after != before {
		t.Errorf("the map was %s\nand is       %s", before, after)
	}
}

func TestParseRefuses(t *testing.T) {
	self := map[string]any{}
	self["Resources"] = self
	shared := map[string]any{"x": 1}
	for range 60 {
		shared = map[string]any{"a": shared, "b": shared}
	}
	for _, test := range []struct {
		name     string
		template map[string]any
		parts    []string
	}{
		{"nil", nil, []string{"expected an object with Resources, found the keys none"}},
		{"no resources", map[string]any{"Stacks": 1, "Other": 2}, []string{`found the keys "Other", "Stacks"`}},
		{"resources", map[string]any{"Resources": []any{}}, []string{"Resources: expected an object of resources by logical id, got []"}},
		{"no type", map[string]any{"Resources": map[string]any{"A": map[string]any{}}}, []string{"Resources.A: expected a resource with a Type, got {}"}},
		{"properties", map[string]any{"Resources": map[string]any{"A": map[string]any{"Type": "T", "Properties": "x"}}}, []string{`Resources.A.Properties: expected an object, got "x"`}},
		{"logical id", map[string]any{"Resources": map[string]any{"A}b": map[string]any{"Type": "T"}}}, []string{"Resources.A}b: a logical id has only letters and digits"}},
		{"itself", self, []string{"contain itself"}},
		{"60 times doubled", map[string]any{"Resources": shared}, []string{"too large"}},
		{"function", map[string]any{"Resources": func() {}}, []string{"Resources: a value of type func()"}},
		{"chan in a list", map[string]any{"Resources": map[string]any{"A": []any{make(chan int)}}}, []string{"Resources.A[0]: a value of type chan int"}},
		{"not a number", map[string]any{"A": json.Number("x")}, []string{`A: not a number: "x"`}},
		{"loop of resources", map[string]any{"Resources": map[string]any{"Fn::ForEach::X": []any{}}}, []string{"Resources.Fn::ForEach::X: Fn::ForEach::X cannot be expanded here"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse(test.template, nil)
			wantError(t, err, test.parts...)
		})
	}
}
