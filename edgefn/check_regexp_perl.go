package edgefn

// perlEscapes are the letters behind a backslash to which only Perl gives a meaning
// (JavaScript takes the letter for itself), and what to write instead.
var perlEscapes = map[rune]string{
	'A': "^ for the beginning",
	'C': charactersOrLetter,
	'G': "^ for the beginning",
	'H': charactersOrLetter,
	'K': "a group (…) around what stays, and $1 for it",
	'N': charactersOrLetter,
	'R': charactersOrLetter,
	'V': charactersOrLetter,
	'X': charactersOrLetter,
	'Z': "$ for the end",
	'a': charactersOrLetter,
	'e': charactersOrLetter,
	'h': charactersOrLetter,
	'z': "$ for the end",
}

const charactersOrLetter = "the characters that it stands for in brackets […], or the letter without a backslash"

// onlyPerl refuses a part of a pattern that has to mean the same in both languages:
// PCRE2, which CloudFront runs, would take it otherwise than JavaScript does, which
// the pattern is said to be and may be tested with.
func (p *pattern) onlyPerl(from, to int, instead string) {
	if p.common {
		p.problem(from, p.text[from:to]+", which is Perl's and not JavaScript's,", instead)
	}
}
