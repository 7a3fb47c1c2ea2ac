package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"tocsin/channels"
	"tocsin/channels/httpsend"
	"tocsin/channels/progress"
	"tocsin/engine/event"
)

// sendTime is how long one attempt may take when the caller sets no deadline.
const sendTime = 15 * time.Second

// poster carries a request to a webhook.
type poster interface {
	PostJSON(ctx context.Context, url event.Secret, header http.Header, body any) (*httpsend.Answer, error)
}

// channel is one webhook.
type channel struct {
	client   poster
	url      event.Secret // with its query
	token    event.Secret // the secret part of url, to keep out of errors
	username string
	gate     gate
	progress progress.Memory
}

// String names the channel without its URL.
func (c *channel) String() string { return "discord webhook" }

// GoString hides the fields from %#v.
func (c *channel) GoString() string { return c.String() }

// Pace implements channels.Paced. Seen in practice: a webhook takes 5 requests in
// 2 seconds and 30 in a minute. A burst of 5 and 25 more stay within both.
func (c *channel) Pace() channels.Pace {
	return channels.Pace{Every: 2400 * time.Millisecond, Burst: 5}
}

// Send delivers m as described by channels.Channel. An attempt that fails
// after some posts went out is taken up behind them when m is sent again.
func (c *channel) Send(ctx context.Context, m *event.Message) (event.Receipt, error) {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, sendTime)
		defer cancel()
	}
	posts := render(m, c.username)
	digests := make([]progress.Digest, len(posts))
	for i := range posts {
		digests[i] = digestOf(&posts[i])
	}
	return c.progress.Deliver(m.ID, digests, func(i int) (string, error) { return c.post(ctx, &posts[i]) })
}

// post sends p and returns the id of the message that it became.
func (c *channel) post(ctx context.Context, p *post) (string, error) {
	if err := c.gate.pass(ctx); err != nil {
		return "", err
	}
	answer, err := c.client.PostJSON(ctx, c.url, nil, p)
	if err != nil {
		return "", err
	}
	c.gate.learn(answer.Header)
	if !answer.OK() {
		refused := c.refusal(answer)
		if refused.Code == "rate_limited" {
			c.gate.shut(refused.RetryAfter)
		}
		return "", refused
	}
	if answer.Foreign() {
		return "", &event.SendError{
			Class: event.Temporary, Code: "bad_answer",
			Why: "what answered at Discord's address is not Discord",
			Do:  "look whether a proxy or a login page of the network stands in the way; it is sent again",
		}
	}
	var saved struct {
		ID string `json:"id"`
	}
	// The message arrived also where the answer broke off; without an id it can
	// only not be answered later.
	_ = json.Unmarshal(answer.Body, &saved)
	return saved.ID, nil
}
