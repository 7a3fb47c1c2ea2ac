package near

import (
	"cmp"
	"iter"
	"strings"

	"github.com/agext/levenshtein"
)

// Name returns the candidate that given is a misspelling of. It reports false
// when none is close enough: two edits, or one edit in four letters of a
// longer word. Of equally close candidates the first in byte order wins.
func Name(given string, candidates iter.Seq[string]) (string, bool) {
	best, distance := "", max(2, len(given)/4)+1
	folded := strings.ToLower(given)
	for name := range candidates {
		d := levenshtein.Distance(folded, strings.ToLower(name), nil)
		if d >= max(len(given), len(name)) {
			continue // nothing of it is left
		}
		if c := cmp.Compare(d, distance); c < 0 || c == 0 && best != "" && name < best {
			best, distance = name, d
		}
	}
	return best, best != ""
}
