package cfsim

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/cfrouter/cfrouter/cfsim/internal/cfn"
)

// Limits of a key and its value.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keyvaluestores)
const (
	maxStoreKey   = 512
	maxStoreValue = 1024
)

// A store is a key-value store of the template with the values that it imports,
// or that it was given. It can be changed while functions read it.
type store struct {
	resource *cfn.Resource

	mu      sync.RWMutex
	values  map[string]string
	unknown bool // what it imports is not at hand
}

// Get returns the value of a key.
func (s *store) Get(key string) (value string, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	value, ok = s.values[key]
	return value, ok
}

// Len returns the number of keys.
func (s *store) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.values)
}

func (s *store) isUnknown() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.unknown
}

// holds reports whether it is known what is in the store. One that nothing is
// imported into is filled by hand, with what no template says.
func (s *store) holds() bool { return !s.isUnknown() && s.Len() > 0 }

func (s *store) put(key, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[key] = value
}

// putAll puts values over those that are there. With them it is known what is in
// the store.
func (s *store) putAll(values map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.Copy(s.values, values)
	s.unknown = false
}

// storeOf returns the store of an ARN, nil if it is not in the template. What the
// template imports is read if the cloud assembly has it.
func (a *App) storeOf(arn string) *store {
	r := a.cfn.ResourceOf(arn, "AWS::CloudFront::KeyValueStore")
	if r == nil {
		return nil
	}
	for _, s := range a.stores {
		if s.resource == r {
			return s
		}
	}
	s := &store{resource: r, values: map[string]string{}}
	path, ok := a.cfn.Asset(r)
	s.unknown = !ok && r.Properties["ImportSource"] != nil
	if ok {
		values, err := readStore(path)
		if err == nil {
			s.values = values
		} else {
			message := strings.TrimPrefix(err.Error(), "cfsim: ")
			a.problems = append(a.problems, Finding{Error, "invalid", r.ID, "what it imports cannot be used, so it is empty: " + message})
		}
	}
	a.stores = append(a.stores, s)
	return s
}

// readStore reads the format that key-value stores import:
// {"data": [{"key": "a", "value": "b"}]}.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/kvs-with-functions-create-s3-kvp.html)
func readStore(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cfsim: %w", err)
	}
	var file struct {
		Data []struct{ Key, Value string }
	}
	err = json.Unmarshal(text, &file)
	if err == nil && file.Data == nil {
		err = errors.New("it has no data")
	}
	if err != nil {
		return nil, fmt.Errorf(`cfsim: %s is no content of a key-value store, which is written {"data": [{"key": "a", "value": "b"}]}: %w`, path, err)
	}
	values := map[string]string{}
	for _, entry := range file.Data {
		values[entry.Key] = entry.Value
	}
	return values, nil
}

// AttachStore puts the keys in a JSON file over what the template imports into a
// key-value store, as if each were put by [App.PutKey]: keys that are not in the file
// keep their values. Where the import is not at hand, as with a template without its
// assets, the file is all that the store has. It is written as key-value stores import
// it: {"data": [{"key": "a", "value": "b"}]}. The store is named like an origin.
func (a *App) AttachStore(name, path string) error {
	values, err := readStore(path)
	if err != nil {
		return err
	}
	s, err := a.storeNamed(name)
	if err != nil {
		return err
	}
	s.putAll(values)
	return nil
}

// PutKey gives one key of a key-value store a value and leaves the others as they
// are, as the command aws cloudfront-keyvaluestore put-key does. The store is named
// like an origin. The next request sees the value.
func (a *App) PutKey(store, key, value string) error {
	switch {
	case key == "" || len(key) > maxStoreKey:
		return fmt.Errorf("cfsim: the key %q has %d bytes, and a key-value store takes 1 to %d", key, len(key), maxStoreKey)
	case len(value) > maxStoreValue:
		return fmt.Errorf("cfsim: the value of %q has %d bytes, and a key-value store takes %d", key, len(value), maxStoreValue)
	}
	s, err := a.storeNamed(store)
	if err != nil {
		return err
	}
	s.put(key, value)
	return nil
}

// storeNamed is the one store of a name.
func (a *App) storeNamed(name string) (*store, error) {
	var found []*store
	for _, s := range a.stores {
		if named(namesOf(s.resource), name) {
			found = append(found, s)
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("cfsim: there is no key-value store %q that a function uses; there are %s", name, quoted(a.storeNames(a.stores)))
	case 1:
		return found[0], nil
	}
	return nil, fmt.Errorf("cfsim: %d key-value stores are called %q: write out one of %s", len(found), name, quoted(a.storeNames(found)))
}

// storeNames are names that mean one store each: without the stack, where no store of
// another stack is called the same.
func (a *App) storeNames(stores []*store) (names []string) {
	for _, s := range stores {
		label := labelOf(s.resource)
		if slices.ContainsFunc(a.stores, func(other *store) bool { return other != s && named(namesOf(other.resource), label) }) {
			label = cmp.Or(s.resource.Path, s.resource.ID)
		}
		names = append(names, label)
	}
	return names
}
