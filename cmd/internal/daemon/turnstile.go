package daemon

import (
	"net"
	"sync"
)

// turnstile is a listener that lets in a number of connections at a time. Others
// wait in the kernel's queue.
type turnstile struct {
	net.Listener
	room   chan struct{} // one entry a connection
	closed chan struct{}
	close  func() error
}

func newTurnstile(l net.Listener, most int) *turnstile {
	t := &turnstile{Listener: l, room: make(chan struct{}, most), closed: make(chan struct{})}
	t.close = sync.OnceValue(func() error {
		close(t.closed)
		return l.Close()
	})
	return t
}

// Accept waits for room and for a connection.
func (t *turnstile) Accept() (net.Conn, error) {
	select {
	case t.room <- struct{}{}:
	case <-t.closed:
		return nil, net.ErrClosed
	}
	conn, err := t.Listener.Accept()
	if err != nil {
		<-t.room
		return nil, err
	}
	return &visitor{Conn: conn, leave: sync.OnceFunc(func() { <-t.room })}, nil
}

// Close ends Accept.
func (t *turnstile) Close() error { return t.close() }

// visitor is a connection that gives back its room when it is closed.
type visitor struct {
	net.Conn
	leave func()
}

// Close closes the connection.
func (v *visitor) Close() error {
	defer v.leave()
	return v.Conn.Close()
}
