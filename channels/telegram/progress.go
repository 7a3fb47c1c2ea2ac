package telegram

import (
	"crypto/sha256"
	"slices"
	"sync"

	"tocsin/engine/event"
)

// mostUnfinished is how many messages are remembered that broke off between
// two parts. A queue is tried from its head, so hardly more than one does.
const mostUnfinished = 32

// progress remembers which parts of unfinished messages went out, so that
// another attempt does not repeat them.
type progress struct {
	mu         sync.Mutex
	unfinished []unfinished // oldest first
}

// unfinished is a message that broke off. Its parts are known by their text: an
// attempt in another form begins anew where it differs.
type unfinished struct {
	id      string
	parts   [][sha256.Size]byte
	receipt event.Receipt
}

// resume returns how many of parts went out in an earlier attempt at the
// message, and the receipt of that.
func (p *progress) resume(id string, parts []part) (int, event.Receipt) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.find(id)
	if i < 0 {
		return 0, event.Receipt{}
	}
	u := &p.unfinished[i]
	done := 0
	for done < min(len(u.parts), len(parts)) && u.parts[done] == digest(parts[done]) {
		done++
	}
	if done == 0 {
		p.unfinished = slices.Delete(p.unfinished, i, i+1)
		return 0, event.Receipt{}
	}
	u.parts = u.parts[:done]
	return done, u.receipt
}

// delivered notes that the next part of a message went out.
func (p *progress) delivered(id string, sent part, receipt event.Receipt) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.find(id)
	if i < 0 {
		if len(p.unfinished) >= mostUnfinished {
			p.unfinished = slices.Delete(p.unfinished, 0, 1)
		}
		i = len(p.unfinished)
		p.unfinished = append(p.unfinished, unfinished{id: id, receipt: receipt})
	}
	p.unfinished[i].parts = append(p.unfinished[i].parts, digest(sent))
}

// finished forgets a message that is delivered.
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

func digest(p part) [sha256.Size]byte { return sha256.Sum256([]byte(p.text + "\x00" + p.html)) }
