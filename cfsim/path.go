package cfsim

import (
	"encoding/hex"
	"strings"
)

// normalize returns the normal form of a path by RFC 3986, section 6.2.2, with
// empty segments left out as well: escapes of unreserved characters are decoded
// once, "." and empty segments dropped, and ".." takes the one before it. A slash
// at the end stays.
func normalize(path string) string {
	if !strings.ContainsAny(path, "%.") && !strings.Contains(path, "//") {
		return path
	}
	segments := strings.Split(decodeUnreserved(path), "/")
	last := segments[len(segments)-1]
	var kept []string
	for _, segment := range segments {
		switch segment {
		case "", ".":
		case "..":
			kept = kept[:max(0, len(kept)-1)]
		default:
			kept = append(kept, segment)
		}
	}
	out := "/" + strings.Join(kept, "/")
	if len(kept) > 0 && (last == "" || last == "." || last == "..") {
		out += "/"
	}
	return out
}

func decodeUnreserved(path string) string {
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		if c, ok := escaped(path[i:]); ok && isUnreserved(c) {
			b.WriteByte(c)
			i += 2
			continue
		}
		b.WriteByte(path[i])
	}
	return b.String()
}

// escaped returns the character whose escape the text begins with.
func escaped(text string) (c byte, ok bool) {
	if len(text) < 3 || text[0] != '%' {
		return 0, false
	}
	decoded, err := hex.DecodeString(text[1:3])
	if err != nil {
		return 0, false
	}
	return decoded[0], true
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
