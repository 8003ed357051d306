package policy

import (
	"slices"
	"strings"
	"testing"
)

func TestHas(t *testing.T) {
	headers := func(mode Mode, names ...string) Selection { return Selection{Mode: mode, Names: names, Fold: true} }
	for _, test := range []struct {
		name  string
		s     Selection
		has   []string
		lacks []string
	}{
		{"zero", Selection{}, nil, []string{"", "a"}},
		{"none", Selection{Mode: None, Names: []string{"a"}}, nil, []string{"a"}},
		{"all", all, []string{"a", "CloudFront-Policy"}, nil},
		{"cookies", only("session_ID", "a*"), []string{"session_ID", "a*"}, []string{"session_id", "abc", "SESSION_ID"}},
		{"other cookies", Selection{Mode: AllExcept, Names: []string{"a"}}, []string{"A", "b", "CloudFront-Policy"}, []string{"a"}},
		{"legacy cookies", Selection{Mode: Whitelist, Names: []string{"userid_*", "v?"}, Wildcards: true}, []string{"userid_", "userid_7", "v1"}, []string{"userid", "v12", "Userid_7"}},
		{"headers", headers(Whitelist, "Accept-Language", "x-*"), []string{"accept-language", "ACCEPT-LANGUAGE", "X-*"}, []string{"X-Other", "Accept"}},
		{"all viewer", headers(AllViewer), []string{"Host", "X-Anything"}, []string{"CloudFront-Viewer-Country", "Cloudfront-Is-Mobile-Viewer"}},
		{
			"all viewer and one", headers(AllViewerAndCloudFront, "CloudFront-Viewer-Country"),
			[]string{"Host", "Cloudfront-Viewer-Country"},
			[]string{"CloudFront-Viewer-City"},
		},
		{
			"all but host", headers(AllExcept, "Host"),
			[]string{"Accept", "Cloudfront-Viewer-Country", "CloudFront-Forwarded-Proto"},
			[]string{"host", "CloudFront-Viewer-JA3-Fingerprint"},
		},
	} {
		for _, name := range test.has {
			if !test.s.Has(name) {
				t.Errorf("%s: has no %q", test.name, name)
			}
		}
		for _, name := range test.lacks {
			if test.s.Has(name) {
				t.Errorf("%s: has %q", test.name, name)
			}
		}
	}
}

func TestGenerated(t *testing.T) {
	for _, test := range []struct {
		name string
		s    Selection
		want []string
	}{
		{"none", Selection{Fold: true}, nil},
		{"all viewer", Selection{Mode: AllViewer, Fold: true}, nil},
		{"named", Selection{Mode: Whitelist, Fold: true, Names: []string{"Host", "cloudfront-viewer-country"}}, []string{"cloudfront-viewer-country"}},
		{"added", Selection{Mode: AllViewerAndCloudFront, Fold: true, Names: []string{"CloudFront-Viewer-JA3-Fingerprint"}}, []string{"CloudFront-Viewer-JA3-Fingerprint"}},
		{"but host", Selection{Mode: AllExcept, Fold: true, Names: []string{"Host"}}, viewerHeaders},
		{"but protocol", Selection{Mode: AllExcept, Fold: true, Names: []string{"cloudfront-forwarded-proto"}}, viewerHeaders[1:]},
		{"cookies", Selection{Mode: AllExcept}, nil},
	} {
		if got := test.s.Generated(); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func FuzzHas(f *testing.F) {
	f.Add("allExcept", "Host,Accept", "host", true)
	f.Add("whitelist", "a*", "ab", false)
	f.Fuzz(func(t *testing.T, mode, names, name string, fold bool) {
		if text := names + name; len(text) > 100 || strings.IndexFunc(text, func(r rune) bool { return r > '~' }) >= 0 {
			return
		}
		s := Selection{Mode: Mode(mode), Names: strings.Split(names, ","), Fold: fold}
		for _, generated := range s.Generated() {
			if !s.Has(generated) {
				t.Errorf("%+v has no %q, which is generated", s, generated)
			}
		}
		if fold && s.Has(name) != s.Has(strings.ToUpper(name)) {
			t.Errorf("%+v: %q in capitals is another", s, name)
		}
		if s.Mode == Whitelist || s.Mode == AllExcept {
			for _, n := range s.Names {
				if s.Has(n) != (s.Mode == Whitelist) {
					t.Errorf("%+v has %q: %t", s, n, s.Has(n))
				}
			}
		}
	})
}
