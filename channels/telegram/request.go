package telegram

import (
	"bytes"
	"context"
	"encoding/json"

	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// request is the body of sendMessage.
type request struct {
	Chat    any     `json:"chat_id"`
	Topic   int64   `json:"message_thread_id,omitempty"`
	Text    string  `json:"text"`
	Mode    string  `json:"parse_mode,omitempty"`
	Preview preview `json:"link_preview_options"`
}

type preview struct {
	Off bool `json:"is_disabled"`
}

// reply is every answer of the API.
type reply struct {
	OK          bool   `json:"ok"`
	Code        int    `json:"error_code"`
	Description string `json:"description"`
	Parameters  struct {
		MovedTo    int64   `json:"migrate_to_chat_id"`
		RetryAfter float64 `json:"retry_after"` // seconds
	} `json:"parameters"`
	Result json.RawMessage `json:"result"`
}

// messageID returns the id of the message sent. The message arrived whatever
// else the result holds, so that one without an id is no fault.
func (r *reply) messageID() int64 {
	var sent struct {
		ID int64 `json:"message_id"`
	}
	_ = json.Unmarshal(r.Result, &sent)
	return sent.ID
}

// post sends text to chat and returns the id of the message that it became; 0
// when the answer got lost behind its status.
func (c *channel) post(ctx context.Context, chat any, text, mode string) (int64, error) {
	answer, err := c.client.PostJSON(ctx, c.url, nil, request{Chat: chat, Topic: c.topic, Text: text, Mode: mode, Preview: preview{Off: true}})
	if err != nil {
		return 0, err
	}
	var r reply
	if err := json.Unmarshal(answer.Body, &r); err != nil {
		return 0, c.unread(answer)
	}
	switch {
	case r.OK:
		return r.messageID(), nil
	case answer.OK() && r.Code == 0 && r.Description == "": // another service's
		return 0, badAnswer(false)
	}
	return 0, c.refusal(answer, &r)
}

// acceptance is how the API begins its answer to a message that it took.
const acceptance = `{"ok":true`

// unread judges an answer that is not the API's: of a gateway on the way, or
// one that broke off. The latter is a success when its status says so and what
// came of it says nothing else.
func (c *channel) unread(answer *httpsend.Answer) error {
	if !answer.OK() {
		refused := answer.Refusal("Telegram")
		if c.own && refused.Class == event.Target {
			refused.Do = "check api_url: it must be the address of a Bot API server, without /bot and what follows"
		}
		return refused
	}
	if bytes.HasPrefix(answer.Body, []byte(acceptance)) || answer.Partial && !answer.Foreign() {
		return nil
	}
	return badAnswer(!answer.Foreign())
}

// badAnswer tells that something else answered than the API. Where it may have
// been the API's answer that was lost, the message may have arrived.
func badAnswer(lost bool) error {
	return &event.SendError{
		Class: event.Temporary, Code: "bad_answer", Maybe: lost,
		Why: "what answered at Telegram's address is not the Bot API",
		Do:  "check api_url, and whether a proxy or a login page of the network stands in the way; it is sent again",
	}
}
