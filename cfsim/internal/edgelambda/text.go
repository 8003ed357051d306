package edgelambda

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// toUTF8 returns text as functions see it: what is not UTF-8 is taken for
// ISO 8859-1.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-encoding)
func toUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

func allToUTF8(values []string) []string {
	converted := slices.Clone(values)
	for i, value := range converted {
		converted[i] = toUTF8(value)
	}
	return converted
}

// kept is the text as it came unless the function changed it: only what functions
// change goes on as UTF-8.
func kept(was, is string) string {
	if toUTF8(was) == is {
		return was
	}
	return is
}

// checkText rejects what would break the message that the text becomes a part of.
func checkText(what, text, forbidden string) error {
	for _, c := range text {
		if c < ' ' && c != '\t' || c == 0x7f || strings.ContainsRune(forbidden, c) {
			return fmt.Errorf("%s, %s, must not contain %q; encode it with encodeURIComponent", what, short(text), c)
		}
	}
	return nil
}

// short quotes a text for a message.
func short(text string) string {
	if utf8.RuneCountInString(text) > 100 {
		return fmt.Sprintf("%q…", string([]rune(text)[:100]))
	}
	return fmt.Sprintf("%q", text)
}
