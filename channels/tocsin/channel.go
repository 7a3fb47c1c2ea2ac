package tocsin

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"tocsin/channels"
	"tocsin/channels/httpsend"
	"tocsin/channels/signature"
	"tocsin/engine/event"
)

// mostHops is how many tocsins an event may pass. It is far more than anybody
// builds: what gets there goes round.
const mostHops = 8

// channel is another tocsin.
type channel struct {
	client   *httpsend.Client
	instance string       // of this one
	host     string       // of the other, for errors
	url      event.Secret // no secret by itself, but nothing shows it by accident
	token    event.Secret
	key      signature.Key // in place of a token
	hidden   event.Secret  // the one of the two, for errors
}

// String names the channel without its fields.
func (c *channel) String() string { return "tocsin" }

// GoString hides the fields from %#v.
func (c *channel) GoString() string { return c.String() }

// Pace is what the other one's webhook takes by default; its API takes more than
// comes.
func (c *channel) Pace() channels.Pace {
	if c.key.IsSet() {
		return channels.Pace{Every: 500 * time.Millisecond, Burst: 60}
	}
	return channels.Pace{}
}

// Send delivers m as described by channels.Channel.
func (c *channel) Send(ctx context.Context, m *event.Message) (event.Receipt, error) {
	if e := m.Event; e != nil && len(e.Via) >= mostHops {
		return event.Receipt{}, &event.SendError{
			Class: event.Unfit, Code: "too_many_hops",
			Why: "the event has passed " + strconv.Itoa(len(e.Via)) + " tocsins, so it goes round between them",
			Do:  `give the channel when = "event.source != 'forward'" on one of them`,
		}
	}
	req, err := c.request(ctx, m)
	if err != nil {
		return event.Receipt{}, err
	}
	answer, err := c.client.Do(req)
	if err != nil {
		return event.Receipt{}, err
	}
	if !answer.OK() {
		return event.Receipt{}, c.refusal(answer)
	}
	return c.receipt(answer)
}

// request composes the request for m.
func (c *channel) request(ctx context.Context, m *event.Message) (*http.Request, error) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(c.render(m)); err != nil {
		return nil, &event.SendError{
			Class: event.Unfit, Code: "internal", Why: "the event could not be written as JSON", Do: "this is a fault in tocsin, please report it",
		}
	}
	text := bytes.TrimSpace(body.Bytes())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url.Reveal(), bytes.NewReader(text))
	if err != nil {
		return nil, &event.SendError{
			Class: event.Target, Code: "bad_url",
			Why: "the channel's address is not a URL that a request can be sent to", Do: "correct url in the channel block",
		}
	}
	req.Header.Set("Content-Type", "application/json")
	if c.token.IsSet() {
		req.Header.Set("Authorization", "Bearer "+c.token.Reveal())
		return req, nil
	}
	id, now := signature.ID(m.ID), time.Now()
	req.Header.Set(signature.IDHeader, id)
	req.Header.Set(signature.TimeHeader, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(signature.SignatureHeader, c.key.Sign(id, now, text))
	return req, nil
}
