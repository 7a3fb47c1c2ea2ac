package webhook

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"time"

	"tocsin/channels/httpsend"
	"tocsin/channels/signature"
	"tocsin/engine/event"
	"tocsin/templates"
)

// channel is one address.
type channel struct {
	client      *httpsend.Client
	url         event.Secret
	host        string // of url, for errors
	method      string
	headers     http.Header
	contentType string
	json        bool                // the body claims to be JSON
	body        *templates.Template // nil: the whole document
	key         signature.Key       // unset: nothing is signed
	hidden      []string            // what no error may show
}

// String names the channel without its fields.
func (c *channel) String() string { return "webhook" }

// GoString hides the fields from %#v.
func (c *channel) GoString() string { return c.String() }

// Send delivers m as described by channels.Channel.
func (c *channel) Send(ctx context.Context, m *event.Message) (event.Receipt, error) {
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
	return event.Receipt{}, nil
}

// request composes the request for m. Its id is that of the message, so the same
// when it is sent again.
func (c *channel) request(ctx context.Context, m *event.Message) (*http.Request, error) {
	var body []byte
	if c.method != http.MethodGet {
		var err error
		if body, err = c.render(m); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, c.method, c.url.Reveal(), bytes.NewReader(body))
	if err != nil { // its text holds the URL
		return nil, &event.SendError{
			Class: event.Target, Code: "bad_url",
			Why: "the channel's address is not a URL that a request can be sent to", Do: "correct url in the channel block",
		}
	}
	for name, values := range c.headers {
		req.Header[name] = values
	}
	if c.method != http.MethodGet {
		req.Header.Set("Content-Type", c.contentType)
	}
	id, now := signature.ID(m.ID), time.Now()
	req.Header.Set(signature.IDHeader, id)
	req.Header.Set(signature.TimeHeader, strconv.FormatInt(now.Unix(), 10))
	if c.key.IsSet() {
		req.Header.Set(signature.SignatureHeader, c.key.Sign(id, now, body))
	}
	return req, nil
}
