package email

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/netip"
	"os"
	"time"

	"tocsin/channels"
	"tocsin/engine/event"
)

// sendLimit is how long one mail may take, from the connection to the last
// answer.
const sendLimit = 60 * time.Second

// channel sends mail by one server from one sender to the same recipients.
type channel struct {
	settings
	refuse  func(netip.AddrPort) bool
	roots   *x509.CertPool
	name    string // of this host, to greet with; empty: unknown
	arrived arrivals
}

func newChannel(opts Options, v channels.Values) (channels.Channel, error) {
	s, err := readSettings(v)
	if err != nil {
		return nil, err
	}
	name, err := os.Hostname()
	if err != nil {
		name = "" // the address is good enough to greet with
	}
	return &channel{settings: *s, refuse: opts.Refuse, roots: opts.Roots, name: name}, nil
}

// String tells where the channel sends to, and hides the login.
func (c *channel) String() string {
	return fmt.Sprintf("email from %s by %s", c.from.Address, c.server())
}

// GoString hides the login from %#v.
func (c *channel) GoString() string { return c.String() }

// Pace implements channels.Paced. SMTP has no limit of its own, but a hundred
// mails at once look like an attack, and large services lock the account.
func (c *channel) Pace() channels.Pace { return channels.Pace{Every: time.Second, Burst: 10} }

// Send implements channels.Channel. A recipient whom the server refuses does
// not keep the mail from the others: they get it now, and the error tells who
// did not. Sent again, the same message goes to those alone.
func (c *channel) Send(ctx context.Context, m *event.Message) (event.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	id := messageID(m, c.from)
	letter, err := c.compose(m, id, time.Now())
	if err != nil {
		return event.Receipt{}, fmt.Errorf("compose mail: %w", err)
	}
	s, err := c.open(ctx)
	if err != nil {
		return event.Receipt{}, err
	}
	defer s.close()
	return event.Receipt{MessageID: id}, c.transmit(s, id, letter)
}

// transmit gives the letter to the server for everybody who lacks it.
func (c *channel) transmit(s *session, id string, letter []byte) error {
	if err := s.begin(len(letter)); err != nil {
		return err
	}
	accepted, refused, err := s.address(c.arrived.missing(id, c.to))
	if err != nil {
		return err
	}
	if len(accepted) > 0 {
		if err := s.deliver(letter); err != nil {
			return err
		}
		c.arrived.add(id, accepted)
	}
	if len(refused) == 0 {
		c.arrived.forget(id)
		return nil
	}
	return s.faults.undelivered(refused, c.arrived.count(id))
}
