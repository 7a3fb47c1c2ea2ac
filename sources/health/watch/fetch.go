package watch

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"tocsin/sources/health"
)

// grace is for a reader that ends when it is told to.
const grace = time.Second

// fetch is a fact that was asked for and has not come.
type fetch struct {
	began time.Time
	hangs bool // it did not come in time
}

// answer is what came of a fact.
type answer struct {
	fact string
	health.Answer
	freed bool // it may be asked for again
	late  bool // it was given up before
}

// ask asks for a fact, unless that is under way. One that hangs is answered for at once.
func (r *run) ask(fact string) {
	f := r.facts[fact]
	switch {
	case f == nil:
		r.facts[fact] = &fetch{began: time.Now()}
		go r.fetch(fact)
	case f.hangs:
		r.take(answer{fact: fact, Answer: health.Answer{Err: fmt.Errorf("host.%s has not answered since %s: what it reads hangs", fact, f.began.Format("15:04:05"))}})
	}
}

// fetch reads a fact and answers in time, whatever the reader does.
func (r *run) fetch(fact string) {
	select {
	case r.slots <- struct{}{}:
	case <-r.ctx.Done():
		return
	}
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	came := make(chan health.Answer, 1)
	go func() { came <- r.read(ctx, fact) }()
	limit := time.NewTimer(patience + grace)
	defer limit.Stop()
	select {
	case a := <-came:
		<-r.slots
		r.answer(answer{fact: fact, Answer: a, freed: true})
		return
	case <-r.ctx.Done():
		return
	case <-limit.C:
	}
	<-r.slots
	r.answer(answer{fact: fact, Answer: health.Answer{Err: fmt.Errorf("host.%s did not answer within %v: what it reads hangs", fact, patience)}})
	select {
	case <-came:
		r.answer(answer{fact: fact, freed: true, late: true})
	case <-r.ctx.Done():
	}
}

// read reads a fact. A panic of the reader is an error of the fact.
func (r *run) read(ctx context.Context, fact string) (a health.Answer) {
	defer func() {
		if p := recover(); p != nil {
			r.Log.Error("tocsin's own code panicked", "part", "host."+fact, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			a = health.Answer{Err: fmt.Errorf("host.%s: tocsin's own code stopped in the middle: please report what its log says", fact)}
		}
	}()
	items, err := r.Host.Read(ctx, fact)
	return health.Answer{Items: items, Err: err}
}

func (r *run) answer(a answer) {
	select {
	case r.answers <- a:
	case <-r.ctx.Done():
	}
}
