package matrix

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"tocsin/channels/httpsend"
	"tocsin/channels/progress"
	"tocsin/engine/event"
)

// channel is a user of a homeserver, in some rooms.
type channel struct {
	client   *httpsend.Client
	server   string
	user     string
	password event.Secret
	fixed    bool // the token is the operator's own
	rooms    []string
	notice   bool

	session session
	sent    progress.Memory
}

// String names the channel without its fields.
func (c *channel) String() string { return "Matrix rooms" }

// GoString hides the fields from %#v.
func (c *channel) GoString() string { return c.String() }

// Send delivers m as described by channels.Channel.
func (c *channel) Send(ctx context.Context, m *event.Message) (event.Receipt, error) {
	type one struct {
		room string
		content
		txn string
	}
	var all []one
	var digests []progress.Digest
	for _, room := range c.rooms {
		for i, part := range c.render(m) {
			all = append(all, one{room, part, fmt.Sprintf("tocsin-%s-%d", m.ID, i)})
			digests = append(digests, progress.DigestOf(fmt.Appendf(nil, "%s\x00%d\x00%s", room, i, part.Body)))
		}
	}
	return c.sent.Deliver(m.ID, digests, func(i int) (string, error) {
		return c.deliver(ctx, all[i].room, all[i].txn, &all[i].content)
	})
}

// deliver sends one event. A session that the server has ended is opened anew,
// once.
func (c *channel) deliver(ctx context.Context, room, txn string, part *content) (string, error) {
	id, err := c.try(ctx, room, txn, part)
	if refused, ok := err.(*event.SendError); ok && refused.Code == "bad_token" && !c.fixed && c.session.forget() {
		return c.try(ctx, room, txn, part)
	}
	return id, err
}

func (c *channel) try(ctx context.Context, room, txn string, part *content) (string, error) {
	if err := c.signIn(ctx); err != nil {
		return "", err
	}
	joined, err := c.join(ctx, room)
	if err != nil {
		return "", err
	}
	var answer struct {
		ID string `json:"event_id"`
	}
	path := "/rooms/" + url.PathEscape(joined) + "/send/m.room.message/" + url.PathEscape(txn)
	whole, err := c.call(ctx, http.MethodPut, path, part, &answer)
	if err != nil {
		return "", err
	}
	if whole && answer.ID == "" {
		return "", foreign()
	}
	return event.Clip(event.OneLine(event.Clean(answer.ID)), 200), nil
}
