package api

import (
	"context"
	"net/http"
	"time"
)

const (
	roomParts = 1024            // of one door
	roomPart  = 16 << 10        // bytes of body
	roomTime  = 3 * time.Second // longest wait for room: with a commit it stays below the 10 s of Proxmox
)

// room bounds the bodies in memory: a request takes room for the length of its
// body before it reads it and gives it back when its events are kept. Many
// callers that send large bodies at once then wait for each other instead of
// filling the memory. Each door has its own, so that none shuts another.
//
// Who may post without a secret can shut that door by posting a lot or slowly;
// against that there is the secret, which comes before.
type room struct {
	turn  chan struct{} // held while taking, so that no two wait for each other's parts
	taken chan struct{} // one entry a part
}

func newRoom() *room {
	return &room{turn: make(chan struct{}, 1), taken: make(chan struct{}, roomParts)}
}

// take waits for room for the body of a request. The caller must call release.
func (m *room) take(r *http.Request) (release func(), err error) {
	length := r.ContentLength
	if length < 0 { // not told
		length = maxBody
	}
	ctx, cancel := context.WithTimeout(r.Context(), roomTime)
	defer cancel()
	full := errUnavailable.because("too many requests are waiting to be kept", "send it again, or send more slowly")
	select {
	case m.turn <- struct{}{}:
		defer func() { <-m.turn }()
	case <-ctx.Done():
		return nil, full
	}
	parts := int(length/roomPart) + 1
	for got := range parts {
		select {
		case m.taken <- struct{}{}:
		case <-ctx.Done():
			m.giveBack(got)
			return nil, full
		}
	}
	return func() { m.giveBack(parts) }, nil
}

func (m *room) giveBack(parts int) {
	for range parts {
		<-m.taken
	}
}
