package cfrouter

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/glob"
)

// CleanUrls says which HTML document a path names that has no dot in its last
// segment.
type CleanUrls string

const (
	// CleanUrls_HTML lets /about name /about.html. The path /about/ is redirected (308)
	// to /about, unless Content has /about/index.html.
	CleanUrls_HTML CleanUrls = "HTML"

	// CleanUrls_FOLDERS lets /about/ name /about/index.html, or whatever the
	// IndexDocument is. The path /about is redirected (308) to /about/, unless Content
	// has no such document and /about.html instead.
	CleanUrls_FOLDERS CleanUrls = "FOLDERS"
)

// cleanUrls are the ways to read a path.
var cleanUrls = map[CleanUrls]edgefn.CleanUrls{
	"":                edgefn.NoCleanUrls,
	CleanUrls_HTML:    edgefn.HtmlFiles,
	CleanUrls_FOLDERS: edgefn.HtmlFolders,
}

// documentsOf is how the paths of a site lead to its documents; nil if each is the
// path of its document, or of the directory that the index document is in.
func documentsOf(props *BucketTargetProps) (*edgefn.Documents, error) {
	clean, known := cleanUrls[props.CleanUrls]
	if !known {
		return nil, fmt.Errorf("CleanUrls is %q: use CleanUrls_HTML or CleanUrls_FOLDERS, or leave it out", props.CleanUrls)
	}
	out := &edgefn.Documents{Clean: clean}
	var errs [4]error
	out.Fallback, errs[0] = document("FallbackDocument", props.FallbackDocument)
	out.NotFound, errs[1] = document("NotFoundDocument", props.NotFoundDocument)
	out.Immutable, errs[2] = immutable(props.Immutable)
	out.Content, errs[3] = content(props.Content)
	if err := cmp.Or(errs[:]...); err != nil {
		return nil, err
	}
	if err := ofBucket.check(out, *props.IndexDocument); err != nil {
		return nil, err
	}
	if out.Fallback == "" && out.NotFound == "" && clean == edgefn.NoCleanUrls && out.Content == nil && out.Immutable == nil {
		return nil, nil
	}
	return out, nil
}

// documentSettings are what the parts of [edgefn.Documents] are called by those who
// set them.
type documentSettings struct {
	fallback, notFound, clean string
	folders, files            string // values of clean
	content                   string // the documents that there are,
	contentIs                 string // and what it is set to
}

var ofBucket = documentSettings{
	fallback: "FallbackDocument", notFound: "NotFoundDocument", clean: "CleanUrls",
	folders: "CleanUrls_FOLDERS", files: "CleanUrls_HTML",
	content: "Content", contentIs: "the directory that is deployed to the bucket",
}

// ofTarget are those of a [Target] from elsewhere.
var ofTarget = documentSettings{
	fallback: "TargetConfig.Documents.Fallback", notFound: "TargetConfig.Documents.NotFound", clean: "TargetConfig.Documents.Clean",
	folders: "edgefn.HtmlFolders", files: "edgefn.HtmlFiles",
	content: "TargetConfig.Documents.Content", contentIs: "the keys of the object store, each with a slash in front",
}

// check refuses what contradicts each other, or the documents that there are.
func (s documentSettings) check(d *edgefn.Documents, index string) error {
	switch {
	case d.Fallback != "" && d.NotFound != "":
		return fmt.Errorf("%s %q and %s %q exclude each other, since with the first no path names nothing: leave one of them out", s.fallback, d.Fallback, s.notFound, d.NotFound)
	case d.NotFound != "" && d.Content == nil:
		return fmt.Errorf("%s %q needs %s: CloudFront runs no function on a response of status 400 or above, and its error pages are for all routes of a distribution, so the edge has to know what there is. Set %s to %s", s.notFound, d.NotFound, s.content, s.content, s.contentIs)
	case d.Fallback != "" && d.Clean != edgefn.NoCleanUrls && d.Content == nil:
		return fmt.Errorf("%s %q and %s both say what a path without a dot names: leave one of them out, or set %s to %s, so that the fallback is for paths that name no document", s.fallback, d.Fallback, s.clean, s.content, s.contentIs)
	case d.Clean == edgefn.HtmlFolders && index == "":
		return fmt.Errorf(`%s needs the IndexDocument, which is "": write one such as "index.html", or use %s`, s.folders, s.files)
	}
	for setting, name := range map[string]string{s.fallback: d.Fallback, s.notFound: d.NotFound} {
		if name != "" && d.Content != nil && !slices.Contains(d.Content, name) {
			return fmt.Errorf("%s %q is not among the %d files in %s: write the path that one of them has there", setting, name, len(d.Content), s.content)
		}
	}
	return nil
}

