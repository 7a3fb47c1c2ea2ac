package daemon

import (
	"bufio"
	"crypto/tls"
	"errors"
	"net"
	"time"
)

// tlsHandshake is the first byte that a TLS client sends.
const tlsHandshake = 0x16

// doors are one TCP listener seen as two: one for TLS connections and one for
// plain ones from this host. Proxmox checks certificates and cannot be told not
// to, so its webhook stays plain on loopback even with TLS on.
type doors struct {
	net.Listener
	secure, plain *door
}

// door is one of the two. Both fall shut together.
type door struct {
	behind net.Listener
	conns  chan net.Conn
	ended  chan struct{}
}

func splitDoors(l net.Listener, c *certificate) *doors {
	ended := make(chan struct{})
	d := &doors{
		Listener: l,
		secure:   &door{l, make(chan net.Conn), ended},
		plain:    &door{l, make(chan net.Conn), ended},
	}
	config := &tls.Config{GetCertificate: c.forClient, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
	go d.sort(config)
	return d
}

// sort accepts connections and hands each to its door.
func (d *doors) sort(config *tls.Config) {
	for {
		conn, err := d.Accept()
		if errors.Is(err, net.ErrClosed) {
			close(d.secure.ended) // which is the plain one's, too
			return
		}
		if err != nil {
			time.Sleep(10 * time.Millisecond) // out of file descriptors, say: others are being closed
			continue
		}
		go d.hand(conn, config)
	}
}

func (d *doors) hand(conn net.Conn, config *tls.Config) {
	_ = conn.SetReadDeadline(time.Now().Add(headerTime))
	r := bufio.NewReader(conn)
	first, err := r.Peek(1)
	_ = conn.SetReadDeadline(time.Time{})
	if err != nil {
		conn.Close()
		return
	}
	to, served := d.secure, net.Conn(&peeked{conn, r})
	if first[0] != tlsHandshake && fromLoopback(conn) {
		to = d.plain
	} else {
		served = tls.Server(served, config)
	}
	select {
	case to.conns <- served:
	case <-to.ended:
		conn.Close()
	}
}

func fromLoopback(conn net.Conn) bool {
	addr, ok := conn.LocalAddr().(*net.TCPAddr)
	return ok && addr.IP.IsLoopback()
}

// peeked is a connection whose first bytes were looked at.
type peeked struct {
	net.Conn
	r *bufio.Reader
}

// Read returns what was looked at first.
func (p *peeked) Read(b []byte) (int, error) { return p.r.Read(b) }

// Accept returns the next connection that belongs to the door.
func (d *door) Accept() (net.Conn, error) {
	select {
	case c := <-d.conns:
		return c, nil
	case <-d.ended:
		return nil, net.ErrClosed
	}
}

// Close closes the listener behind both doors.
func (d *door) Close() error { return d.behind.Close() }

// Addr returns the address that both doors listen on.
func (d *door) Addr() net.Addr { return d.behind.Addr() }
