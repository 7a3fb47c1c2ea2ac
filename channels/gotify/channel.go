package gotify

import (
	"context"
	"net/http"

	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// channel is one application on a server.
type channel struct {
	client *httpsend.Client
	url    event.Secret // no secret by itself, but nothing shows it by accident
	token  event.Secret
}

// String names the channel without its fields.
func (c *channel) String() string { return "gotify application" }

// GoString hides the fields from %#v.
func (c *channel) GoString() string { return c.String() }

// Send delivers m as described by channels.Channel.
func (c *channel) Send(ctx context.Context, m *event.Message) (event.Receipt, error) {
	// In a header the token stays out of the logs of proxies.
	header := http.Header{"X-Gotify-Key": {c.token.Reveal()}}
	answer, err := c.client.PostJSON(ctx, c.url, header, render(m))
	if err != nil {
		return event.Receipt{}, err
	}
	if !answer.OK() {
		return event.Receipt{}, c.refusal(answer)
	}
	id, ok := messageID(answer)
	if !ok {
		return event.Receipt{}, &event.SendError{
			Class: event.Target, Code: "not_gotify",
			Why: "what answers at the channel's address is not Gotify: it took the message without giving it an id",
			Do:  "check url, and whether a sign-in page or another site stands before the server",
		}
	}
	return event.Receipt{MessageID: id}, nil
}
