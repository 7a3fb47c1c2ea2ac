package discord

import (
	"slices"
	"sync"

	"tocsin/engine/event"
)

// progressLimit is how many unfinished messages are remembered. A channel's
// queue is tried from its head, so that few are ever unfinished at a time.
const progressLimit = 16

// progress remembers which posts of unfinished messages went out, so that
// another attempt does not repeat them. Posts are known by their content: an
// attempt that is worded otherwise begins anew where it differs.
type progress struct {
	mu         sync.Mutex
	unfinished []unfinished // the oldest first
}

// unfinished is a message of which some posts went out.
type unfinished struct {
	id      string        // of the message
	posts   []digest      // those that went out, in order
	receipt event.Receipt // of the first post
}

// resume returns how many of the posts of message id went out already, and the
// receipt of the first.
func (p *progress) resume(id string, posts []digest) (int, event.Receipt) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.find(id)
	if i < 0 {
		return 0, event.Receipt{}
	}
	entry, done := &p.unfinished[i], 0
	for done < min(len(entry.posts), len(posts)) && entry.posts[done] == posts[done] {
		done++
	}
	if done == 0 { // worded anew from its begin, so what went out is of no use
		p.unfinished = slices.Delete(p.unfinished, i, i+1)
		return 0, event.Receipt{}
	}
	entry.posts = entry.posts[:done]
	return done, entry.receipt
}

// sent notes that one more post of message id went out.
func (p *progress) sent(id string, post digest, receipt event.Receipt) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.find(id)
	if i < 0 {
		if len(p.unfinished) == progressLimit { // forget the oldest: at worst it repeats a post
			p.unfinished = slices.Delete(p.unfinished, 0, 1)
		}
		i = len(p.unfinished)
		p.unfinished = append(p.unfinished, unfinished{id: id, receipt: receipt})
	}
	p.unfinished[i].posts = append(p.unfinished[i].posts, post)
}

// finished forgets message id.
func (p *progress) finished(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := p.find(id); i >= 0 {
		p.unfinished = slices.Delete(p.unfinished, i, i+1)
	}
}

func (p *progress) find(id string) int {
	return slices.IndexFunc(p.unfinished, func(u unfinished) bool { return u.id == id })
}
