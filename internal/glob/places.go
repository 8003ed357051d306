package glob

// places is a set of positions in the globs of a [Set]: where a reader of all
// of them at once can stand. It is a string so that it can be the key of a map:
// two bytes a position, its glob and its offset, in ascending order.
type places string

// start is where a reader of the set stands before the first character.
func (s Set) start() places {
	var p []byte
	for g := range s {
		p = s.enter(p, g, 0)
	}
	return places(p)
}

// step is where a reader stands after one more character.
func (s Set) step(at places, c byte) places {
	var p []byte
	for i := 0; i < len(at); i += 2 {
		g, pos := int(at[i]), int(at[i+1])
		if pos == len(s[g]) {
			continue
		}
		switch s[g][pos] {
		case '*':
			p = s.enter(p, g, pos)
		case '?', c:
			p = s.enter(p, g, pos+1)
		}
	}
	return places(p)
}

// enter adds a position and, as a star may match nothing, those behind stars.
func (s Set) enter(p []byte, g, pos int) []byte {
	for {
		if n := len(p); n > 0 && int(p[n-2]) == g && int(p[n-1]) >= pos {
			// Positions are entered in ascending order, but a star enters
			// the one behind it too: skip what is there already.
			if int(p[n-1]) > pos {
				return p
			}
		} else {
			p = append(p, byte(g), byte(pos))
		}
		if pos == len(s[g]) || s[g][pos] != '*' {
			return p
		}
		pos++
	}
}

// accepts reports whether a reader that stands at these places has read a
// whole path.
func (s Set) accepts(at places) bool {
	for i := 0; i < len(at); i += 2 {
		if int(at[i+1]) == len(s[at[i]]) {
			return true
		}
	}
	return false
}
