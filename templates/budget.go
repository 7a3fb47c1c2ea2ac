package templates

// Bounds on one execution. Time is bounded through steps alone: a step takes
// about a microsecond at most, the longer work is charged by what it handles,
// and so the same template over the same event always ends the same way,
// however busy the machine is.
const (
	maxSteps = 100_000  // in all templates of one message
	maxText  = 64 << 10 // bytes of a text, besides those that the view itself holds
	maxNodes = 20_000   // values in a list or dictionary, nested ones included
	maxNest  = 40       // levels of lists and dictionaries
	maxView  = 4 << 20  // bytes of the view's own texts that count
	perText  = 64       // bytes for one step
	perList  = 8        // values for one step
)

// spend takes n steps and reports whether the template may go on.
func (r *run) spend(n int) bool {
	if r.steps < n {
		r.steps = 0
		r.fail("the template takes more than %d steps: shorten its loops", maxSteps)
	}
	r.steps -= n
	return r.err == nil
}

// fits reports whether a text of n bytes is within the bounds: what the event
// itself holds may be printed whole, but a loop must not multiply it.
func (r *run) fits(n int) bool {
	if n >= 0 && n <= maxText {
		return true
	}
	if r.own < 0 {
		r.own = textIn(r.view, maxNest)
	}
	if n >= 0 && n <= maxText+r.own {
		return true
	}
	r.fail("the text grows beyond %d KiB", (maxText+r.own)>>10)
	return false
}

// textIn counts the bytes of all texts in v, down to the given depth.
func textIn(v any, depth int) int {
	n := 0
	switch v := v.(type) {
	case string:
		n = len(v)
	case []any:
		for i := 0; i < len(v) && depth > 0 && n < maxView; i++ {
			n += textIn(v[i], depth-1)
		}
	case map[string]any:
		for _, item := range v {
			if depth == 0 || n >= maxView {
				break
			}
			n += textIn(item, depth-1)
		}
	}
	return min(n, maxView)
}

// weigh returns the steps that passing v costs.
func weigh(v any) int {
	switch v := v.(type) {
	case string:
		return len(v) / perText
	case []any:
		return len(v) / perList
	case map[string]any:
		return len(v) / perList
	}
	return 0
}

// made checks and charges a list or dictionary that a function put together.
// As every such value is checked, none can hold itself or repeat another
// without end.
func (r *run) made(v any) any {
	nodes, deep := count(v, maxNest, 0)
	switch {
	case nodes > maxNodes:
		r.fail("the list has more than %d values", maxNodes)
	case deep:
		r.fail("the list has more than %d levels", maxNest)
	case r.spend(nodes / perList):
		return v
	}
	return nil
}

// count adds the values in v to nodes, and stops when there are too many or
// they are too deep.
func count(v any, depth, nodes int) (n int, deep bool) {
	nodes++
	switch v := v.(type) {
	case []any:
		for i := 0; i < len(v) && nodes <= maxNodes && !deep; i++ {
			if depth == 0 {
				return nodes, true
			}
			nodes, deep = count(v[i], depth-1, nodes)
		}
	case map[string]any:
		for _, item := range v {
			if depth == 0 || nodes > maxNodes || deep {
				return nodes, deep || depth == 0
			}
			nodes, deep = count(item, depth-1, nodes)
		}
	}
	return nodes, deep
}

// nonNegative returns n as a count of at most limit.
func (r *run) nonNegative(n, limit int, of string) int {
	if n > limit {
		r.fail("%s of %d: at most %d", of, n, limit)
		return 0
	}
	return max(n, 0)
}

// invoke is what the tree calls: it charges the call, runs the function, and
// checks the text that comes out.
func (f *function) invoke(r *run, args ...any) (any, error) {
	cost := 1
	for _, a := range args {
		cost += weigh(a)
	}
	if r.spend(cost) {
		v := f.call(r, args)
		text, isText := v.(string)
		if r.err == nil && r.spend(weigh(v)) && (!isText || r.fits(len(text))) {
			return v, nil
		}
	}
	return nil, &callError{f.Name, r.err}
}
