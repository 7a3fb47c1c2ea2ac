package progress

import (
	"crypto/sha256"
	"slices"
	"sync"

	"tocsin/engine/event"
)

// mostUnfinished is how many messages are remembered that broke off between two
// parts. A queue is tried from its head, so hardly more than one does.
const mostUnfinished = 32

// Digest tells one part of a message from another by its content.
type Digest [sha256.Size]byte

// DigestOf returns the digest of a part: of all that its service is sent.
func DigestOf(content []byte) Digest { return sha256.Sum256(content) }

// Memory knows which parts of unfinished messages went out. The zero Memory is
// empty and ready; many goroutines may use it.
type Memory struct {
	mu         sync.Mutex
	unfinished []unfinished // oldest first
}

// unfinished is a message that broke off behind some of its parts.
type unfinished struct {
	id      string
	parts   []Digest
	receipt event.Receipt
}

// Deliver sends the parts of a message in order, without those that an earlier
// attempt at the same id delivered. An attempt in another form begins anew
// where it differs. send delivers one part, by its index, and returns the
// service's id of it; its error ends the attempt.
//
// The receipt is that of the first part, also when a later one failed.
func (m *Memory) Deliver(id string, parts []Digest, send func(i int) (string, error)) (event.Receipt, error) {
	done, receipt := m.resume(id, parts)
	for i := done; i < len(parts); i++ {
		sent, err := send(i)
		if err != nil {
			return receipt, err
		}
		if i == 0 {
			receipt.MessageID = sent
		}
		if i+1 < len(parts) {
			m.delivered(id, parts[i], receipt)
		}
	}
	m.forget(id)
	return receipt, nil
}

// resume returns how many of parts went out in an earlier attempt, and the
// receipt of that. What went out in another form is forgotten.
func (m *Memory) resume(id string, parts []Digest) (int, event.Receipt) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.find(id)
	if i < 0 {
		return 0, event.Receipt{}
	}
	u, done := &m.unfinished[i], 0
	for done < min(len(u.parts), len(parts)) && u.parts[done] == parts[done] {
		done++
	}
	if done == 0 {
		m.unfinished = slices.Delete(m.unfinished, i, i+1)
		return 0, event.Receipt{}
	}
	u.parts = u.parts[:done]
	return done, u.receipt
}

// delivered notes that the next part of a message went out.
func (m *Memory) delivered(id string, part Digest, receipt event.Receipt) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.find(id)
	if i < 0 {
		if len(m.unfinished) == mostUnfinished { // at worst a part of the oldest is sent again
			m.unfinished = slices.Delete(m.unfinished, 0, 1)
		}
		i = len(m.unfinished)
		m.unfinished = append(m.unfinished, unfinished{id: id, receipt: receipt})
	}
	m.unfinished[i].parts = append(m.unfinished[i].parts, part)
}

// forget drops a message that is delivered.
func (m *Memory) forget(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.find(id); i >= 0 {
		m.unfinished = slices.Delete(m.unfinished, i, i+1)
	}
}

func (m *Memory) find(id string) int {
	return slices.IndexFunc(m.unfinished, func(u unfinished) bool { return u.id == id })
}
