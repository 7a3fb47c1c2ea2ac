package channeltest

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"tocsin/engine/event"
)

// listen starts a stand-in on loopback that ends with the test, and returns its
// address.
func listen(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				conn.SetDeadline(time.Now().Add(2 * patience)) // the channel has left by then
				serve(conn)
			})
		}
	})
	t.Cleanup(func() { l.Close(); all.Wait() })
	return l.Addr().String()
}

// vacant returns an address where nobody listens.
func vacant(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// reset ends a connection without a goodbye: what is under way is thrown away.
// A pipe knows no other way to end.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

// WayFaults are the ways not to reach a service, whatever it speaks.
func WayFaults(t *testing.T) []Fault {
	dns := &Verdict{Class: event.Temporary, Code: "dns"} // at boot the name server often comes later
	return []Fault{
		{Name: "refused", Want: &Verdict{Class: event.Temporary, Code: "refused"}},
		{Name: "unknown name", Dial: unnamed(t, nameError), Want: dns},
		{Name: "name server fails", Dial: unnamed(t, serverFailure), Want: dns},
	}
}

// The answers of name servers that tell no address (RFC 1035, 4.1.1).
const (
	serverFailure = 2
	nameError     = 3
)

// unnamed connects by the answers of a name server on loopback, which answers
// every question with code. So it never connects.
func unnamed(t *testing.T, code byte) Dialer {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var loop sync.WaitGroup
	loop.Go(func() {
		query := make([]byte, 4096)
		for {
			n, from, err := server.ReadFrom(query)
			if err != nil {
				return
			}
			if n < 4 {
				continue
			}
			query[2] |= 0x80 // it is an answer
			query[3] = 0x80 | code
			server.WriteTo(query[:n], from)
		}
	})
	t.Cleanup(func() { server.Close(); loop.Wait() })
	var plain net.Dialer
	ask := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return plain.DialContext(ctx, "udp", server.LocalAddr().String())
	}
	return (&net.Dialer{Resolver: &net.Resolver{PreferGo: true, Dial: ask}}).DialContext
}
