package restrictions

import (
	"slices"
	"testing"
)

func TestHides(t *testing.T) {
	for name, want := range map[string]bool{
		"connection": true, "x-amz-cf-id": true, "x-edge-location": true, "x-cache": true, "proxy-connection": true,
		"": false, "host": false, "x-edge": false, "x-cache-key": false, "content-type": false, "x-forwarded-for": false,
	} {
		if got := Hides(name); got != want {
			t.Errorf("Hides(%q) = %t", name, got)
		}
	}
}

// The quick answer by the first character must not differ from the list.
func TestHidesAllThatIsListed(t *testing.T) {
	for _, name := range hidden {
		if !Hides(name) {
			t.Errorf("%q is listed and not hidden", name)
		}
	}
}

func TestUTF8(t *testing.T) {
	for s, want := range map[string]string{"": "", "aé€": "aé€", "\xe9": "é", "a\xff\xfe": "aÿþ"} {
		if got := UTF8(s); got != want {
			t.Errorf("UTF8(%q) = %q, want %q", s, got, want)
		}
	}
	values := []string{"a", "\xe9"}
	if got := AllUTF8(values); !slices.Equal(got, []string{"a", "é"}) || values[1] != "\xe9" {
		t.Errorf("AllUTF8 gives %q and leaves %q", got, values)
	}
}
