package telegram

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"tocsin/channels/httpsend"
	"tocsin/channels/progress"
	"tocsin/engine/event"
)

// sendTime is how long a send may take when the caller sets no deadline.
const sendTime = 15 * time.Second

// channel is one chat, or one topic of it.
type channel struct {
	client *httpsend.Client
	url    event.Secret // of sendMessage, with the token
	token  event.Secret // to keep out of errors
	own    bool         // the server is not Telegram's
	chat   any          // int64, or "@name"
	topic  int64        // 0: none

	moved    atomic.Int64 // id of the supergroup that the chat became; 0: it did not
	progress progress.Memory
}

// String names the channel without its token.
func (c *channel) String() string { return fmt.Sprintf("telegram chat %v", c.chat) }

// GoString hides the fields from %#v.
func (c *channel) GoString() string { return c.String() }

// Send delivers m as described by channels.Channel. When it fails after some
// parts went out, the next send of the same message goes on behind them. The
// receipt is that of the first part.
func (c *channel) Send(ctx context.Context, m *event.Message) (event.Receipt, error) {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, sendTime)
		defer cancel()
	}
	parts := compose(m)
	digests := make([]progress.Digest, len(parts))
	for i, p := range parts {
		digests[i] = progress.DigestOf([]byte(p.text + "\x00" + p.html))
	}
	receipt, err := c.progress.Deliver(m.ID, digests, func(i int) (string, error) {
		id, err := c.deliver(ctx, parts[i])
		if err != nil {
			return "", placed(err, i, len(parts))
		}
		return idText(id), nil
	})
	if err == nil {
		receipt.Note = c.advice()
	}
	return receipt, err
}

// idText returns the id of a message as text; nothing for none.
func idText(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// placed says which part of several an error is about.
func placed(err error, i, n int) error {
	e, ok := errors.AsType[*event.SendError](err)
	if !ok || n == 1 {
		return err
	}
	there := *e // the error belongs to whoever made it
	there.Why = fmt.Sprintf("part %d of %d: %s", i+1, n, e.Why)
	return &there
}

// deliver sends one part, without markup when Telegram cannot read it, and
// returns the id of the message that it became.
func (c *channel) deliver(ctx context.Context, p part) (int64, error) {
	if p.html == "" {
		return c.follow(ctx, p.text, "")
	}
	id, err := c.follow(ctx, p.html, "HTML")
	if e, ok := errors.AsType[*event.SendError](err); ok && e.Code == codeMarkup {
		return c.follow(ctx, p.text, "")
	}
	return id, err
}

// follow sends text to the chat, or to the supergroup that the chat has become.
// Telegram tells its id in the refusal, once: from then on it is kept in mind.
func (c *channel) follow(ctx context.Context, text, mode string) (int64, error) {
	id, err := c.post(ctx, c.destination(), text, mode)
	if m, ok := errors.AsType[*migration](err); ok && c.moved.Swap(m.to) != m.to {
		id, err = c.post(ctx, m.to, text, mode)
	}
	if e, ok := errors.AsType[*event.SendError](err); ok && e.Class == event.Target && c.moved.Load() != 0 {
		there := *e
		there.Do = c.advice() + "; " + e.Do
		return 0, &there
	}
	return id, err
}

// destination is the chat to send to.
func (c *channel) destination() any {
	if id := c.moved.Load(); id != 0 {
		return id
	}
	return c.chat
}

// advice tells what to change in the channel's block; nothing when all is well.
// Another start of tocsin would have to ask for the new id again.
func (c *channel) advice() string {
	id := c.moved.Load()
	if id == 0 {
		return ""
	}
	return fmt.Sprintf("the group has become a supergroup: set chat_id to \"%d\"", id)
}
