package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// stateOf returns the five characters by which PostgreSQL classes an error; empty
// for any other error.
func stateOf(err error) string {
	if reported, ok := errors.AsType[*pgconn.PgError](err); ok {
		return reported.Code
	}
	return ""
}

// explainServer turns an error of the server into an *Unavailable where the cause
// lies outside of tocsin. It shows nothing of the address but what place does.
func (s *Store) explainServer(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, errClosed) {
		return err
	}
	if _, done := errors.AsType[*Unavailable](err); done {
		return err
	}
	user, database := s.server.config.User, s.server.config.Database
	reason, do := "", ""
	switch state := stateOf(err); {
	case state == "28P01", state == "28000":
		reason, do = fmt.Sprintf("%s refuses user %s", s.place(), user), "check user and password in the store's url, and what the server's pg_hba.conf allows"
	case state == "3D000":
		reason, do = fmt.Sprintf("%s does not exist", s.place()), fmt.Sprintf("make it: CREATE DATABASE %s OWNER %s", database, user)
	case state == "42501":
		reason, do = fmt.Sprintf("user %s lacks a right in the %s (%s)", user, s.place(), reportOf(err)), fmt.Sprintf("make the user the owner: ALTER DATABASE %s OWNER TO %s, or GRANT CREATE, USAGE ON SCHEMA public TO %[2]s", database, user)
	case state == "53300":
		reason, do = s.place()+" has no connection left", "raise max_connections of the server: a node of tocsin uses six"
	case state == "53100":
		reason, do = "the disk of the "+s.place()+" is full", "free some space there, writing then goes on by itself"
	case state == "25006":
		reason, do = s.place()+" takes no writes", "name the primary in the store's url, or all servers with ?target_session_attrs=read-write"
	case strings.HasPrefix(state, "57P"), strings.HasPrefix(state, "53"), strings.HasPrefix(state, "58"):
		reason, do = s.place()+" gives up: "+reportOf(err), "look into the server's log; tocsin goes on by itself once it works"
	case state == "55P03", strings.HasPrefix(state, "40"):
		reason, do = s.place()+" is kept locked by another transaction", "look for it in pg_stat_activity; the next attempt may succeed"
	case strings.HasPrefix(state, "XX"):
		reason, do = s.place()+" is damaged: "+reportOf(err), "look into the server's log, and restore a backup if it says so"
	case state != "" && !isConnecting(err):
		return err
	case state != "":
		reason, do = s.place()+" takes no connection: "+reportOf(err), "look into the server's log; tocsin goes on by itself once it does"
	case isLost(err):
		reason, do = s.place()+" does not answer"+why(err), "start the server, or look at the network between; tocsin goes on by itself"
	default:
		return err
	}
	return &Unavailable{Reason: reason, Do: do, Err: err}
}

// reportOf is what the server said.
func reportOf(err error) string {
	if reported, ok := errors.AsType[*pgconn.PgError](err); ok {
		return reported.Message
	}
	return err.Error()
}

// why tells in a word or two why a server does not answer.
func why(err error) string {
	var dns *net.DNSError
	var call *os.SyscallError
	switch {
	case errors.As(err, &dns):
		return ": there is no host " + dns.Name
	case errors.As(err, &call):
		return ": " + call.Err.Error()
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return " in time"
	case strings.Contains(err.Error(), "TLS") || strings.Contains(err.Error(), "x509"):
		return ": TLS fails, see sslmode and sslrootcert in the store's url"
	}
	return ""
}

// isConnecting reports whether an error came before there was a connection.
func isConnecting(err error) bool {
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	return connecting
}

// isLost reports whether an error is one of the connection and not of what was
// asked for.
func isLost(err error) bool {
	if stateOf(err) != "" {
		return false
	}
	var network net.Error
	return isConnecting(err) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, context.DeadlineExceeded) || !survives(err) || strings.Contains(err.Error(), "conn closed")
}

// serverSurvives reports whether a connection can be used again after an error of
// the server: what it says about a statement, it says on a connection that works.
func serverSurvives(state string) bool {
	switch state[:2] {
	case "08", "57", "58", "XX", "F0": // of the connection, the operator, the system
		return state == "57014" // a statement that was cancelled
	}
	return true
}

// serverRefuses reports whether an error of the server is about what was to be
// written and where.
func serverRefuses(state string) bool {
	switch state[:2] {
	case "0A", "21", "22", "23", "2F", "38", "39", "42", "44", "54", "P0":
		return true
	}
	return state == "XX001" || state == "XX002" // a damaged table or index
}
