package templates

// fallbacks are the functions that choose between values. They take emptiness
// as if does: missing, empty, zero and false are all empty.
func fallbacks() []*function {
	return []*function{
		fn("default FALLBACK [VALUE]", "VALUE, or FALLBACK when it is missing, empty, zero or false", func(_ *run, a []any) any {
			if v := argument(a, 1); truthy(v) {
				return v
			}
			return a[0]
		}),
		fn("coalesce [VALUE ...]", "the first value that is not empty", func(_ *run, a []any) any {
			for _, v := range a {
				if truthy(v) {
					return v
				}
			}
			return nil
		}),
		fn("ternary YES NO VALUE", "YES when VALUE is not empty, else NO", func(_ *run, a []any) any {
			if truthy(a[2]) {
				return a[0]
			}
			return a[1]
		}),
		fn("empty VALUE", "whether VALUE is missing, empty, zero or false", func(_ *run, a []any) any { return !truthy(a[0]) }),
		fn("all [VALUE ...]", "whether no value is empty", func(_ *run, a []any) any { return filled(a) == len(a) }),
		fn("any [VALUE ...]", "whether one value is not empty", func(_ *run, a []any) any { return filled(a) > 0 }),
	}
}

// filled counts the values that are not empty.
func filled(values []any) int {
	n := 0
	for _, v := range values {
		if truthy(v) {
			n++
		}
	}
	return n
}
