package pattern

// automaton finds which of many literals a text holds, in one pass over it whose
// steps do not depend on how many there are (Aho and Corasick's).
type automaton struct {
	class  [256]uint8 // of each byte; letters of both cases have the same
	width  int        // number of classes
	next   []int32    // state*width + class
	owners [][]int32  // by state: whose literals end there
}

// newAutomaton looks for literals in lower case; owners[i] is who asks for
// literals[i].
func newAutomaton(literals []string, owners []int32) *automaton {
	a := &automaton{width: 1}
	for _, text := range literals {
		for _, b := range []byte(text) {
			if a.class[b] == 0 && a.width < 256 {
				a.class[b] = uint8(a.width)
				a.width++
			}
		}
	}
	for b := byte('a'); b <= 'z'; b++ {
		a.class[b-'a'+'A'] = a.class[b]
	}
	a.grow()
	for i, text := range literals {
		state := int32(0)
		for _, b := range []byte(text) {
			at := int(state)*a.width + int(a.class[b])
			if a.next[at] == 0 {
				a.next[at] = a.grow()
			}
			state = a.next[at]
		}
		a.owners[state] = append(a.owners[state], owners[i])
	}
	a.link()
	return a
}

// grow adds a state and returns it.
func (a *automaton) grow() int32 {
	a.owners = append(a.owners, nil)
	a.next = append(a.next, make([]int32, a.width)...)
	return int32(len(a.owners) - 1)
}

// link fills in where to go on when a literal breaks off: in the longest other
// one that began meanwhile.
func (a *automaton) link() {
	fail := make([]int32, len(a.owners))
	queue := []int32{0}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		for class := range a.width {
			at := int(state)*a.width + class
			on := a.next[at]
			back := int32(0)
			if state != 0 {
				back = a.next[int(fail[state])*a.width+class]
			}
			if on == 0 {
				a.next[at] = back
				continue
			}
			fail[on] = back
			a.owners[on] = append(a.owners[on], a.owners[back]...)
			queue = append(queue, on)
		}
	}
}

// find appends the owners of the literals that text holds. One may come twice.
func (a *automaton) find(found []int32, text []byte) []int32 {
	state := 0
	for _, b := range text {
		state = int(a.next[state*a.width+int(a.class[b])])
		if owners := a.owners[state]; owners != nil {
			found = append(found, owners...)
		}
	}
	return found
}
