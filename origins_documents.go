package cfrouter

import (
	"cmp"
	"errors"
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
	if err := checkDocuments(out, props); err != nil {
		return nil, err
	}
	if out.Fallback == "" && out.NotFound == "" && clean == edgefn.NoCleanUrls && out.Content == nil && out.Immutable == nil {
		return nil, nil
	}
	return out, nil
}

// checkDocuments refuses what contradicts each other, or the files that are there.
func checkDocuments(d *edgefn.Documents, props *BucketTargetProps) error {
	switch {
	case d.Fallback != "" && d.NotFound != "":
		return fmt.Errorf("FallbackDocument %q and NotFoundDocument %q exclude each other, since with the first no path names nothing: leave one of them out", d.Fallback, d.NotFound)
	case d.NotFound != "" && d.Content == nil:
		return fmt.Errorf("NotFoundDocument %q needs Content: CloudFront runs no function on a response of status 400 or above, and its error pages are for all routes of a distribution, so the edge has to know what there is. Set Content to the directory that is deployed to the bucket", d.NotFound)
	case d.Fallback != "" && d.Clean != edgefn.NoCleanUrls && d.Content == nil:
		return fmt.Errorf("FallbackDocument %q and CleanUrls both say what a path without a dot names: leave one of them out, or set Content to the directory that is deployed to the bucket, so that the fallback is for paths that name no document", d.Fallback)
	case d.Clean == edgefn.HtmlFolders && *props.IndexDocument == "":
		return errors.New(`CleanUrls_FOLDERS needs the IndexDocument, which is "": leave that out for "index.html", or use CleanUrls_HTML`)
	}
	for setting, name := range map[string]string{"FallbackDocument": d.Fallback, "NotFoundDocument": d.NotFound} {
		if name != "" && d.Content != nil && !slices.Contains(d.Content, name) {
			return fmt.Errorf("%s %q is not among the %d files in Content, %q: write the path of one of them, as seen from that directory", setting, name, len(d.Content), *props.Content)
		}
	}
	return nil
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
