package email

import (
	"context"
	"fmt"
	"os"
	"slices"
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
	options Options
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
	return &channel{settings: *s, options: opts, name: name}, nil
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
// not keep the mail from the others: they get it now. Where that is for now, the
// error tells who lacks it, and the same message sent again goes to those alone;
// where it is for good, the mail counts as delivered and the note tells.
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
	receipt := event.Receipt{MessageID: id}
	refused, err := c.transmit(s, id, letter)
	if err != nil {
		return receipt, err
	}
	have := c.arrived.count(id)
	if len(refused) > 0 && (have == 0 || slices.ContainsFunc(refused, refusal.isPassing)) {
		return receipt, s.faults.undelivered(refused, have)
	}
	c.arrived.forget(id)
	receipt.Note = s.faults.note(refused)
	return receipt, nil
}

// transmit gives the letter to the server for everybody who lacks it, and
// returns those whom the server refused.
func (c *channel) transmit(s *session, id string, letter []byte) ([]refusal, error) {
	if err := s.begin(len(letter)); err != nil {
		return nil, err
	}
	accepted, refused, err := s.address(c.arrived.missing(id, c.to))
	if err != nil || len(accepted) == 0 {
		return refused, err
	}
	if err := s.deliver(letter); err != nil {
		return nil, err
	}
	c.arrived.add(id, accepted)
	return refused, nil
}
