package edgefn

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// rewritesJS is an expression over uri for what the first rule that matches makes
// of it. It sets the variable rule.
func rewritesJS(rules []Rewrite) string {
	var b strings.Builder
	for _, r := range rules {
		fmt.Fprintf(&b, "(rule = %s).test(uri) ? uri.replace(rule, %s) : ", r.literal(), quote(r.Replace))
	}
	return "(" + b.String() + "uri)"
}

// literal is the expression between slashes.
func (r Rewrite) literal() string { return "/" + r.escaped() + "/" }

// escaped is the expression as it stands between slashes.
func (r Rewrite) escaped() string {
	var b strings.Builder
	for i := 0; i < len(r.Match); i++ {
		switch {
		case r.Match[i] == '\\' && i+1 < len(r.Match):
			b.WriteByte('\\')
			i++
		case r.Match[i] == '/':
			b.WriteByte('\\')
		}
		b.WriteByte(r.Match[i])
	}
	return b.String()
}

// Check returns why CloudFront's engine could not apply the rule, or why the path
// that it makes would be none.
func (r Rewrite) Check() error {
	p, err := r.pattern()
	if err != nil {
		return err
	}
	return errors.Join(r.checkReferences(p), r.checkText())
}

// pattern reads the expression.
func (r Rewrite) pattern() (*pattern, error) {
	problem := func(found, instead string) error {
		return fmt.Errorf("the expression %q has %s: write %s", r.Match, found, instead)
	}
	text := r.escaped()
	backslashes := len(text) - len(strings.TrimRight(text, `\`))
	switch {
	case r.Match == "":
		return nil, errors.New(`the expression is empty: write "^" for every path`)
	case strings.ContainsFunc(r.Match, unicode.IsControl):
		return nil, problem("a control character in it", "no such character, since no path has one")
	case strings.HasPrefix(r.Match, "/^"):
		return nil, problem("a slash in front of the beginning (^), as if slashes stood around it, and no path matches that", fmt.Sprintf("it without them, %q", r.unslashed()))
	case backslashes%2 == 1:
		return nil, problem("a backslash at its end", `\\ for the character`)
	}
	p := &pattern{checker: &checker{}, text: text, names: map[string]bool{}, common: true}
	p.readAlone()
	switch {
	case len(p.findings) > 0:
		return nil, problem(p.findings[0].found, p.findings[0].instead)
	case p.i < len(p.text):
		return nil, problem(fmt.Sprintf("%q, which is not JavaScript's", p.rest()), "it as JavaScript has it")
	}
	return p, nil
}

// unslashed is the expression without slashes around it, and the flags behind them.
func (r Rewrite) unslashed() string {
	inner, flags := strings.TrimPrefix(r.Match, "/"), strings.LastIndexByte(r.Match, '/')
	if strings.Trim(r.Match[flags:], "/gimsuy") == "" && flags > 0 {
		inner = r.Match[1:flags]
	}
	return inner
}

// readAlone reads a pattern that is not part of code.
func (p *pattern) readAlone() {
	defer func() {
		if r := recover(); r != nil && r != (stop{}) {
			panic(r)
		}
	}()
	p.read()
}

// dollar is a dollar sign in a replacement, and what it refers to.
var dollar = regexp.MustCompile(`\$(\$|&|<[^>]*>|[0-9]{1,2}|.|$)`)

// checkReferences holds the groups that a replacement refers to against those of
// the expression. The engine would send the reference itself for one that is not
// there.
func (r Rewrite) checkReferences(p *pattern) error {
	for _, found := range dollar.FindAllStringSubmatch(r.Replace, -1) {
		what := found[1]
		problem := func(reason, remedy string) error {
			return fmt.Errorf("the replacement %q has %s, %s: write %s", r.Replace, found[0], reason, remedy)
		}
		number, err := strconv.Atoi(what)
		switch {
		case what == "$" || what == "&":
		case strings.HasPrefix(what, "<") && len(what) > 1:
			if !p.names[strings.Trim(what, "<>")] {
				return problem(fmt.Sprintf("but %q has no group of that name", r.Match), "(?<name>…) around what it stands for")
			}
		case err != nil:
			return problem("which refers to nothing", "$$ for a dollar sign")
		// The engine reads two digits as one group if it is there, and else as the
		// group of the first digit and a digit.
		case number == 0 || number > p.groups && (number < 10 || number/10 > p.groups):
			return problem(fmt.Sprintf("but %q has %d groups, counted from 1", r.Match, p.groups), "one of them, (…) for another, or $$ for a dollar sign")
		}
	}
	return nil
}

// malformed is a percent sign that begins no escape. One in front of a group may.
var malformed = regexp.MustCompile(`%($|[^0-9A-Fa-f$]|[0-9A-Fa-f]($|[^0-9A-Fa-f$]))`)

// checkText looks at the characters of a replacement. The viewer's query string
// stays what it is, whatever becomes of the path.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html)
func (r Rewrite) checkText() error {
	problem := func(found, remedy string) error {
		return fmt.Errorf("the replacement %q has %s: %s", r.Replace, found, remedy)
	}
	i := strings.IndexFunc(r.Replace, func(c rune) bool { return c <= ' ' || c > '~' || c == '\\' || c == '?' || c == '#' })
	switch {
	case i >= 0 && r.Replace[i] == '\\':
		return problem("a backslash", "write $1 for a group, or %5C for the character")
	case i >= 0 && r.Replace[i] == '?':
		return problem("a question mark", "write a path alone, since a rewrite does not change the query string, or %3F for the character")
	case i >= 0:
		c, _ := utf8.DecodeRuneInString(r.Replace[i:])
		return problem(fmt.Sprintf("%q in it, which no path can have", c), "write "+url.PathEscape(string(c)))
	case malformed.MatchString(r.Replace):
		return problem("a % that begins no escape", "write %25 for the character")
	}
	return nil
}
