package main

import (
	"fmt"
	"strings"
)

// instead says what to write in place of a name that there is not: the one that
// was meant, if one is near, or one of all.
func instead(name string, names []string) string {
	best, least := "", 1+len(name)/3
	for _, candidate := range names {
		if d := distance(name, candidate); d <= least {
			best, least = candidate, d-1
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %s?", best)
	}
	return "there are " + strings.Join(names, ", ")
}

// distance is the number of bytes to insert, remove or replace to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0]++
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
