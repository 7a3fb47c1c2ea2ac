package templates

import "maps"

// dictionaries are the functions on dictionaries. None changes what it is
// given: sprig's set and unset would reach into the event.
func dictionaries() []*function {
	return []*function{
		fn("dict [KEY] [VALUE] [...]", "a dictionary of keys and values in turn", func(r *run, a []any) any {
			m := make(map[string]any, (len(a)+1)/2)
			for i := 0; i < len(a); i += 2 {
				m[r.text(a[i])] = argument(a, i+1)
			}
			return r.made(m)
		}),
		fn("get DICT KEY", "the value under KEY", func(r *run, a []any) any { return dictOf(a[0])[r.text(a[1])] }),
		fn("hasKey DICT KEY", "whether there is a value under KEY", func(r *run, a []any) any {
			_, ok := dictOf(a[0])[r.text(a[1])]
			return ok
		}),
		fn("keys [DICT ...]", "the keys as a list, in alphabetical order", func(r *run, a []any) any {
			var out []any
			for _, m := range a {
				out = append(out, listOf(sortedKeys(dictOf(m)))...)
			}
			return r.made(out)
		}),
		fn("values [DICT ...]", "the values as a list, in the order of their keys", func(r *run, a []any) any {
			var out []any
			for _, m := range a {
				out = append(out, listOf(dictOf(m))...)
			}
			return r.made(out)
		}),
		fn("pick DICT [KEY ...]", "DICT with those keys only", func(r *run, a []any) any {
			m, out := dictOf(a[0]), map[string]any{}
			for _, key := range a[1:] {
				if v, ok := m[r.text(key)]; ok {
					out[r.text(key)] = v
				}
			}
			return r.made(out)
		}),
		fn("omit DICT [KEY ...]", "DICT without those keys", func(r *run, a []any) any {
			out := copied(a[0])
			for _, key := range a[1:] {
				delete(out, r.text(key))
			}
			return r.made(out)
		}),
		fn("pluck KEY [DICT ...]", "the values that the dictionaries have under KEY", func(r *run, a []any) any {
			var out []any
			for _, m := range a[1:] {
				if v, ok := dictOf(m)[r.text(a[0])]; ok {
					out = append(out, v)
				}
			}
			return r.made(out)
		}),
		fn("dig KEY FALLBACK DICT ...", "the value under KEY, and further keys inwards, or FALLBACK: dig `a` `b` `none` DICT", func(r *run, a []any) any { return r.dig(a) }),
		fn("merge DICT [DICT ...]", "the dictionaries as one; the first to have a key decides", func(r *run, a []any) any {
			out := copied(a[0])
			for _, m := range a[1:] {
				if out = merged(dictOf(m), out, maxNest); r.made(out) == nil {
					return nil
				}
			}
			return r.made(out)
		}),
		fn("mergeOverwrite DICT [DICT ...]", "the dictionaries as one; the last to have a key decides", func(r *run, a []any) any {
			out := copied(a[0])
			for _, m := range a[1:] {
				if out = merged(out, dictOf(m), maxNest); r.made(out) == nil {
					return nil
				}
			}
			return r.made(out)
		}),
	}
}

// copied returns a dictionary with the entries of v, itself never nil.
func copied(v any) map[string]any {
	if m := dictOf(v); m != nil {
		return maps.Clone(m)
	}
	return map[string]any{}
}

// dig follows all arguments but the last two, inwards from the last.
func (r *run) dig(args []any) any {
	v := args[len(args)-1]
	for _, key := range args[:len(args)-2] {
		v = dictOf(v)[r.text(key)]
	}
	if missing(v) {
		return args[len(args)-2]
	}
	return v
}

// merged returns below with the entries of above laid over it; dictionaries
// under the same key are merged, down to the given depth.
func merged(below, above map[string]any, depth int) map[string]any {
	out := copied(below)
	for key, v := range above {
		under, isDict := out[key].(map[string]any)
		if over, both := v.(map[string]any); isDict && both && depth > 0 {
			v = merged(under, over, depth-1)
		}
		out[key] = v
	}
	return out
}
