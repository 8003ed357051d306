package edgefn

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A document is found for a path in one of two ways. If the keys of the store are
// not known, the shape of the path decides, and what has a dot in its last
// segment is a file. If they are, every path that leads to a document is a key
// of the key-value store, so that a request costs one read whatever the number of
// documents is.
//
// Either way the result is a document's path, percent-encoded, or "" for none. One
// with a sign in front has another path that links in the document are relative
// to: "+" the viewer's with a slash at the end, "-" the one without.

// addDocuments has a destination look for documents.
func (c *composer) addDocuments(s *settings, d Destination) {
	docs, index := *d.Documents, ""
	if d.Index != nil {
		index = *d.Index
	}
	js := c.foundJS(docs, index)
	if docs.Fallback != "" {
		js = fmt.Sprintf("fallback = %s, %s", quote(documentURI(docs.Fallback)), js)
	}
	if docs.NotFound != "" {
		js = fmt.Sprintf("missing = %s, %s", quote(documentURI(docs.NotFound)), js)
		c.used["t"] = true
	}
	if len(docs.Immutable) > 0 {
		tests := make([]string, len(docs.Immutable))
		for i, glob := range docs.Immutable {
			tests[i] = globJS(globURI(glob)) + ".test(uri)"
		}
		js = fmt.Sprintf("kept = %s, %s", c.number("kept", "("+strings.Join(tests, " || ")+")"), js)
		c.used["t"], c.used["g"], c.used["k"] = true, true, true
	}
	s.add("d", c.number("d", "("+js+")"))
}

// foundJS is the expression for the document of a path.
func (c *composer) foundJS(docs Documents, index string) string {
	if docs.Content != nil {
		c.stored, c.awaits, c.contents = true, true, true
		return fmt.Sprintf("site = %s, ''", quote(c.site(docs, index)))
	}
	switch quoted := quote(documentURI(index)); {
	case docs.Fallback != "" || docs.Clean == HtmlFiles:
		other := "''"
		if docs.Fallback == "" {
			other = "slash ? '-' + uri.slice(0, -1) + '.html' : uri + '.html'"
		}
		root := "''"
		if index != "" {
			root = quote("/" + documentURI(index))
		}
		return fmt.Sprintf("dotted ? uri : uri === '/' ? %s : %s", root, other)
	case index == "":
		return "uri === '/' ? '' : uri"
	case docs.Clean == HtmlFolders:
		return fmt.Sprintf("dotted ? uri : slash ? uri + %s : '+' + uri + '/' + %s", quoted, quoted)
	default:
		return fmt.Sprintf("slash ? uri + %s : uri", quoted)
	}
}

// Limits of a key-value store, in bytes. The last is that of the file that fills a
// store, too; AWS says 5 MB, and not whether of a million bytes each.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keyvaluestores)
const (
	maxStoreKey   = 512
	maxStoreValue = 1024
	maxStore      = 5_000_000
)

// site is what the keys of the paths of some documents begin with. Routes that
// serve the same documents share the keys.
func (c *composer) site(docs Documents, index string) string {
	hash := sha256.New()
	for _, key := range docs.Content {
		fmt.Fprintf(hash, "%s\n", key)
	}
	fmt.Fprintf(hash, "%d%s", docs.Clean, index)
	site := fmt.Sprintf("site/%x", hash.Sum(nil)[:4])
	if !c.sites[site] {
		if c.sites == nil {
			c.sites = map[string]bool{}
		}
		c.sites[site] = true
		c.addPages(site, docs, index)
	}
	return site
}

// addPages adds the paths of documents to the key-value store.
func (c *composer) addPages(site string, docs Documents, index string) {
	pages, size := docs.pages(index), 0
	for _, path := range slices.Sorted(maps.Keys(pages)) {
		entry := Entry{site + path, pages[path]}
		if len(entry.Key) > maxStoreKey || len(entry.Value) > maxStoreValue {
			c.fail(fmt.Errorf("the path %q takes a key of %d and a value of %d bytes, and a key-value store takes %d and %d: give the document a shorter path, or leave the content out",
				path, len(entry.Key), len(entry.Value), maxStoreKey, maxStoreValue))
		}
		size += len(`{"key":"","value":""},`) + len(entry.Key) + len(entry.Value)
		c.entries = append(c.entries, entry)
	}
	if size > maxStore {
		c.fail(fmt.Errorf("the %d paths of %d documents take %d bytes, and a key-value store takes %d: leave the content out, and the shape of a path decides",
			len(pages), len(docs.Content), size, maxStore))
	}
}

// pages are the documents by the paths that lead to them.
func (docs Documents) pages(index string) map[string]string {
	exists := map[string]bool{}
	for _, key := range docs.Content {
		exists[key] = !strings.HasSuffix(key, "/") // what consoles make for a folder
	}
	pages := map[string]string{}
	for key := range exists {
		for _, path := range docs.paths(key, index) {
			if page := docs.page(path, index, exists); page != "" {
				pages[path] = page
			}
		}
	}
	return pages
}

// paths are those that may lead to a document.
func (docs Documents) paths(key, index string) []string {
	if folder, ok := strings.CutSuffix(key, "/"+index); ok && index != "" {
		return []string{key, folder + "/", folder}
	}
	if name, ok := strings.CutSuffix(key, ".html"); ok && docs.Clean != NoCleanUrls {
		return []string{key, name, name + "/"}
	}
	return []string{key}
}

// page is the document of a path.
func (docs Documents) page(path, index string, exists map[string]bool) string {
	name, slash := strings.CutSuffix(path, "/")
	file, folder := name+".html", name+"/"+index
	isFile := docs.Clean != NoCleanUrls && exists[file] && !strings.HasSuffix(name, "/")
	isFolder := index != "" && exists[folder]
	switch {
	case path == "":
		return ""
	case exists[path]:
		return documentURI(path)
	case slash && isFolder:
		return documentURI(folder)
	case slash && isFile:
		return "-" + documentURI(file)
	case isFile && (docs.Clean == HtmlFiles || !isFolder):
		return documentURI(file)
	case isFolder:
		return "+" + documentURI(folder)
	}
	return ""
}

// documentURI percent-encodes the path of a document. Object stores take a plus sign
// in a path for a space, so it is encoded as well.
func documentURI(path string) string { return percentEncode(path, "-._~/") }

// globURI does so with what surrounds the wildcards of a glob.
func globURI(glob string) string { return percentEncode(glob, "-._~/*?") }

// percentEncode percent-encodes all but letters, digits and the characters listed.
func percentEncode(text, plain string) string {
	var b strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(plain, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
