package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"tocsin/api"
)

// Time limits of a connection to the API.
const (
	headerTime = 10 * time.Second
	bodyTime   = 30 * time.Second
	answerTime = 90 * time.Second // a send may wait a minute for its deliveries
	idleTime   = 2 * time.Minute
)

// mostConns bounds the connections over TCP, and with them the memory that
// somebody without a token can take.
const mostConns = 1024

// front are the daemon's open doors.
type front struct {
	log     *slog.Logger
	servers []*http.Server
	doors   []net.Listener // of each server
	closers []net.Listener
	addr    string
	cert    *certificate // nil: no TLS
	ends    chan error   // a door that fell shut
}

// openFront listens on the API's address and on the local socket. Without cert there
// is no TLS. Nothing is answered before begin.
func openFront(listen, data string, cert *certificate, h http.Handler, log *slog.Logger) (*front, error) {
	f := &front{log: log, cert: cert, ends: make(chan error, 4)}
	local, err := listenLocal(data)
	if err != nil {
		return nil, err
	}
	f.closers = append(f.closers, local)
	tcp, err := listenTCP(listen)
	if err != nil {
		return nil, errors.Join(err, f.shut())
	}
	tcp = newTurnstile(tcp, mostConns)
	f.closers = append(f.closers, tcp)
	f.addr = tcp.Addr().String()
	if cert == nil {
		f.serve(tcp, h)
	} else {
		d := splitDoors(tcp, cert)
		f.serve(d.secure, h)
		f.serve(d.plain, api.OnlyWebhook(h))
		if err := f.openWebhook(h); err != nil {
			return nil, errors.Join(err, f.shut())
		}
	}
	f.serve(local, h)
	return f, nil
}

// openWebhook listens for the plain webhook on 127.0.0.1, at the port of the API,
// where the API's own address cannot be reached by it.
func (f *front) openWebhook(h http.Handler) error {
	addr, err := netip.ParseAddrPort(f.addr)
	if ip := addr.Addr(); err != nil || ip.IsLoopback() || ip.IsUnspecified() {
		return nil
	}
	own := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), addr.Port()).String()
	l, err := net.Listen("tcp", own)
	if err != nil {
		return listenFault(own, err)
	}
	l = newTurnstile(l, mostConns)
	f.closers = append(f.closers, l)
	f.serve(l, api.OnlyWebhook(h))
	return nil
}

func (f *front) serve(l net.Listener, h http.Handler) {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: headerTime, ReadTimeout: bodyTime, WriteTimeout: answerTime, IdleTimeout: idleTime,
		MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(f.log.Handler(), slog.LevelDebug),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			if c.LocalAddr().Network() == "unix" {
				return api.WithLocal(ctx)
			}
			return ctx
		},
	}
	f.servers, f.doors = append(f.servers, server), append(f.doors, l)
}

// begin answers from now on.
func (f *front) begin() {
	for i, server := range f.servers {
		go func() { f.ends <- server.Serve(f.doors[i]) }()
	}
}

// listenTCP says what to do when an address is taken.
func listenTCP(addr string) (net.Listener, error) {
	if l, err := inheritedListener(); l != nil || err != nil {
		return l, err
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, listenFault(addr, err)
	}
	return l, nil
}

func listenFault(addr string, err error) error {
	remedy := ""
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		remedy = "another program uses it: find it with ss -ltnp, or set api.listen to a free port"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		remedy = "no interface of this host has that address (yet): set api.listen to one that ip addr shows"
	case errors.Is(err, syscall.EACCES):
		remedy = "ports below 1024 are root's: set api.listen to a higher one"
	default:
		return fmt.Errorf("listen on %s: %w; set api.listen to HOST:PORT", addr, err)
	}
	return fmt.Errorf("listen on %s: %s", addr, remedy)
}

// refreshCertificate looks whether the certificate's files have changed.
func (f *front) refreshCertificate() {
	if f.cert != nil {
		f.cert.refresh()
	}
}

// close ends the doors: requests under way may finish until ctx ends.
func (f *front) close(ctx context.Context) {
	var closing sync.WaitGroup
	for _, server := range f.servers {
		closing.Go(func() {
			if server.Shutdown(ctx) != nil {
				server.Close()
			}
		})
	}
	closing.Wait()
	_ = f.shut() // closed by the servers already
}

func (f *front) shut() error {
	var errs []error
	for _, l := range f.closers {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
