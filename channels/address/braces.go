package address

import "iter"

// step is one byte of a shape and how many braces are open after it.
type step struct {
	at    int
	b     byte
	depth int
	opens bool // it is a brace that opens, and none behind a backslash
}

// walk visits the bytes of a shape. Inside a field a backslash takes the
// meaning off the brace behind it.
func walk(text string) iter.Seq[step] {
	return func(yield func(step) bool) {
		depth := 0
		for i := 0; i < len(text); i++ {
			escaped := depth > 0 && i > 0 && text[i-1] == '\\' && !escapedAt(text, i-1)
			opens := text[i] == '{' && !escaped
			switch {
			case opens:
				depth++
			case text[i] == '}' && !escaped:
				depth--
			}
			if !yield(step{i, text[i], depth, opens}) {
				return
			}
		}
	}
}

// escapedAt reports whether an odd number of backslashes stands before i.
func escapedAt(text string, i int) bool {
	n := 0
	for i--; i >= 0 && text[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}

// cutOutside splits text at the first separator that is not inside a field.
func cutOutside(text string, separator byte) (before, after string, found bool) {
	for s := range walk(text) {
		if s.depth == 0 && s.b == separator {
			return text[:s.at], text[s.at+1:], true
		}
	}
	return text, "", false
}

// lastOutside splits text at the last separator that is not inside a field.
func lastOutside(text string, separator byte) (before, after string, found bool) {
	at := -1
	for s := range walk(text) {
		if s.depth == 0 && s.b == separator {
			at = s.at
		}
	}
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+1:], true
}
