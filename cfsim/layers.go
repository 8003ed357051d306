package cfsim

import (
	"cmp"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim/internal/cfn"
	"github.com/cfrouter/cfrouter/internal/glob"
)

// prefixed is a file system below a path, with what the deployment leaves out.
type prefixed struct {
	prefix     string
	files      fs.FS
	deployment cfn.Deployment
}

func (p prefixed) leavesOut(name string) bool {
	return glob.Set(p.deployment.Exclude).Match(name) && !glob.Set(p.deployment.Include).Match(name)
}

// layers are file systems on top of each other, the last one uppermost.
type layers []prefixed

// Open implements [fs.FS].
func (l layers) Open(name string) (fs.File, error) {
	for _, layer := range slices.Backward(l) {
		below := name
		if layer.prefix != "" {
			var ok bool
			if below, ok = strings.CutPrefix(name, layer.prefix+"/"); !ok {
				continue
			}
		}
		if layer.leavesOut(below) {
			continue
		}
		if file, err := layer.files.Open(below); err == nil {
			return file, nil
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// ReadDir implements [fs.ReadDirFS]: what the layers have, taken together.
func (l layers) ReadDir(name string) ([]fs.DirEntry, error) {
	found := map[string]fs.DirEntry{}
	var failed error
	for _, layer := range l {
		entries, err := layer.readDir(name)
		failed = cmp.Or(failed, err)
		for _, entry := range entries {
			if !layer.leavesOut(strings.TrimPrefix(path.Join(name, entry.Name()), layer.prefix+"/")) {
				found[entry.Name()] = entry
			}
		}
	}
	if len(found) == 0 && failed != nil {
		return nil, failed
	}
	return slices.SortedFunc(maps.Values(found), func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) }), nil
}

func (p prefixed) readDir(name string) ([]fs.DirEntry, error) {
	if p.prefix == "" || name == p.prefix {
		return fs.ReadDir(p.files, cmp.Or(strings.TrimPrefix(name, p.prefix), "."))
	}
	if below, ok := strings.CutPrefix(name, p.prefix+"/"); ok {
		return fs.ReadDir(p.files, below)
	}
	rest, ok := p.prefix, true
	if name != "." {
		rest, ok = strings.CutPrefix(p.prefix, name+"/")
	}
	root, err := fs.Stat(p.files, ".")
	if !ok || err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	next, _, _ := strings.Cut(rest, "/")
	return []fs.DirEntry{renamed{fs.FileInfoToDirEntry(root), next}}, nil
}

// renamed is a directory by another name.
type renamed struct {
	fs.DirEntry
	name string
}

func (r renamed) Name() string { return r.name }
