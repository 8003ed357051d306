package cfsim

import (
	"regexp"

	"github.com/cfrouter/cfrouter/internal/glob"
)

// patternCharacters are those that CloudFront takes in a path pattern.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern)
var patternCharacters = regexp.MustCompile(`^[A-Za-z0-9_\-.*$/~"'@:+&?]{1,255}$`)

// checkPatterns compares the path patterns of the behaviors.
func (c *checker) checkPatterns() {
	listed := c.d.behaviors[:len(c.d.behaviors)-1]
	var before glob.Set
	for i, b := range listed {
		if !patternCharacters.MatchString(b.pattern) {
			c.add(Error, "invalid-pattern", c.d.resource.ID, "the path pattern %q is not 1 to 255 of the characters A-Z a-z 0-9 _ - . * $ / ~ \" ' @ : + & ?", b.pattern)
		}
		if !c.taken(b, listed[:i], before) {
			c.checkOverlaps(b, listed[:i])
		}
		before = append(before, b.matches...)
	}
}

// taken reports, and says, that no path is left for a behavior.
func (c *checker) taken(b *behavior, earlier []*behavior, before glob.Set) bool {
	for _, e := range earlier {
		if glob.Canonical(e.matches[0]) == glob.Canonical(b.matches[0]) {
			c.add(Error, "duplicate-pattern", c.d.resource.ID, "two behaviors have the path pattern %q; CloudFront takes each pattern once", b.pattern)
			return true
		}
	}
	for _, e := range earlier {
		if _, ok := e.matches.Contains(b.matches); ok {
			c.add(Error, "shadowed-pattern", c.d.resource.ID, "the path pattern %q is never reached: %q comes before it and matches all its paths; list %q first", b.pattern, e.pattern, b.pattern)
			return true
		}
	}
	if _, ok := before.Contains(b.matches); ok {
		c.add(Error, "shadowed-pattern", c.d.resource.ID, "the path pattern %q is never reached: the patterns before it match all its paths; list it first", b.pattern)
		return true
	}
	return false
}

func (c *checker) checkOverlaps(b *behavior, earlier []*behavior) {
	for _, e := range earlier {
		witness, overlap := e.matches.Overlap(b.matches)
		if _, inside := b.matches.Contains(e.matches); !overlap || inside {
			continue
		}
		c.add(Warning, "overlapping-patterns", c.d.resource.ID, "the path patterns %q and %q both match %s, which goes to %s by %q as that comes first", e.pattern, b.pattern, witness, e.originName(), e.pattern)
	}
}
