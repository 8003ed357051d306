package s3

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

type page struct {
	Name, Prefix, Delimiter, EncodingType string
	Marker                                *string
	NextMarker, NextContinuationToken     string
	StartAfter, ContinuationToken         string
	KeyCount                              *int
	MaxKeys                               int
	IsTruncated                           bool
	Contents                              []listed
	CommonPrefixes                        []commonPrefix
}

func listOf(t testing.TB, h http.Handler, target string) page {
	t.Helper()
	w := do(t, h, "GET", target)
	var p page
	if err := xml.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != 200 {
		t.Fatalf("GET %s: %d %v\n%s", target, w.Code, err, w.Body)
	}
	if !strings.Contains(w.Body.String(), `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`) {
		t.Errorf("GET %s is no ListBucketResult: %s", target, w.Body)
	}
	return p
}

// names are the keys and the common prefixes, in one order.
func (p page) names() string {
	var all []string
	for _, c := range p.Contents {
		all = append(all, c.Key)
	}
	for _, c := range p.CommonPrefixes {
		all = append(all, c.Prefix)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func TestList(t *testing.T) {
	fsys := fstest.MapFS{}
	for _, key := range []string{"test/foo/bar/123", "test/foo/bar/456", "test/bar/foo/123", "test-a", "test.b", "z/+ü(1)"} {
		fsys[key] = &fstest.MapFile{Data: []byte("content 123"), ModTime: stored}
	}
	b := &Bucket{Files: fsys, Name: "site", CanList: true}
	for _, test := range []struct{ query, want string }{
		{"", "test-a test.b test/bar/foo/123 test/foo/bar/123 test/foo/bar/456 z/+ü(1)"},
		{"prefix=test/", "test/bar/foo/123 test/foo/bar/123 test/foo/bar/456"},
		{"prefix=test/foo", "test/foo/bar/123 test/foo/bar/456"},
		{"prefix=test/foo/bar/4", "test/foo/bar/456"},
		{"prefix=/test", ""},
		{"prefix=test//", ""},
		{"prefix=../", ""},
		{"prefix=nothing/here/", ""},
		{"delimiter=/", "test-a test.b test/ z/"},
		{"prefix=test/&delimiter=/", "test/bar/ test/foo/"},
		{"prefix=test/foo&delimiter=/", "test/foo/"},
		{"prefix=test/foo/bar&delimiter=/", "test/foo/bar/"},
		{"prefix=test&delimiter=o", "test-a test.b test/bar/fo test/fo"},
		{"prefix=z/&encoding-type=url", "z/%2B%C3%BC%281%29"},
		{"max-keys=0", ""},
		{"unknown=1&prefix=z", "z/+ü(1)"},
	} {
		for _, version := range []string{"", "&list-type=2"} {
			p := listOf(t, b, "/?"+test.query+version)
			if got := p.names(); got != test.want {
				t.Errorf("?%s: %s\nwant %s", test.query+version, got, test.want)
			}
			if p.IsTruncated || p.Name != "site" {
				t.Errorf("?%s: IsTruncated %t, Name %q", test.query+version, p.IsTruncated, p.Name)
			}
			if v2 := version != ""; v2 != (p.KeyCount != nil) || v2 == (p.Marker != nil) {
				t.Errorf("?%s: KeyCount %v and Marker %v are not those of the version", test.query+version, p.KeyCount, p.Marker)
			}
		}
	}
	first := listOf(t, b, "/?max-keys=1").Contents[0]
	want := listed{"test-a", "2026-03-04T05:06:07.000Z", `"0d9fa06a66933b40f615f530e59edd6b"`, 11, "STANDARD"}
	if first != want {
		t.Errorf("listed as %+v, want %+v", first, want)
	}
}

// The pages of a listing make up the whole, whatever their size.
func TestPages(t *testing.T) {
	fsys := fstest.MapFS{}
	for i := range 23 {
		fsys[fmt.Sprintf("d%d/f%d", i%5, i)] = &fstest.MapFile{ModTime: stored}
		fsys[fmt.Sprintf("f%d", i)] = &fstest.MapFile{ModTime: stored}
	}
	b := &Bucket{Files: fsys, CanList: true}
	for _, query := range []string{"", "delimiter=/", "prefix=d", "prefix=d&delimiter=/"} {
		whole := listOf(t, b, "/?list-type=2&"+query).names()
		for size := 1; size < 50; size += 7 {
			for _, v2 := range []bool{false, true} {
				if got := allPages(t, b, query, size, v2); got != whole {
					t.Errorf("?%s in pages of %d (V2 %t): %s\nwant %s", query, size, v2, got, whole)
				}
			}
		}
	}
}

func allPages(t *testing.T, b *Bucket, query string, size int, v2 bool) string {
	t.Helper()
	var names []string
	next := ""
	for range 100 {
		target := fmt.Sprintf("/?%s&max-keys=%d%s", query, size, next)
		if v2 {
			target += "&list-type=2"
		}
		p := listOf(t, b, target)
		names = append(names, strings.Fields(p.names())...)
		if count := len(p.Contents) + len(p.CommonPrefixes); count > size || p.IsTruncated && count != size {
			t.Errorf("GET %s has %d entries (truncated: %t)", target, count, p.IsTruncated)
		}
		if !p.IsTruncated {
			slices.Sort(names)
			return strings.Join(names, " ")
		}
		switch {
		case v2:
			next = "&continuation-token=" + url.QueryEscape(p.NextContinuationToken)
		case p.NextMarker != "":
			next = "&marker=" + url.QueryEscape(p.NextMarker)
		default: // V1 without a delimiter has the last key for a marker
			next = "&marker=" + url.QueryEscape(p.Contents[len(p.Contents)-1].Key)
		}
	}
	t.Fatalf("?%s in pages of %d does not end", query, size)
	return ""
}

func TestListFrom(t *testing.T) {
	fsys := fstest.MapFS{}
	for _, key := range []string{"folder/aSub/1", "folder/aSub/2", "folder/file1", "folder/file2"} {
		fsys[key] = &fstest.MapFile{ModTime: stored}
	}
	b := &Bucket{Files: fsys, CanList: true}
	for query, want := range map[string]string{
		"prefix=folder/&delimiter=/&max-keys=1&marker=folder/aSub/1":    "folder/file1",
		"prefix=folder/&delimiter=/&max-keys=1&marker=folder/aSub/":     "folder/file1",
		"list-type=2&start-after=folder/aSub/2":                         "folder/file1 folder/file2",
		"list-type=2&marker=folder/file1":                               "folder/aSub/1 folder/aSub/2 folder/file1 folder/file2",
		"start-after=folder/file1":                                      "folder/aSub/1 folder/aSub/2 folder/file1 folder/file2",
		"list-type=2&start-after=z&continuation-token=Zm9sZGVyL2ZpbGUx": "folder/file2",
	} {
		if got := listOf(t, b, "/?"+query).names(); got != want {
			t.Errorf("?%s: %s, want %s", query, got, want)
		}
	}
}

func TestListErrors(t *testing.T) {
	for query, message := range map[string]string{
		"max-keys=-1":                         "Argument max-keys must be an integer between 0 and 2147483647",
		"max-keys=many":                       "Argument max-keys must be an integer between 0 and 2147483647",
		"max-keys=2147483648":                 "Argument max-keys must be an integer between 0 and 2147483647",
		"encoding-type=base64":                "Invalid Encoding Method specified in Request",
		"encoding-type=":                      "Invalid Encoding Method specified in Request",
		"list-type=2&continuation-token=":     "The continuation token provided is incorrect",
		"list-type=2&continuation-token=%7E~": "The continuation token provided is incorrect",
	} {
		w := do(t, bucket(), "GET", "/?"+query)
		if e := errorOf(t, w); w.Code != 400 || e.Code != "InvalidArgument" || e.Message != message {
			t.Errorf("?%s: %d %s: %s", query, w.Code, e.Code, e.Message)
		}
	}
	if p := listOf(t, bucket(), "/?max-keys=5000"); p.MaxKeys != 1000 {
		t.Errorf("MaxKeys is %d, want 1000", p.MaxKeys)
	}
}