// checkDocuments refuses the documents of a target from elsewhere that could lead to
// none. Those of a bucket are put right where they are read.
func (c *TargetConfig) checkDocuments() error {
	d := c.Documents
	if d == nil {
		return nil
	}
	s := ofTarget
	errs := []error{s.checkPath(s.fallback, d.Fallback), s.checkPath(s.notFound, d.NotFound)}
	if d.Clean < edgefn.NoCleanUrls || d.Clean > edgefn.HtmlFolders {
		errs = append(errs, fmt.Errorf("%s is %d: use %s, %s or edgefn.NoCleanUrls", s.clean, d.Clean, s.files, s.folders))
	}
	if d.Content != nil && len(d.Content) == 0 {
		errs = append(errs, fmt.Errorf("%s has no keys in it, so that every path would be a 404: set it to %s, or to nil if they are not known", s.content, s.contentIs))
	}
	for _, key := range d.Content {
		errs = append(errs, beginsWithSlash(s.content+" has the key", key))
	}
	for _, glob := range d.Immutable {
		if !strings.HasPrefix(glob, "*") && !strings.HasPrefix(glob, "?") {
			errs = append(errs, beginsWithSlash("TargetConfig.Documents.Immutable has the glob", glob))
		}
	}
	return cmp.Or(append(errs, s.check(d, *c.IndexDocument))...)
}

// checkPath takes the path of a document that has a slash in front, or "" for none.
func (s documentSettings) checkPath(setting, path string) error {
	if path == "" {
		return nil
	}
	_, err := document(setting, &path)
	return cmp.Or(beginsWithSlash(setting, path), err)
}

func beginsWithSlash(what, path string) error {
	if strings.HasPrefix(path, "/") {
		return nil
	}
	return fmt.Errorf("%s %q, which does not begin with a slash: write %q", what, path, "/"+path)
}

// document is the path of a document with a slash in front; "" for none.
func document(setting string, given *string) (string, error) {
	if given == nil {
		return "", nil
	}
	path := strings.TrimPrefix(*given, "/")
	for _, name := range strings.Split(path, "/") {
		if name == "" || checkIndexDocument(name) != nil {
			return "", fmt.Errorf(`%s %q is not the plain path of a file: write one of letters, digits and "-_.~", such as "/index.html"`, setting, *given)
		}
	}
	return "/" + path, nil
}

// immutable are globs with a slash in front, in their canonical form.
func immutable(given *[]*string) ([]string, error) {
	listed, err := names("BucketTargetProps.Immutable", given)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, text := range listed {
		path := "/" + strings.TrimPrefix(text, "/")
		if strings.HasSuffix(path, "/") {
			return nil, fmt.Errorf("BucketTargetProps.Immutable has %q, which ends in a slash as no document does: write %q for all below it", text, path+"*")
		}
		out = append(out, glob.Canonical(path))
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// content are the paths of the files in a directory, each with a slash in front,
// sorted; nil if none is given.
func content(directory *string) ([]string, error) {
	if directory == nil {
		return nil, nil
	}
	if err := plain("BucketTargetProps.Content", *directory); err != nil {
		return nil, err
	}
	out, err := filesIn(*directory, "/", nil)
	switch {
	case err != nil:
		return nil, fmt.Errorf("BucketTargetProps.Content: %w", err)
	case len(out) == 0:
		return nil, fmt.Errorf("BucketTargetProps.Content: directory %q has no files in it, so that every path would be a 404: build the site before synthesis, or name the directory that is deployed to the bucket", *directory)
	}
	slices.Sort(out)
	return out, nil
}

// filesIn are the paths of the files in and below a directory. The directories that
// it is in come with their links resolved, so that a link cannot lead in a circle.
func filesIn(directory, path string, within []string) ([]string, error) {
	entries, err := os.ReadDir(directory)
	resolved, linkErr := filepath.EvalSymlinks(directory)
	if err := cmp.Or(err, linkErr); err != nil {
		return nil, unreadable("directory", directory, err)
	}
	if slices.Contains(within, resolved) {
		return nil, fmt.Errorf("directory %q is a symbolic link to one that it is in: remove the link", directory)
	}
	within = append(slices.Clip(within), resolved)
	var out []string
	for _, entry := range entries {
		name := filepath.Join(directory, entry.Name())
		info, err := os.Stat(name)
		switch {
		case err != nil:
			return nil, unreadable("file", name, err)
		case info.Mode().IsRegular():
			out = append(out, path+entry.Name())
		case info.IsDir():
			below, err := filesIn(name, path+entry.Name()+"/", within)
			if err != nil {
				return nil, err
			}
			out = append(out, below...)
		}
	}
	return out, nil
}
