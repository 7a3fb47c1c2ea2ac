package host

import "sync"

const atOnce = 8 // questions to things that may take their time

// each asks about all, several at the same time, and returns the answers in order.
func each[T, A any](all []T, ask func(T) A) []A {
	all = all[:min(len(all), maxItems)]
	answers := make([]A, len(all))
	slots := make(chan struct{}, atOnce)
	var wait sync.WaitGroup
	for i, one := range all {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			answers[i] = ask(one)
		})
	}
	wait.Wait()
	return answers
}
