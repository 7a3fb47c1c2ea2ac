package email

import (
	"fmt"
	"math"
	"net"
	"net/mail"
	"net/netip"
	"strconv"
	"strings"

	"tocsin/channels"
	"tocsin/engine/event"
)

// security is how a connection is protected: a value of the field tls.
type security string

const (
	plain    security = "none"     // never
	startTLS security = "starttls" // by a command, before anything else is said
	implicit security = "tls"      // from the first byte on
)

// port returns the port that servers listen on for s.
func (s security) port() int {
	switch s {
	case plain:
		return 25
	case implicit:
		return 465
	}
	return 587
}

// settings are the checked values of a channel block.
type settings struct {
	host     string // a name or an address, without brackets
	port     int
	security security
	username string // empty: no login
	password event.Secret
	from     *mail.Address
	to       []*mail.Address
	prefix   *string // of the subject; nil: the event's host
}

// server returns the host and the port to connect to.
func (s *settings) server() string { return net.JoinHostPort(s.host, strconv.Itoa(s.port)) }

// readSettings checks the values of a channel block. Every error is a
// *channels.FieldError.
func readSettings(v channels.Values) (*settings, error) {
	s := &settings{username: v.String("username", ""), password: v.Secret("password")}
	for _, read := range []func(channels.Values) error{s.readHost, s.readSecurity, s.readPort, s.readLogin, s.readSubject} {
		if err := read(v); err != nil {
			return nil, err
		}
	}
	var err error
	if s.from, err = parseSender(v.String("from", "")); err != nil {
		return nil, err
	}
	if s.to, err = parseRecipients(v.List("to")); err != nil {
		return nil, err
	}
	return s, nil
}

// readHost takes a name or an address, also one in brackets as in a URL.
func (s *settings) readHost(v channels.Values) error {
	host := strings.TrimSpace(v.String("host", ""))
	if bare, ok := strings.CutPrefix(host, "["); ok {
		host = strings.TrimSuffix(bare, "]")
	}
	_, notAddress := netip.ParseAddr(host)
	switch {
	case host == "":
		return wrong("host", "missing mail server", `Name the mail server: host = "smtp.example.org".`)
	case strings.Contains(host, "://"):
		return wrong("host", "invalid mail server", "Give the name alone, without a scheme before it.")
	case notAddress != nil && strings.Contains(host, ":"):
		return wrong("host", "invalid mail server", "Give the name alone and the port in the field port.")
	case len(host) > 253 || strings.ContainsFunc(host, notInHost):
		return wrong("host", "invalid mail server", "A host name has letters, digits, dots and hyphens; write international names in their xn-- form.")
	}
	s.host = host
	return nil
}

// notInHost reports whether r stands in no host name and no address. The zone
// of an address begins with a percent sign.
func notInHost(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-_:%", r))
}

// readSecurity encrypts by default, but for the mail server of this host: that
// has no certificate for localhost, and its connections leave no machine.
func (s *settings) readSecurity(v channels.Values) error {
	s.security = startTLS
	if s.username == "" && isLoopback(s.host) {
		s.security = plain
	}
	switch word := v.String("tls", string(s.security)); security(word) {
	case plain, startTLS, implicit:
		s.security = security(word)
		return nil
	default:
		return wrong("tls", "unknown encryption", fmt.Sprintf("%q is none of starttls, tls and none.", word))
	}
}

func (s *settings) readPort(v channels.Values) error {
	s.port = s.security.port()
	n, ok := v["port"].(float64)
	if !ok {
		return nil
	}
	if n != math.Trunc(n) || n < 1 || n > 65535 {
		return wrong("port", "invalid port", fmt.Sprintf("%v is no port; most servers listen on %d for this encryption.", n, s.port))
	}
	s.port = int(n)
	return nil
}

// readLogin refuses half a login, and a login that would be readable on the
// way.
func (s *settings) readLogin(channels.Values) error {
	switch {
	case s.username == "" && s.password.IsSet():
		return wrong("username", "missing user name", "A password is set; name the user too, or leave both out for a server without a login.")
	case s.username != "" && !s.password.IsSet():
		return wrong("password", "missing password", `Set it: password = secret("smtp_password").`)
	case strings.ContainsFunc(s.username+s.password.Reveal(), isControl):
		return wrong("password", "invalid login", "The user name or the password holds a control character; a line end at the end of a secret's file is a common cause.")
	case s.username != "" && s.security == plain && !isLoopback(s.host):
		return wrong("tls", "password in the clear", `Without encryption everybody on the way reads the password; use tls = "starttls" or tls = "tls".`)
	}
	return nil
}

// readSubject keeps an empty prefix, which means none, apart from a missing one.
func (s *settings) readSubject(v channels.Values) error {
	prefix, ok := v["subject_prefix"].(string)
	if !ok {
		return nil
	}
	if strings.ContainsFunc(prefix, isControl) {
		return wrong("subject_prefix", "invalid subject prefix", "It must be one line of text.")
	}
	prefix = strings.TrimSpace(prefix)
	s.prefix = &prefix
	return nil
}

// isLoopback reports whether host is certainly this one.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return strings.EqualFold(strings.TrimSuffix(host, "."), "localhost")
	}
	return ip.Unmap().IsLoopback()
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7f }

func wrong(field, summary, detail string) *channels.FieldError {
	return &channels.FieldError{Field: field, Summary: summary, Detail: detail}
}
