package cfsim

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
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

func (s *store) put(key, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[key] = value
}

func (s *store) replace(values map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values, s.unknown = values, false
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

// AttachStore gives a key-value store the values in a JSON file in place of what the
// template imports, in the format that key-value stores import:
// {"data": [{"key": "a", "value": "b"}]}. The store is named like an origin.
func (a *App) AttachStore(name, path string) error {
	values, err := readStore(path)
	if err != nil {
		return err
	}
	s, err := a.storeNamed(name)
	if err != nil {
		return err
	}
	s.replace(values)
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

func (a *App) storeNamed(name string) (*store, error) {
	var all []string
	for _, s := range a.stores {
		if named(namesOf(s.resource), name) {
			return s, nil
		}
		all = append(all, s.resource.ID)
	}
	return nil, fmt.Errorf("cfsim: there is no key-value store %q that a function uses; there are %s", name, quoted(all))
}
