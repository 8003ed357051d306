package edgelambda

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/cfrouter/cfrouter/cfsim/internal/restrictions"
)

// kept is the text as it came unless the function changed it: only what functions
// change goes on as UTF-8.
func kept(was, is string) string {
	if restrictions.UTF8(was) == is {
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
