package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"syscall"

	"tocsin/engine/event"
)

// stage is how far a session came when something went wrong, in words.
type stage string

const (
	connecting stage = "while connecting"
	greeting   stage = "at the greeting"
	encrypting stage = "at the TLS handshake"
	loggingIn  stage = "at the login"
	sender     stage = "at the sender's address"
	recipient  stage = "at a recipient's address"
	content    stage = "at the mail itself"
)

// faults turns what goes wrong in a session into errors for the operator.
type faults struct {
	*settings
	ctx context.Context
}

// fault returns err as an error for the operator: the server's refusal, or the
// network's fault.
func (f faults) fault(at stage, err error) *event.SendError {
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return f.refused(at, reply)
	}
	switch f.ctx.Err() {
	case context.Canceled:
		return temporary("cancelled", fmt.Sprintf("the send by %s was stopped %s", f.server(), at), "nothing: it is sent again")
	case context.DeadlineExceeded:
		return f.timedOut(at)
	}
	if e := f.tlsFault(err); e != nil {
		return e
	}
	return f.networkFault(at, err)
}

// tlsFault returns nil when err is not about encryption.
func (f faults) tlsFault(err error) *event.SendError {
	const system = "; a certificate authority of your own belongs into the system's (update-ca-certificates)"
	if e, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return target("tls", fmt.Sprintf("the certificate of %s is not valid for it (%s)", f.server(), f.quote(e.Err.Error())),
			"set host to the name in the certificate, or give the server a valid one"+system)
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return target("tls", fmt.Sprintf("%s does not speak TLS from the start", f.server()),
			`use tls = "starttls" (port 587), or the port where the server speaks TLS (465)`)
	}
	return nil
}

// networkFault tells what came between here and the server. Names and routes
// come back by themselves; a server that is none does not.
func (f faults) networkFault(at stage, err error) *event.SendError {
	var timeout net.Error
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		why := fmt.Sprintf("the name %s was not found", f.host)
		if !e.IsNotFound {
			why = fmt.Sprintf("the name server did not answer for %s", f.host)
		}
		return temporary("dns", why, "check host and this machine's name servers")
	}
	switch {
	case errors.Is(err, errBlocked):
		return target("blocked_address", fmt.Sprintf("%s is at an address that tocsin does not connect to", f.server()),
			"name a mail server elsewhere, and encrypt the connection when there is a login")
	case errors.Is(err, errTalkative), at == greeting && isProtocol(err):
		return target("not_smtp", fmt.Sprintf("%s does not speak SMTP", f.server()), "check host and port")
	case errors.Is(err, syscall.ECONNREFUSED):
		return temporary("refused", fmt.Sprintf("nothing answers at %s", f.server()), "check host and port, and that the mail server runs")
	case errors.As(err, &timeout) && timeout.Timeout():
		return f.timedOut(at)
	case at == encrypting:
		return temporary("tls", fmt.Sprintf("the TLS handshake with %s broke off (%s)", f.server(), f.cause(err)), "see that the server speaks TLS 1.2 or later")
	case at == connecting:
		return temporary("unreachable", fmt.Sprintf("%s cannot be reached (%s)", f.server(), f.cause(err)), "check the network between this host and the mail server")
	}
	return temporary("reset", fmt.Sprintf("the connection to %s was lost %s (%s)", f.server(), at, f.cause(err)),
		"look into the mail server's log when it happens again")
}

// isProtocol reports whether err is about an answer that is none of SMTP's.
func isProtocol(err error) bool {
	_, ok := errors.AsType[textproto.ProtocolError](err)
	return ok
}

// timedOut suspects the wrong kind of encryption when the server never greeted:
// each side then waits for the other.
func (f faults) timedOut(at stage) *event.SendError {
	e := temporary("timeout", fmt.Sprintf("%s did not answer in time %s", f.server(), at), "check host and port, and that no firewall is between")
	if at == greeting && f.port == implicit.port() && f.security != implicit {
		e.Do = `port 465 speaks TLS from the start: use tls = "tls"`
	}
	return e
}

// cause returns the innermost text of err, without the addresses around it.
func (f faults) cause(err error) string {
	if e, ok := errors.AsType[*net.OpError](err); ok {
		err = e.Err
	}
	return f.quote(err.Error())
}

// quote makes text from outside fit to show: one short line without the login,
// in no spelling that was sent.
func (f faults) quote(text string) string {
	for _, secret := range loginSpellings(f.username, f.password.Reveal()) {
		text = strings.ReplaceAll(text, secret, f.password.String())
	}
	return event.Clip(event.OneLine(event.Clean(text)), 240)
}

func temporary(code, why, do string) *event.SendError {
	return &event.SendError{Class: event.Temporary, Code: code, Why: why, Do: do}
}

func target(code, why, do string) *event.SendError {
	return &event.SendError{Class: event.Target, Code: code, Why: why, Do: do}
}

func unfit(code, why, do string) *event.SendError {
	return &event.SendError{Class: event.Unfit, Code: code, Why: why, Do: do}
}
