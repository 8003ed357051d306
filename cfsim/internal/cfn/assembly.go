package cfn

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const manifestFile = "manifest.json"

// manifest is the part of a cloud assembly's manifest that is read.
// https://github.com/aws/aws-cdk-cli/tree/main/packages/%40aws-cdk/cloud-assembly-schema
type manifest struct {
	Version   string
	Artifacts map[string]artifact
}

type artifact struct {
	Type        string
	Environment string // aws://account/region
	DisplayName string // construct path of a stack
	Properties  struct {
		TemplateFile  string // of a stack
		StackName     string // of a stack, if not the artifact's id
		File          string // of an asset manifest
		DirectoryName string // of a nested assembly, that is, a stage
	}
	Metadata               constructMetadata
	AdditionalMetadataFile string // newer CDKs: the metadata are in a file of their own
}

// constructMetadata is what the CDK notes of its constructs, by path.
type constructMetadata map[string][]struct {
	Type string
	Data any
}

// readManifest reads the manifest of an assembly. A manifest.json of something
// else (a web app's) counts as none.
func readManifest(dir string) (*manifest, error) {
	file := filepath.Join(dir, manifestFile)
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("cfsim: %s: %w", file, err)
	}
	var outline struct{ Version, Artifacts json.RawMessage }
	if err := json.Unmarshal(text, &outline); err != nil {
		return nil, fmt.Errorf("cfsim: %s: not the manifest of a cloud assembly: %w (run cdk synth again)", file, err)
	}
	if outline.Version == nil {
		return nil, fmt.Errorf("cfsim: %s: not the manifest of a cloud assembly: %w", file, fs.ErrNotExist)
	}
	var m manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("cfsim: %s: not the manifest of a cloud assembly: %w (run cdk synth again)", file, err)
	}
	return &m, nil
}

// manifest reads the stacks of an assembly, or the one whose template is the
// file only, and reports whether there was any.
func (l *loader) manifest(dir string, m *manifest, only string) (found bool, err error) {
	wanted := map[string]artifact{}
	for id, a := range m.Artifacts {
		isStack := a.Type == "aws:cloudformation:stack"
		if only == "" && (isStack || a.Type == "cdk:cloud-assembly") || isStack && only == a.Properties.TemplateFile {
			wanted[id] = a
		}
	}
	if len(wanted) == 0 {
		return false, nil
	}
	l.app.files = append(l.app.files, filepath.Join(dir, manifestFile))
	for _, a := range sorted(m.Artifacts) { // before stacks, whose nested stacks are assets
		if a.Type == "cdk:asset-manifest" {
			if err := l.assetManifest(filepath.Join(dir, a.Properties.File), false); err != nil {
				return true, err
			}
		}
	}
	for id, a := range sorted(wanted) {
		if a.Type == "cdk:cloud-assembly" {
			err = l.directory(filepath.Join(dir, a.Properties.DirectoryName))
		} else {
			err = l.stack(dir, id, a)
		}
		if err != nil {
			return true, err
		}
	}
	return true, nil
}

// stack reads a stack of an assembly.
func (l *loader) stack(dir, id string, a artifact) error {
	deployed := cmp.Or(a.Properties.StackName, id)
	s := &scope{
		// Another stack may have the same name in another region or account.
		stack:     &Stack{Name: l.freeName(deployed, id), Path: a.DisplayName},
		deployed:  deployed,
		mayBeVoid: true,
	}
	s.stack.Account, s.stack.Region = environment(a.Environment)
	metadata := a.Metadata
	if a.AdditionalMetadataFile != "" {
		file := filepath.Join(dir, a.AdditionalMetadataFile)
		if err := l.readJSON(file, &metadata); err != nil {
			return err
		}
	}
	s.paths = pathsOf(metadata)
	return l.template(filepath.Join(dir, a.Properties.TemplateFile), s)
}

// environment takes "aws://account/region" apart; what is unknown at synthesis
// is "".
func environment(text string) (account, region string) {
	account, region, _ = strings.Cut(strings.TrimPrefix(text, "aws://"), "/")
	if account == "unknown-account" {
		account = ""
	}
	if region == "unknown-region" {
		region = ""
	}
	return account, region
}

// constructPaths are the construct paths by logical id. An id has several if
// nested stacks have it too, since all are in the metadata of the outermost.
type constructPaths map[string][]string

// pathsOf inverts an assembly's metadata.
func pathsOf(metadata constructMetadata) constructPaths {
	paths := constructPaths{}
	for path, entries := range metadata {
		for _, e := range entries {
			if id, ok := e.Data.(string); ok && e.Type == "aws:cdk:logicalId" {
				paths[id] = append(paths[id], strings.TrimPrefix(path, "/"))
			}
		}
	}
	return paths
}

// readJSON reads a file of an assembly and remembers it.
func (l *loader) readJSON(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("cfsim: %s: %w (run cdk synth again)", file, err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("cfsim: %s: %w (run cdk synth again)", file, err)
	}
	l.app.files = append(l.app.files, file)
	return nil
}

// assetManifest reads where the content of assets is on disk.
func (l *loader) assetManifest(file string, optional bool) error {
	var m struct {
		Files map[string]struct {
			Source       struct{ Path string }
			Destinations map[string]struct{ ObjectKey string }
		}
	}
	if err := l.readJSON(file, &m); err != nil {
		if optional && errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	for _, f := range m.Files {
		if f.Source.Path == "" {
			continue // made by a command when it is published
		}
		for _, d := range f.Destinations {
			l.app.assets[d.ObjectKey] = resolvePath(filepath.Dir(file), f.Source.Path)
		}
	}
	return nil
}
