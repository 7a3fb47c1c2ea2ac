package httpsend

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
)

// step is how far a request came.
type step int32

// The steps, in order.
const (
	starting step = iota
	resolving
	connecting
	shaking // hands, by TLS
	sending
	waiting // for the answer
)

// exchange follows one request. Its hooks run on goroutines of the transport,
// some of them after the request has ended.
type exchange struct {
	reached atomic.Int32
	wrote   atomic.Bool // the whole request may be on its way, so the service may act on it
}

func (x *exchange) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		DNSStart:          func(httptrace.DNSStartInfo) { x.reach(resolving) },
		ConnectStart:      func(_, _ string) { x.reach(connecting) },
		TLSHandshakeStart: func() { x.reach(shaking) },
		GotConn:           func(httptrace.GotConnInfo) { x.reach(sending) },
		WroteRequest: func(w httptrace.WroteRequestInfo) {
			if w.Err == nil {
				x.wrote.Store(true)
				x.reach(waiting)
			}
		},
	}
}

// reach notes s. It never goes back: a connection that the transport opens in
// reserve says nothing about this request.
func (x *exchange) reach(s step) {
	for {
		now := x.reached.Load()
		if now >= int32(s) || x.reached.CompareAndSwap(now, int32(s)) {
			return
		}
	}
}

// proxyRefusal is a proxy's answer that opens no way to the service.
type proxyRefusal struct{ status int }

func (p *proxyRefusal) Error() string { return "proxy answered " + status(p.status) }

// proxyAnswer keeps the status of a proxy that refuses: net/http would only
// quote its text.
func proxyAnswer(_ context.Context, _ *url.URL, _ *http.Request, res *http.Response) error {
	if res.StatusCode != http.StatusOK {
		return &proxyRefusal{status: res.StatusCode}
	}
	return nil
}
