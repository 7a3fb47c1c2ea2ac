package templates

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// lists are the functions on lists. They take any value for a list (see
// listOf) and always make a new one.
func lists() []*function {
	return []*function{
		fn("list [VALUE ...]", "the values as a list", func(r *run, a []any) any { return r.made(slices.Clone(a)) }),
		fn("first LIST", "the first value", func(_ *run, a []any) any { return argument(listOf(a[0]), 0) }),
		fn("last LIST", "the last value", func(_ *run, a []any) any {
			list := listOf(a[0])
			if len(list) == 0 {
				return nil
			}
			return list[len(list)-1]
		}),
		fn("rest LIST", "all values but the first", func(r *run, a []any) any { return r.part(a[0], 1, -1) }),
		fn("initial LIST", "all values but the last", func(r *run, a []any) any { return r.part(a[0], 0, max(len(listOf(a[0]))-1, 0)) }),
		fn("slice LIST [START] [END]", "the values from START to before END; of text, the characters", func(r *run, a []any) any {
			end := -1
			if len(a) > 2 {
				end = integer(a[2])
			}
			if text, isText := a[0].(string); isText {
				return substr(integer(argument(a, 1)), end, text)
			}
			return r.part(a[0], integer(argument(a, 1)), end)
		}),
		fn("append LIST VALUE", "LIST with VALUE at its end", func(r *run, a []any) any {
			return r.made(append(slices.Clone(listOf(a[0])), a[1]))
		}),
		fn("prepend LIST VALUE", "LIST with VALUE at its head", func(r *run, a []any) any {
			return r.made(append([]any{a[1]}, listOf(a[0])...))
		}),
		fn("concat [LIST ...]", "the lists as one", func(r *run, a []any) any {
			var out []any
			for _, list := range a {
				if out = append(out, listOf(list)...); len(out) > maxNodes {
					break
				}
			}
			return r.made(out)
		}),
		fn("reverse LIST", "LIST backwards", func(r *run, a []any) any {
			list := slices.Clone(listOf(a[0]))
			slices.Reverse(list)
			return r.made(list)
		}),
		fn("uniq LIST", "LIST with each value once", func(r *run, a []any) any { return r.made(r.distinct(listOf(a[0]), nil)) }),
		fn("without LIST [VALUE ...]", "LIST without those values", func(r *run, a []any) any {
			return r.made(slices.DeleteFunc(slices.Clone(listOf(a[0])), func(v any) bool { return r.spend(1+weigh(v)) && r.equalsAny(v, a[1:]) }))
		}),
		fn("has VALUE LIST", "whether VALUE is in LIST", func(r *run, a []any) any {
			return slices.ContainsFunc(listOf(a[1]), func(v any) bool { return r.spend(1+weigh(v)) && r.equal(v, a[0]) })
		}),
		fn("compact LIST", "LIST without empty values", func(r *run, a []any) any {
			return r.made(slices.DeleteFunc(slices.Clone(listOf(a[0])), func(v any) bool { return !truthy(v) }))
		}),
		fn("chunk SIZE LIST", "LIST in lists of SIZE values", func(r *run, a []any) any {
			var out []any
			for part := range slices.Chunk(listOf(a[1]), max(integer(a[0]), 1)) {
				out = append(out, slices.Clone(part))
			}
			return r.made(out)
		}),
		fn("sortAlpha LIST", "the values as text, in alphabetical order", func(r *run, a []any) any {
			list := r.allText(listOf(a[0]))
			slices.SortFunc(list, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
			return r.made(list)
		}),
		fn("toStrings LIST", "the values as text", func(r *run, a []any) any { return r.made(r.allText(listOf(a[0]))) }),
	}
}

// part returns the values from start to before end; a negative end means the
// end of the list.
func (r *run) part(v any, start, end int) any {
	list := listOf(v)
	if end < 0 || end > len(list) {
		end = len(list)
	}
	start = min(max(start, 0), end)
	return r.made(slices.Clone(list[start:end]))
}

// distinct returns the values of list that read differently from each other.
func (r *run) distinct(list, out []any) []any {
	seen := make(map[string]bool, len(list))
	for _, v := range list {
		text := r.text(v)
		if !r.spend(1 + weigh(text)) {
			return nil
		}
		if !seen[text] {
			seen[text] = true
			out = append(out, v)
		}
	}
	return out
}

// allText returns the values as text, one by one.
func (r *run) allText(list []any) []any {
	out := make([]any, 0, len(list))
	for _, v := range list {
		text := r.text(v)
		if !r.spend(weigh(text)) {
			return nil
		}
		out = append(out, text)
	}
	return out
}

// sequences are the functions that count, and those that look into any value.
func sequences() []*function {
	return []*function{
		fn("len VALUE", "the number of values in a list or dictionary, or of characters in a text", func(_ *run, a []any) any { return length(a[0]) }),
		fn("index VALUE [KEY ...]", "the value at a position of a list or under a key, and so on inwards", func(r *run, a []any) any {
			v := a[0]
			for _, key := range a[1:] {
				v = r.at(v, key)
			}
			return v
		}),
		fn("until COUNT", "the numbers from 0 to before COUNT as a list", func(r *run, a []any) any {
			n := integer(a[0])
			return r.count(0, n, sign(n))
		}),
		fn("untilStep START END STEP", "the numbers from START to before END as a list", func(r *run, a []any) any {
			return r.count(integer(a[0]), integer(a[1]), integer(a[2]))
		}),
		fn("seq [START] [STEP] [END]", "the numbers from START (or 1) to END as text", func(r *run, a []any) any { return r.sequence(a) }),
	}
}

// length counts characters, not bytes, as every other function on text does.
func length(v any) int {
	switch v := v.(type) {
	case string:
		return utf8.RuneCountInString(v)
	case map[string]any:
		return len(v)
	}
	return len(listOf(v))
}

// at returns what v has at a position or under a key; missing when there is
// nothing.
func (r *run) at(v, key any) any {
	if m, isDict := v.(map[string]any); isDict {
		return m[r.text(key)]
	}
	if _, isNumber := numeric(key); isNumber && integer(key) >= 0 {
		return argument(listOf(v), integer(key))
	}
	return nil
}

// count returns the numbers from start to before end. A step that leads away
// from the end yields none.
func (r *run) count(start, end, step int) any {
	list := []any{}
	for n := start; step > 0 && n < end || step < 0 && n > end; n += step {
		if len(list) == maxParts {
			r.fail("more than %d numbers", maxParts)
			return nil
		}
		list = append(list, n)
	}
	return r.made(list)
}

// sequence counts as the program seq does: seq END, seq START END, seq START
// STEP END.
func (r *run) sequence(args []any) any {
	if len(args) == 0 {
		return ""
	}
	start, end := 1, integer(args[len(args)-1])
	if len(args) > 1 {
		start = integer(args[0])
	}
	step := sign(end - start)
	if len(args) > 2 {
		step = integer(args[1])
	}
	var texts []any
	for n := start; step > 0 && n <= end || step < 0 && n >= end || n == start && n == end; n += step {
		if len(texts) == maxParts {
			r.fail("more than %d numbers", maxParts)
			return nil
		}
		texts = append(texts, strconv.Itoa(n))
		if n == end {
			break
		}
	}
	return r.joined(texts, " ")
}

// sign returns the step that leads from 0 to n.
func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}
