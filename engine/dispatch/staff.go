package dispatch

import "context"

// staff starts, tells and stops workers, so that there is one for every line of
// the plan. old are the lines before.
func (d *Dispatcher) staff(old map[string]Line) {
	if d.ending() {
		return
	}
	d.lineCount.Store(int64(len(d.plan.Lines)))
	for name, line := range d.plan.Lines {
		w, ok := d.loop.workers[name]
		if !ok {
			w = d.hire(name)
		}
		w.line.Store(&line)
		if !ok {
			d.workers.Go(w.live)
		} else if old[name].Version != line.Version {
			d.workers.Go(func() { w.guard("worker", w.renew) })
		}
	}
	for name, w := range d.loop.workers {
		if _, ok := d.plan.Lines[name]; !ok {
			w.stop()
			delete(d.loop.workers, name)
			d.leaving[name] = w
		}
	}
	for name, w := range d.leaving {
		if w.hasEnded() {
			delete(d.leaving, name)
		}
	}
}

// hire returns a worker for a channel. When the one before it is still sending,
// the new one waits for its end and keeps its pace.
func (d *Dispatcher) hire(channel string) *worker {
	ctx, stop := context.WithCancel(d.sends)
	w := &worker{
		Dispatcher: d, channel: channel, wake: make(chan struct{}, 1), quit: ctx.Done(), stop: stop, ended: make(chan struct{}),
		queue: newQueue(), paces: newPaces(),
	}
	if old, ok := d.leaving[channel]; ok {
		w.before = old
		delete(d.leaving, channel)
	}
	d.loop.workers[channel] = w
	return w
}

func (w *worker) hasEnded() bool {
	select {
	case <-w.ended:
		return true
	default:
		return false
	}
}
