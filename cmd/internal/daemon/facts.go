package daemon

import (
	"context"
	"errors"
	"log/slog"
	"net"

	"tocsin/sources/health/helper"
	"tocsin/sources/health/host"
)

// FactsSocket is where the helper listens that reads what needs root's rights.
const FactsSocket = "/run/tocsin-facts.sock"

// NewFacts returns what reads the facts of this host, as the daemon does.
func NewFacts(log *slog.Logger) *helper.Asker {
	return helper.New(FactsSocket, host.New(host.Options{Log: log}))
}

// ServeFacts is the helper: it answers on the socket that systemd opened, until ctx
// ends.
func ServeFacts(ctx context.Context, log *slog.Logger) error {
	l, err := inherited()
	if err != nil {
		return err
	}
	if l == nil {
		return errors.New("systemd gave no socket to answer on: start tocsin-facts.socket")
	}
	if _, ok := l.(*net.UnixListener); !ok { // its file decides who may ask
		l.Close()
		return errors.New("the socket from systemd is none of this host: write ListenStream=" + FactsSocket + " in tocsin-facts.socket")
	}
	return helper.Serve(ctx, l, host.New(host.Options{Log: log}), log)
}
