package ruletest

import (
	"container/heap"
	"time"

	"tocsin/rules"
)

// queue hands out the events of a story in the order of their moments, those of
// one moment in the order written. A send that repeats stands in it once.
type queue []pending

type pending struct {
	at   time.Duration
	nth  int // in the order written
	left int
	send *rules.Send
}

func newQueue(sends []rules.Send) *queue {
	q := make(queue, 0, len(sends))
	for i := range sends {
		q = append(q, pending{sends[i].At, i, sends[i].Count, &sends[i]})
	}
	heap.Init(&q)
	return &q
}

// before reports whether an event comes at or before a moment.
func (q *queue) before(at time.Duration) bool { return len(*q) > 0 && (*q)[0].at <= at }

// next returns the next event and its moment.
func (q *queue) next() (time.Duration, *rules.Send) {
	first := &(*q)[0]
	at, send := first.at, first.send
	if first.left--; first.left > 0 {
		first.at += send.Every
		heap.Fix(q, 0)
	} else {
		heap.Pop(q)
	}
	return at, send
}

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	if q[i].at != q[j].at {
		return q[i].at < q[j].at
	}
	return q[i].nth < q[j].nth
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(pending)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
