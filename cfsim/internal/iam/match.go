package iam

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is an element of a text: a character, a wildcard or a symbol.
type token struct {
	char   rune
	wild   bool   // char is '*' or '?' and stands for others
	symbol string // "${…}"
}

// lex reads a text of a request.
func lex(text string) []token {
	tokens, _ := scan(text, false, nil)
	return tokens
}

// lexPattern reads a text of a policy, in which policy variables are replaced
// by the condition keys they name. It reports false if there is no such key:
// then nothing equals the text.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
func lexPattern(text string, wildcards bool, keys map[string]string) (tokens []token, ok bool) {
	return scan(text, wildcards, func(name string) (string, bool) {
		name, fallback, hasFallback := strings.Cut(name, ",")
		if value := keys[strings.ToLower(strings.TrimSpace(name))]; value != "" {
			return value, true
		}
		return strings.Trim(strings.TrimSpace(fallback), "'"), hasFallback
	})
}

func scan(text string, wildcards bool, variable func(name string) (string, bool)) (tokens []token, ok bool) {
	tokens = make([]token, 0, len(text))
	for text != "" {
		if name, rest, found := cutSymbol(text); found {
			switch {
			case variable == nil || !isVariable(name):
				tokens = append(tokens, token{symbol: "${" + name + "}"})
			case name == "*", name == "?", name == "$": // an escaped character
				tokens = append(tokens, token{char: rune(name[0])})
			default:
				value, ok := variable(name)
				if !ok {
					return nil, false
				}
				tokens = append(tokens, lex(value)...)
			}
			text = rest
			continue
		}
		c, size := utf8.DecodeRuneInString(text)
		tokens = append(tokens, token{char: c, wild: wildcards && (c == '*' || c == '?')})
		text = text[size:]
	}
	return tokens, true
}

// cutSymbol takes "${name}" from the beginning of a text.
func cutSymbol(text string) (name, rest string, found bool) {
	inside, begins := strings.CutPrefix(text, "${")
	if !begins {
		return "", "", false
	}
	name, rest, found = strings.Cut(inside, "}")
	return name, rest, found && name != ""
}

// isVariable tells the policy variable ${aws:username} from the symbols ${Site}
// and ${AWS::Region}.
func isVariable(name string) bool {
	return name == "*" || name == "?" || name == "$" || strings.Contains(name, ":") && !strings.Contains(name, "::")
}

// matcher compares texts that have symbols.
type matcher struct {
	fold     bool // ignores case
	distinct func(symbol string) bool
}

// text compares a pattern with a whole text.
func (m matcher) text(pattern, text []token) truth {
	switch {
	case m.covers(pattern, text, false):
		return yes
	case m.covers(pattern, text, true):
		return unknown
	}
	return no
}

// covers reports whether a pattern matches a text. If loose, a symbol on either
// side may stand for what the other has, at least one character; else it only
// equals itself. Row i of the table says where the pattern from i on matches the
// text from j on.
func (m matcher) covers(pattern, text []token, loose bool) bool {
	pattern, text, ok := m.trim(pattern, text)
	if !ok {
		return false
	}
	below := make([]bool, len(text)+1)
	row := make([]bool, len(text)+1)
	below[len(text)] = true
	for _, p := range slices.Backward(pattern) {
		star := p.wild && p.char == '*'
		row[len(text)] = star && below[len(text)]
		for j := len(text) - 1; j >= 0; j-- {
			t := text[j]
			switch {
			case star:
				row[j] = below[j] || row[j+1]
			case loose:
				// A symbol ends with what it stands for here, or goes on.
				row[j] = m.equal(p, t) && below[j+1] ||
					m.mayBe(p, t) && (below[j+1] || row[j+1]) ||
					m.mayBe(t, p) && (below[j+1] || below[j])
			default:
				row[j] = m.equal(p, t) && below[j+1]
			}
		}
		below, row = row, below
	}
	return below[0]
}

