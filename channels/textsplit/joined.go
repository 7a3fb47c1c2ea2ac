package textsplit

import "unicode"

const zeroWidthJoiner = '\u200d'

// joined reports whether r belongs to the same visible character as last,
// which stands before it. flags is the number of regional indicators that end
// with last: two of them make one flag.
//
// It covers what messages hold (line ends, accents, vowel signs, emoji with
// skin tones, families, flags and keycaps), not all of Unicode's segmentation.
func joined(last, r rune, flags int) bool {
	switch {
	case last == '\r':
		return r == '\n'
	case last == '\n':
		return false
	case r == zeroWidthJoiner, last == zeroWidthJoiner:
		return true
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc): // variation selectors too
		return true
	case r >= 0x1f3fb && r <= 0x1f3ff: // skin tones
		return true
	case r >= 0xe0020 && r <= 0xe007f: // tags, as in the flag of Scotland
		return true
	}
	return isRegional(r) && flags%2 == 1
}

// countFlags returns the number of regional indicators in a row that end with
// r, given the number before it.
func countFlags(r rune, flags int) int {
	if isRegional(r) {
		return flags + 1
	}
	return 0
}

func isRegional(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }
