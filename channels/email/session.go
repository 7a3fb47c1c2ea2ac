package email

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/mail"
	"net/netip"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// quitLimit is how long a server may take to say goodbye. The mail is
// delivered by then.
const quitLimit = 2 * time.Second

// session is one conversation with the server. Its errors are *event.SendError.
type session struct {
	ctx    context.Context
	conn   net.Conn // below the encryption
	client *smtp.Client
	faults faults
	free   func() bool // ends the watch over ctx
}

// open connects to the server, encrypts the connection and logs in.
func (c *channel) open(ctx context.Context) (*session, error) {
	f := faults{settings: &c.settings, ctx: ctx}
	conn, err := c.dial(ctx)
	if err != nil {
		return nil, f.fault(connecting, err)
	}
	s := &session{ctx: ctx, conn: conn, faults: f}
	// Commands of the SMTP client know no context. A closed connection ends
	// them all.
	s.free = context.AfterFunc(ctx, func() { conn.Close() })
	if err := c.greet(s); err != nil {
		s.abandon()
		return nil, err
	}
	return s, nil
}

// greet brings a fresh connection to where mail can be sent.
func (c *channel) greet(s *session) (err error) {
	conn := s.conn
	if c.security == implicit {
		secure := tls.Client(conn, c.tlsConfig())
		if err := secure.HandshakeContext(s.ctx); err != nil {
			return s.faults.fault(encrypting, err)
		}
		conn = secure
	}
	if s.client, err = smtp.NewClient(conn, c.host); err != nil {
		return s.faults.fault(greeting, err)
	}
	// Asked for SMTPUTF8, a relay may bounce mail that does not need it.
	s.client.SkipSMTPUTF8(true)
	if err := s.client.Hello(greetingName(c.name, conn.LocalAddr())); err != nil {
		return s.faults.fault(greeting, err)
	}
	if c.security == startTLS {
		if ok, _ := s.client.Extension("STARTTLS"); !ok {
			return s.faults.noStartTLS()
		}
		if err := s.client.StartTLS(c.tlsConfig()); err != nil {
			return s.faults.fault(encrypting, err)
		}
	}
	return c.logIn(s)
}

// logIn proves who sends, where the channel has a login.
func (c *channel) logIn(s *session) error {
	if c.username == "" {
		return nil
	}
	_, offered := s.client.Extension("AUTH")
	auth := c.mechanism(offered)
	if auth == nil {
		return s.faults.noLogin(offered)
	}
	if err := s.client.Auth(auth); err != nil {
		return s.faults.fault(loggingIn, err)
	}
	return nil
}

// begin opens a mail of size bytes. A server that announces its limit is spared
// a mail that it would refuse after the last byte.
func (s *session) begin(size int) error {
	if _, text := s.client.Extension("SIZE"); text != "" {
		if limit, err := strconv.Atoi(text); err == nil && limit > 0 && size > limit {
			return s.faults.tooLarge(size, limit)
		}
	}
	if err := s.client.Mail(envelope(s.faults.from)); err != nil {
		return s.faults.fault(sender, err)
	}
	return nil
}

// refusal is a recipient whom the server does not take.
type refusal struct {
	who   *mail.Address
	reply *textproto.Error
}

func (r refusal) isPassing() bool { return isPassing(r.reply) }

// address names the recipients one by one, as some may be taken and some not.
// The error is that of a broken conversation.
func (s *session) address(to []*mail.Address) (accepted []*mail.Address, refused []refusal, err error) {
	for _, who := range to {
		err := s.client.Rcpt(envelope(who))
		reply, ok := errors.AsType[*textproto.Error](err)
		switch {
		case err == nil:
			accepted = append(accepted, who)
		case !ok || reply.Code == 421: // the server closes the connection
			return nil, nil, s.faults.fault(recipient, err)
		default:
			refused = append(refused, refusal{who, reply})
		}
	}
	return accepted, refused, nil
}

// deliver sends the letter. Once the last dot may have left, a lost connection
// leaves open whether the mail was delivered.
func (s *session) deliver(letter []byte) error {
	w, err := s.client.Data()
	if err != nil {
		return s.faults.fault(content, err)
	}
	if _, err := w.Write(letter); err != nil {
		return s.faults.fault(content, err) // w stays open: to close it would send the dot
	}
	if err := w.Close(); err != nil {
		fault := s.faults.fault(content, err)
		if _, answered := errors.AsType[*textproto.Error](err); !answered {
			fault.Maybe = true
		}
		return fault
	}
	return nil
}

// close says goodbye. What goes wrong with that is nobody's business.
func (s *session) close() {
	if s.ctx.Err() == nil {
		s.conn.SetDeadline(time.Now().Add(quitLimit))
		_ = s.client.Quit()
	}
	s.abandon()
}

func (s *session) abandon() {
	s.free()
	s.conn.Close()
}

// greetingName returns what to call this host in the greeting: its name when
// that has a domain, and otherwise its address, as servers refuse bare names.
func greetingName(name string, local net.Addr) string {
	name = strings.TrimSuffix(name, ".")
	if strings.Contains(name, ".") && !strings.ContainsFunc(name, notInHost) {
		return name
	}
	ap, err := netip.ParseAddrPort(local.String())
	if err != nil {
		return "[127.0.0.1]"
	}
	ip := ap.Addr().Unmap().WithZone("")
	if ip.Is6() {
		return "[IPv6:" + ip.String() + "]"
	}
	return "[" + ip.String() + "]"
}