// trim drops the characters that both begin and end with: only they can match
// each other. It reports false if two of them differ. It spares most of the
// work, as ARNs differ little.
func (m matcher) trim(pattern, text []token) (p, t []token, ok bool) {
	plain := func(x token) bool { return !x.wild && x.symbol == "" }
	for len(pattern) > 0 && len(text) > 0 && plain(pattern[0]) && plain(text[0]) {
		if !m.equal(pattern[0], text[0]) {
			return nil, nil, false
		}
		pattern, text = pattern[1:], text[1:]
	}
	for {
		i, j := len(pattern)-1, len(text)-1
		if i < 0 || j < 0 || !plain(pattern[i]) || !plain(text[j]) {
			return pattern, text, true
		}
		if !m.equal(pattern[i], text[j]) {
			return nil, nil, false
		}
		pattern, text = pattern[:i], text[:j]
	}
}

// equal compares two tokens of which none is a "*".
func (m matcher) equal(p, t token) bool {
	switch {
	case p.symbol != "" || t.symbol != "":
		return p.symbol == t.symbol
	case p.wild: // '?'
		return true
	case m.fold:
		return unicode.ToLower(p.char) == unicode.ToLower(t.char)
	}
	return p.char == t.char
}

// mayBe reports whether a symbol can stand for a token, or begin or end with it.
// Neither the name nor the ARN of a resource has a "*" or "?", and nor has a pseudo
// parameter, so that these only match as wildcards.
func (m matcher) mayBe(symbol, t token) bool {
	switch {
	case symbol.symbol == "":
		return false
	case t.symbol != "":
		return !m.isDistinct(symbol.symbol) || !m.isDistinct(t.symbol)
	case t.wild:
		return true
	case t.char == '*' || t.char == '?':
		return !isPseudo(symbol.symbol) && !m.isDistinct(symbol.symbol)
	case t.char == ':':
		return !isField(symbol.symbol)
	}
	return true
}

// isPseudo tells pseudo parameters from resources and parameters.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
func isPseudo(symbol string) bool { return strings.HasPrefix(symbol, "${AWS::") }

// isField reports whether a symbol can be a field of an ARN at most, as
// "${AWS::Region}" is, for it has no colon.
func isField(symbol string) bool {
	return isPseudo(symbol) && symbol != "${AWS::StackId}" && symbol != "${AWS::NotificationARNs}"
}

func (m matcher) isDistinct(symbol string) bool {
	if m.distinct != nil {
		return m.distinct(symbol)
	}
	return !strings.Contains(symbol, "::")
}

// arn compares ARNs, part by part: a wildcard does not reach across a colon
// before the sixth part.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
func (m matcher) arn(pattern, text []token) truth {
	patterns, texts := arnParts(pattern), arnParts(text)
	if len(patterns) < 6 || len(texts) < 6 {
		return m.short(pattern, text)
	}
	all := yes
	for i := range patterns {
		all = min(all, m.text(patterns[i], texts[i]))
	}
	return all
}

// short compares texts of which one has too few parts for an ARN. It may have a
// symbol that is a whole one; else it is none, and equals nothing. What IAM
// makes of a lone "*" is unstated.
func (m matcher) short(pattern, text []token) truth {
	hasSymbol := func(t token) bool { return t.symbol != "" }
	isWild := func(t token) bool { return t.wild }
	switch t := m.text(pattern, text); {
	case slices.ContainsFunc(pattern, isWild):
		lone := len(pattern) == 1
		return min(t, truthOf(lone || slices.ContainsFunc(pattern, hasSymbol) || slices.ContainsFunc(text, hasSymbol)), unknown)
	default:
		return t
	}
}

// arnParts splits at colons, into six parts at most.
func arnParts(tokens []token) [][]token {
	var parts [][]token
	for len(parts) < 5 {
		i := slices.IndexFunc(tokens, func(t token) bool { return t.char == ':' && t.symbol == "" })
		if i < 0 {
			break
		}
		parts = append(parts, tokens[:i])
		tokens = tokens[i+1:]
	}
	return append(parts, tokens)
}
