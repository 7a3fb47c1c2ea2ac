package httpsend

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"

	"tocsin/engine/event"
)

const again = "it is sent again by itself"

// fault puts an error of net/http into words. Its own text is never shown: it
// holds the URL, and it may quote what the peer said.
func (x *exchange) fault(req *http.Request, err error) *event.SendError {
	host := event.Clip(event.OneLine(event.Clean(req.URL.Host)), 200)
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "proxyconnect" {
		host = "the proxy on the way to " + host
	}
	e := x.ended(req.Context(), host, err)
	if e == nil {
		e = guarded(host, err)
	}
	if e == nil {
		e = tlsFault(host, err)
	}
	if e == nil {
		e = x.networkFault(host, err)
	}
	e.Maybe = e.Class == event.Temporary && x.wrote.Load()
	return e
}

// ended tells a request that was given up: by us, or because it took too long.
func (x *exchange) ended(asked context.Context, host string, err error) *event.SendError {
	if errors.Is(asked.Err(), context.Canceled) {
		return &event.SendError{Class: event.Temporary, Code: "cancelled", Why: "sending to " + host + " was interrupted", Do: again}
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok && !errors.Is(err, context.DeadlineExceeded) {
		return dnsFault(host, dns)
	}
	slow, ok := errors.AsType[net.Error](err)
	if !errors.Is(err, context.DeadlineExceeded) && (!ok || !slow.Timeout()) {
		return nil
	}
	e := &event.SendError{
		Class: event.Temporary, Code: "timeout",
		Do: "check that the service is up and that no firewall is in the way; it is sent again",
	}
	switch step(x.reached.Load()) {
	case starting: // the time was up before
		e.Why = "no time was left to ask " + host
		e.Do = again
	case resolving:
		e.Code, e.Why = "dns", "the name server did not tell the address of "+host+" in time"
		e.Do = "check the name servers in /etc/resolv.conf; it is sent again"
	case connecting:
		e.Why = host + " did not take a connection in time"
	case shaking:
		e.Why = host + " did not finish the TLS handshake in time"
	case sending:
		e.Why = host + " did not take the whole request in time"
	default:
		e.Why = host + " took the request and did not answer in time"
	}
	return e
}

// dnsFault tells look-ups that failed. All of them are temporary, a name that
// is not known too: at boot the name server often comes after us.
func dnsFault(host string, err *net.DNSError) *event.SendError {
	e := &event.SendError{Class: event.Temporary, Code: "dns", Do: "check the name servers in /etc/resolv.conf; it is sent again"}
	switch {
	case err.IsNotFound:
		e.Why = "there is no address under the name of " + host
		e.Do = "check the spelling of the name, and the name servers in /etc/resolv.conf; it is sent again"
	case err.IsTimeout:
		e.Why = "the name server did not tell the address of " + host + " in time"
	default:
		e.Why = "the name server could not tell the address of " + host
	}
	return e
}

// guarded tells addresses that the guard closed, and proxies that did.
func guarded(host string, err error) *event.SendError {
	if b, ok := errors.AsType[*blocked](err); ok {
		return &event.SendError{
			Class: event.Target, Code: "blocked_address",
			Why: fmt.Sprintf("%s is not connected to: %s is %s", host, b.address, b.because),
			Do:  "use an address of the service that is open to channels",
		}
	}
	if p, ok := errors.AsType[*proxyRefusal](err); ok {
		return &event.SendError{
			Class: event.Temporary, Code: "proxy",
			Why: fmt.Sprintf("the proxy opened no way to %s: it answered %s", host, status(p.status)),
			Do:  "check HTTPS_PROXY in the service's environment and the proxy's rules; it is sent again",
		}
	}
	return nil
}

// networkFault tells what the system and net/http report of connections. Each
// of them may pass, so that all but a senseless URL are temporary.
func (x *exchange) networkFault(host string, err error) *event.SendError {
	e := &event.SendError{Class: event.Temporary, Do: again}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Code, e.Why = "refused", host+" refused the connection"
		e.Do = "check that the service runs and that the port is right; it is sent again"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		e.Code, e.Why = "unreachable", "there is no way to "+host+" from this machine"
		e.Do = "check the network and the routes; it is sent again"
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		e.Code, e.Why = "unreachable", "this machine does not permit connections to "+host
		e.Do = "check the firewall and the sandbox of the service's unit; it is sent again"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), quoted(err, "closed"):
		e.Code, e.Why = "reset", host+" closed the connection "+x.midst()
	case quoted(err, "malformed HTTP"), quoted(err, "malformed MIME header"):
		e.Code, e.Why = "protocol", host+" answered in another protocol than HTTP"
		e.Do = "check the port of the channel's address; it is sent again"
	case quoted(err, "unsupported protocol scheme"), quoted(err, "no Host in request URL"):
		e.Class, e.Code, e.Why = event.Target, "bad_url", "the channel's address begins with neither http:// nor https://, or names no host"
		e.Do = "correct the address in the channel block"
	default:
		e.Code, e.Why = "network", "the exchange with "+host+" broke off "+x.midst()
	}
	return e
}

// quoted looks into the text of errors that net/http gives no type.
func quoted(err error, fragment string) bool { return strings.Contains(err.Error(), fragment) }

// midst tells how far the request came.
func (x *exchange) midst() string {
	switch step(x.reached.Load()) {
	case starting, resolving, connecting:
		return "before it was established"
	case shaking:
		return "in the TLS handshake"
	case sending:
		return "while the request was sent"
	}
	return "before it answered"
}

// tlsFault tells what is wrong with the peer's TLS. A wrong certificate is the
// target's; a handshake that fails otherwise is temporary, as it looks the same
// when a peer restarts or a network's login page steps in.
func tlsFault(host string, err error) *event.SendError {
	if bad, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return certificateFault(host, bad)
	}
	e := &event.SendError{Class: event.Temporary, Code: "tls"}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok || quoted(err, "server gave HTTP response to HTTPS client") {
		e.Why = host + " speaks no TLS on this port"
		e.Do = "check the port of the channel's address, or begin it with http://; it is sent again"
		return e
	}
	if alert, ok := errors.AsType[tls.AlertError](err); ok {
		e.Why = fmt.Sprintf("%s broke off the TLS handshake: %s", host, strings.TrimPrefix(alert.Error(), "tls: "))
		e.Do = "check that the service offers TLS 1.2 or later under this name; it is sent again"
		return e
	}
	if quoted(err, "tls: ") {
		e.Why = "the TLS handshake with " + host + " went wrong"
		e.Do = "check that the service offers TLS 1.2 or later; it is sent again"
		return e
	}
	return nil
}
