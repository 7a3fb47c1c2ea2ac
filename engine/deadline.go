package engine

import (
	"container/heap"
	"time"
)

// timed is something that must be looked at at some moment.
type timed interface {
	// when returns that moment, and false when there is none.
	when() (instant, bool)
	// elapse does what is due at it. What ended meanwhile does nothing.
	elapse(p *Policy, st *State, now time.Time, out *Effects)
}

// deadline is an entry of the heap. What moved leaves its old entries behind;
// they are skipped.
type deadline struct {
	at instant
	of timed
}

// deadlines is a heap, the earliest first.
type deadlines []deadline

func (d deadlines) Len() int           { return len(d) }
func (d deadlines) Less(i, j int) bool { return d[i].at < d[j].at }
func (d deadlines) Swap(i, j int)      { d[i], d[j] = d[j], d[i] }
func (d *deadlines) Push(x any)        { *d = append(*d, x.(deadline)) }
func (d *deadlines) Pop() any {
	last := (*d)[len(*d)-1]
	(*d)[len(*d)-1] = deadline{}
	*d = (*d)[:len(*d)-1]
	return last
}

func (st *State) pop() deadline { return heap.Pop(&st.due).(deadline) }

// push notes a deadline. When most of the heap has been left behind, by moved
// deadlines and steps taken back, it is built anew.
func (st *State) push(at instant, of timed) {
	heap.Push(&st.due, deadline{at, of})
	if len(st.due) <= 4*st.timers()+64 {
		return
	}
	clear(st.due)
	st.due = st.due[:0]
	for _, b := range st.buckets {
		st.keepDeadline(b)
	}
	for _, o := range st.open {
		st.keepDeadline(o)
	}
	for _, w := range st.waiting {
		st.keepDeadline(w)
	}
	for _, h := range st.health {
		st.keepDeadline(h)
	}
	for _, list := range st.inhibitors {
		for _, c := range list {
			st.keepDeadline(c)
		}
	}
	heap.Init(&st.due)
}

// timers is how many things may have a deadline.
func (st *State) timers() int {
	n := len(st.buckets) + len(st.open) + len(st.waiting) + len(st.health)
	for _, list := range st.inhibitors {
		n += len(list)
	}
	return n
}

func (st *State) keepDeadline(of timed) {
	if at, ok := of.when(); ok {
		st.due = append(st.due, deadline{at, of})
	}
}
