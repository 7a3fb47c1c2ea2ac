package channeltest

import (
	"context"
	"crypto/x509"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/channels"
	"tocsin/engine/event"
)

// Fault is one way in which a service, or the way to it, fails.
type Fault struct {
	Name string
	// Serve is the stand-in at work on a connection, which is closed behind it.
	// nil: nobody listens.
	Serve func(net.Conn)
	// Secure makes the channel speak TLS from the first byte on; Serve must do so
	// too, unless that is the fault.
	Secure bool
	Roots  *x509.CertPool // whom the channel trusts; nil: the system's
	// Timed lets the fault take its time: over pipes in place of sockets, and on
	// virtual time.
	Timed bool
	Dial  Dialer   // connects, or fails to, by the service's own name
	Want  *Verdict // for every adapter; nil: its table tells
}

// Dialer makes a connection.
type Dialer = func(ctx context.Context, network, address string) (net.Conn, error)

// Network is how a channel reaches the stand-in of its service.
type Network struct {
	Address string // host and port; empty: the service's own
	Secure  bool   // by TLS
	Roots   *x509.CertPool
	Dial    Dialer // nil: as always
}

// URL returns where the stand-in is for a channel that speaks HTTP; own when it
// is to be found under the service's own address.
func (n Network) URL(own string) string {
	switch {
	case n.Address == "":
		return own
	case n.Secure:
		return "https://" + n.Address
	}
	return "http://" + n.Address
}

// Verdict is what a channel must make of a fault. The zero verdict says that
// the message was delivered all the same.
type Verdict struct {
	Class      event.Class
	Code       string
	RetryAfter time.Duration
	Maybe      bool
}

// FaultSuite is what an adapter brings to the examination of its errors.
type FaultSuite struct {
	Open     func(t *testing.T, n Network) channels.Channel // sends over n
	Faults   []Fault
	Verdicts map[string]Verdict // by the name of the fault
	Secrets  []string           // in no error
	Within   time.Duration      // no send takes longer, whatever its service does
}

// RunFaults examines what an adapter makes of faults: every fault is a subtest.
// Each must have a verdict, and each verdict a fault.
func RunFaults(t *testing.T, s FaultSuite) {
	unused := map[string]bool{}
	for name := range s.Verdicts {
		unused[name] = true
	}
	for _, f := range s.Faults {
		delete(unused, f.Name)
		t.Run(f.Name, func(t *testing.T) {
			for _, fault := range s.suffer(t, f) {
				t.Error(fault)
			}
		})
	}
	for name := range unused {
		t.Errorf("the verdict on %q has no fault", name)
	}
}

// suffer exposes a channel to one fault and returns what is wrong with what the
// channel made of it.
func (s *FaultSuite) suffer(t *testing.T, f Fault) []string {
	x := &exam{t: t, Suite: Suite{Secrets: s.Secrets}}
	want, ok := s.Verdicts[f.Name]
	if f.Want != nil && !ok {
		want, ok = *f.Want, true
	}
	if !ok {
		x.faultf("no verdict")
	}
	if !f.Timed {
		x.suffers(s, f, want)
		return x.faults
	}
	synctest.Test(t, func(t *testing.T) {
		x.t = t
		x.suffers(s, f, want)
	})
	return x.faults
}

func (x *exam) suffers(s *FaultSuite, f Fault, want Verdict) {
	ch := s.Open(x.t, f.network(x.t))
	ctx, limit := x.t.Context(), s.Within
	if !f.Timed { // the machine may be busy
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
		limit = patience
	}
	m := message("fault", true)
	m.Body = ample()
	started := time.Now()
	_, err := ch.Send(ctx, m)
	if took := time.Since(started); took > limit {
		x.faultf("the send took %v, want at most %v", took, limit)
	}
	x.judges(err, want)
}

// network starts the stand-in and tells how to reach it.
func (f *Fault) network(t *testing.T) Network {
	n := Network{Secure: f.Secure, Roots: f.Roots, Dial: f.Dial}
	switch {
	case f.Dial != nil:
	case f.Timed:
		n.Address, n.Dial = "127.0.0.1:80", piped(f.Serve)
	case f.Serve == nil:
		n.Address = vacant(t)
	default:
		n.Address = listen(t, f.Serve)
	}
	return n
}

// piped connects to serve without a socket, so that time may be virtual.
func piped(serve func(net.Conn)) Dialer {
	return func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() {
			defer theirs.Close()
			serve(theirs)
		}()
		return ours, nil
	}
}
