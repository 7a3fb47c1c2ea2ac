package pattern

import (
	"regexp/syntax"
	"strings"
)

// Bounds of the literals that are looked for.
const (
	leastLiteral = 3  // bytes; shorter ones stand everywhere
	mostLiteral  = 16 // bytes; longer ones tell hardly more apart
	mostChoices  = 32 // literals of one pattern
)

// anchored reports whether a part of a pattern fits only at the beginning of a text.
func anchored(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginText:
		return true
	case syntax.OpCapture, syntax.OpPlus:
		return anchored(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if sub.Op != syntax.OpEmptyMatch {
				return anchored(sub)
			}
		}
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			if !anchored(sub) {
				return false
			}
		}
		return true
	case syntax.OpRepeat:
		return re.Min > 0 && anchored(re.Sub[0])
	}
	return false
}

// needed returns the best set of literals that a part of a pattern needs.
func needed(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		if text := plain(re); len(text) >= leastLiteral {
			return []string{text}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return needed(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needed(re.Sub[0])
		}
	case syntax.OpConcat:
		return best(re.Sub)
	case syntax.OpAlternate:
		return union(re.Sub)
	}
	return nil
}

// plain returns the part of a literal to look for. Folding may turn a letter into
// one that is not ASCII (k and s), so a literal whose case does not count is used
// only between these.
func plain(re *syntax.Regexp) string {
	text := string(re.Rune)
	if re.Flags&syntax.FoldCase == 0 {
		return clip(lower(text))
	}
	longest := ""
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r >= 0x80 || strings.ContainsRune("kKsS", r) }) {
		if len(part) > len(longest) {
			longest = part
		}
	}
	return clip(lower(longest))
}

func clip(text string) string { return text[:min(len(text), mostLiteral)] }

// lower turns ASCII letters to lower case and nothing else.
func lower(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

// best returns the set of one of the parts that tells the most.
func best(subs []*syntax.Regexp) []string {
	var found []string
	for _, sub := range subs {
		if set := needed(sub); set != nil && (found == nil || worth(set) > worth(found)) {
			found = set
		}
	}
	return found
}

// worth is higher for longer and for fewer literals.
func worth(set []string) int {
	shortest := mostLiteral
	for _, text := range set {
		shortest = min(shortest, len(text))
	}
	return 4*shortest - len(set)
}

// union returns the literals of all parts, if each has some.
func union(subs []*syntax.Regexp) []string {
	var found []string
	for _, sub := range subs {
		set := needed(sub)
		if set == nil || len(found)+len(set) > mostChoices {
			return nil
		}
		found = append(found, set...)
	}
	return found
}
