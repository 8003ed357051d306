package cfsim

import (
	"regexp"

	"github.com/cfrouter/cfrouter/internal/glob"
)

// patternCharacters are those that CloudFront takes in a path pattern.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern)
var patternCharacters = regexp.MustCompile(`^[A-Za-z0-9_\-.*$/~"'@:+&?]{1,255}$`)

// checkPatterns compares the path patterns of the behaviors. One that is never
// reached is not compared with others.
func (c *checker) checkPatterns() {
	var earlier []*behavior
	for _, b := range c.d.behaviors[:len(c.d.behaviors)-1] {
		if !patternCharacters.MatchString(b.pattern) {
			c.add(Error, "invalid-pattern", c.d.resource.ID, "the path pattern %q is not 1 to 255 of the characters A-Z a-z 0-9 _ - . * $ / ~ \" ' @ : + & ?", b.pattern)
		}
		if c.taken(b, earlier) {
			continue
		}
		c.checkOverlaps(b, earlier)
		earlier = append(earlier, b)
	}
}

// taken reports, and says, that no path is left for a behavior.
func (c *checker) taken(b *behavior, earlier []*behavior) bool {
	var before glob.Set
	for _, e := range earlier {
		_, contains := e.matches.Contains(b.matches)
		_, contained := b.matches.Contains(e.matches)
		switch {
		case contains && contained:
			c.add(Error, "duplicate-pattern", c.d.resource.ID, "two behaviors have the path pattern %q; CloudFront takes each pattern once", b.pattern)
			return true
		case contains:
			c.add(Error, "shadowed-pattern", c.d.resource.ID, "the path pattern %q is never reached: %q comes before it and matches all its paths; list %q first", b.pattern, e.pattern, b.pattern)
			return true
		}
		before = append(before, e.matches...)
	}
	if _, ok := before.Contains(b.matches); ok {
		c.add(Error, "shadowed-pattern", c.d.resource.ID, "the path pattern %q is never reached: the patterns before it match all its paths; list it first", b.pattern)
		return true
	}
	return false
}

// checkOverlaps compares a behavior with those before it. A path that a third one
// takes before both proves nothing.
func (c *checker) checkOverlaps(b *behavior, earlier []*behavior) {
	var before glob.Set
	for _, e := range earlier {
		witness, overlap := e.matches.Overlap(b.matches)
		_, inside := b.matches.Contains(e.matches)
		if overlap && !inside && !before.Match(witness) {
			c.add(Warning, "overlapping-patterns", c.d.resource.ID, "the path patterns %q and %q both match %s, which goes to %s by %q as that comes first", e.pattern, b.pattern, witness, e.originName(), e.pattern)
		}
		before = append(before, e.matches...)
	}
}
