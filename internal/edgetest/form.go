package edgetest

import (
	"strconv"
	"strings"
)

// A Form is one reading of what CloudFront's documentation leaves open about
// paths: what event.request.uri is, and what behaviors are matched on. All
// agree that it is the normal form of RFC 3986, without dot segments and
// double slashes; they differ in the escapes of A-Z a-z 0-9 - . _ ~, which
// that document lets a server decode first.
type Form int

const (
	// RawUndecoded shows the function the path as it was sent. Behaviors are
	// matched with all escapes as they are.
	RawUndecoded Form = iota
	// RawDecoded shows the function the path as it was sent. Behaviors are
	// matched with escapes of unreserved characters decoded.
	RawDecoded
	// NormalisedUndecoded shows the function the path that behaviors are
	// matched on, with all escapes as they are.
	NormalisedUndecoded
	// NormalisedDecoded shows the function the path that behaviors are matched
	// on, with escapes of unreserved characters decoded.
	NormalisedDecoded
)

// Forms returns every form.
func Forms() []Form {
	return []Form{RawUndecoded, RawDecoded, NormalisedUndecoded, NormalisedDecoded}
}

func (f Form) String() string {
	return [...]string{"RawUndecoded", "RawDecoded", "NormalisedUndecoded", "NormalisedDecoded"}[f]
}

// matched returns the path that behaviors are matched on.
func (f Form) matched(path string) string {
	return Normalise(path, f == RawDecoded || f == NormalisedDecoded)
}

// seen returns the path that a function sees.
func (f Form) seen(path string) string {
	if f == RawUndecoded || f == RawDecoded {
		return path
	}
	return f.matched(path)
}

// Normalise returns the normal form of an absolute path: dot segments are
// resolved, empty segments dropped, a trailing slash is kept. With decode,
// escapes of unreserved characters are decoded once beforehand.
func Normalise(path string, decode bool) string {
	if decode {
		path = decodeUnreserved(path)
	}
	var kept []string
	last := ""
	for last = range strings.SplitSeq(path, "/") {
		switch last {
		case "", ".":
		case "..":
			kept = kept[:max(0, len(kept)-1)]
		default:
			kept = append(kept, last)
		}
	}
	// RFC 3986 makes "/a/.." the directory "/", and "/a/b/." the directory
	// "/a/b/": a dot segment at the end stands for a slash.
	isDirectory := last == "" || last == "." || last == ".."
	if len(kept) > 0 && isDirectory {
		kept = append(kept, "")
	}
	return "/" + strings.Join(kept, "/")
}

func decodeUnreserved(path string) string {
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c == '%' && i+2 < len(path) {
			code, err := strconv.ParseUint(path[i+1:i+3], 16, 8)
			if err == nil && isUnreserved(byte(code)) {
				c, i = byte(code), i+2
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
