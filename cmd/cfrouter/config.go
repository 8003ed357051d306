package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

const (
	configName      = "cfrouter.json"
	defaultTemplate = "cdk.out"
)

// A configFile is the settings file. Paths in it are relative to its directory.
type configFile struct {
	Template     string            `json:"template"`
	Distribution string            `json:"distribution"`
	Parameters   map[string]string `json:"parameters"`
	Region       string            `json:"region"`
	Account      string            `json:"account"`
	Country      string            `json:"country"`
	Origins      map[string]string `json:"origins"`
	Stores       map[string]string `json:"stores"`
}

// configFields are its fields, as messages list them.
var configFields = []string{"template", "distribution", "parameters", "region", "account", "country", "origins", "stores"}

// fromFile returns the settings of the settings file. One that is not named, but
// happens to be there, is left out if it is about another template than the flags.
func (s *settings) fromFile() (*settings, error) {
	path := cmp.Or(s.config, configName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && s.config == "" {
		return &settings{console: s.console, template: defaultTemplate}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the settings file cannot be read: %w", err)
	}
	file, err := readConfig(text)
	if err != nil {
		return nil, fmt.Errorf("the settings file %s: %w", path, err)
	}
	dir := filepath.Dir(path)
	template := inDir(dir, cmp.Or(file.Template, defaultTemplate))
	if s.config == "" && s.template != "" && !sameFile(s.template, template) {
		fmt.Fprintf(s.stderr, "cfrouter: %s is for %s, so it is not used; -config %s uses it anyway\n", path, template, path)
		return &settings{console: s.console}, nil
	}
	return &settings{
		console: s.console, file: path,
		template: template, distribution: file.Distribution, parameters: assign(file.Parameters, ""),
		region: file.Region, account: file.Account, country: file.Country,
		origins: assign(file.Origins, dir), stores: assign(file.Stores, dir),
	}, nil
}

func assign(values map[string]string, dir string) (all assignments) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		all = append(all, assignment{name, values[name], dir})
	}
	return all
}

func readConfig(text []byte) (file configFile, err error) {
	if err := json.Unmarshal(text, &file); err != nil {
		return file, explainJSONError(text, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		name := strings.Trim(strings.TrimPrefix(err.Error(), "json: unknown field "), `"`)
		return file, fmt.Errorf("there is no setting %q: %s", name, instead(name, configFields))
	}
	return file, nil
}

// explainJSONError says where an error is, and in JSON's words what.
func explainJSONError(text []byte, err error) error {
	var syntax *json.SyntaxError
	var mismatch *json.UnmarshalTypeError
	line := func(offset int64) int { return 1 + bytes.Count(text[:min(int(offset), len(text))], []byte("\n")) }
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: %w", line(syntax.Offset), err)
	case errors.As(err, &mismatch):
		expected := "an object"
		if mismatch.Type.Kind() == reflect.String {
			expected = "a string"
		}
		return fmt.Errorf("line %d: %s: expected %s, found one of type %s", line(mismatch.Offset), cmp.Or(mismatch.Field, "the whole"), expected, mismatch.Value)
	}
	return err
}

func inDir(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// sameFile reports whether two paths lead to one file, or would.
func sameFile(a, b string) bool {
	x, errA := os.Stat(a)
	y, errB := os.Stat(b)
	if errA != nil || errB != nil {
		return filepath.Clean(a) == filepath.Clean(b)
	}
	return os.SameFile(x, y)
}
