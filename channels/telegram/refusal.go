package telegram

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// codeMarkup is the code of a refusal for markup that Telegram cannot read.
const codeMarkup = "markup_refused"

// migration is the refusal of a group that has become a supergroup.
type migration struct {
	*event.SendError
	to int64
}

// Unwrap returns the refusal that people see.
func (m *migration) Unwrap() error { return m.SendError }

// refusal puts a refusal of the API into words. The texts of the API decide
// where they are known, else its code does.
func (c *channel) refusal(answer *httpsend.Answer, r *reply) error {
	status := r.Code
	if status == 0 {
		status = answer.Status
	}
	e := (&httpsend.Answer{Status: status, Header: answer.Header}).Refusal("Telegram")
	v, known := verdictOn(status, r.Description)
	if known {
		e.Class, e.Code, e.Do = v.class, v.code, v.do
	}
	e.Why = fmt.Sprintf("Telegram answered %d", status)
	if r.Description != "" {
		e.Why += " (" + c.quote(r.Description) + ")"
	}
	if v.means != "" {
		e.Why += ": " + v.means
	}
	if c.own && e.Code == "bad_token" {
		e.Do += "; check also that api_url is the address of a Bot API server"
	}
	if e.Class == event.Temporary {
		// The three say the same where they are all there; waiting shorter than
		// any of them lengthens the wait.
		e.RetryAfter = max(httpsend.Seconds(r.Parameters.RetryAfter), httpsend.RetryAfter(answer.Header, time.Now()), spelt(r.Description))
	} else {
		e.RetryAfter = 0
	}
	if r.Parameters.MovedTo != 0 {
		return &migration{SendError: e, to: r.Parameters.MovedTo}
	}
	return e
}

// quote makes what the server said fit for one line, without the token.
func (c *channel) quote(text string) string {
	const longest = 200
	token := c.token.Reveal()
	_, key, _ := strings.Cut(token, ":")
	for _, secret := range []string{token, url.QueryEscape(token), key} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, c.token.String())
		}
	}
	return event.Clip(event.OneLine(event.Clean(text)), longest)
}

// verdict is what a refusal means.
type verdict struct {
	status   int    // 0: any
	fragment string // of the description, in lower case
	class    event.Class
	code     string
	means    string // clause for the operator; empty: the description says it
	do       string
}

// verdictOn returns the first verdict that fits.
func verdictOn(status int, description string) (verdict, bool) {
	description = strings.ToLower(description)
	for _, v := range verdicts() {
		if (v.status == 0 || v.status == status) && strings.Contains(description, v.fragment) {
			return v, true
		}
	}
	return verdict{}, false
}

const (
	pressStart = "open the bot in Telegram with the account of chat_id and press Start"
	addBot     = "add the bot to the chat again"
	otherChat  = "set chat_id to another chat"
	giveRights = "let the bot send messages there; in a channel it must be an administrator"
)

// verdicts lists the refusals that are known, special ones before general ones.
// Their texts are no promise of Telegram's, so the codes stand behind them.
func verdicts() []verdict {
	const target, unfit, temporary = event.Target, event.Unfit, event.Temporary
	return []verdict{
		// What is known by its words, whatever the status.
		{0, "can't parse entities", unfit, codeMarkup, "", "look at the message in the history for what is odd about it"},
		{0, "message is too long", unfit, "too_large", "", "shorten the template of this event"},
		{0, "text is empty", unfit, "empty", "nothing is left that can be seen", "give the template of this event a text"},
		{0, "text must be non-empty", unfit, "empty", "nothing is left that can be seen", "give the template of this event a text"},
		{0, "upgraded to a supergroup", target, "chat_moved", "the group has got a new id", "set chat_id to the id of the supergroup"},
		{0, "chat not found", target, "chat_not_found", "chat_id is wrong, or the bot has never seen that chat", "check chat_id; " + pressStart + ", or add the bot to the group"},
		{0, "peer_id_invalid", target, "chat_not_found", "chat_id is wrong, or the bot has never seen that chat", "check chat_id; " + pressStart + ", or add the bot to the group"},
		{0, "chat_id is empty", target, "chat_not_found", "", "set chat_id"},
		{0, "message thread not found", target, "topic_not_found", "there is no such topic, or it was deleted", "correct topic_id, or leave it out to send to the chat itself"},
		{0, "topic_deleted", target, "topic_not_found", "the topic was deleted", "correct topic_id, or leave it out to send to the chat itself"},
		{0, "topic_closed", target, "topic_closed", "the topic takes no messages", "open the topic again, or make the bot an administrator of the group"},
		{0, "not enough rights", target, "no_rights", "", giveRights},
		{0, "have no rights", target, "no_rights", "", giveRights},
		{0, "need administrator rights", target, "no_rights", "", giveRights},
		{0, "chat_write_forbidden", target, "no_rights", "", giveRights},
		{0, "chat_admin_required", target, "no_rights", "", giveRights},
		{0, "blocked by the user", target, "bot_blocked", "", "unblock the bot in Telegram, or take it out of this channel"},
		{0, "user is deactivated", target, "chat_gone", "the account was deleted", otherChat},
		{0, "can't initiate conversation", target, "not_started", "a bot cannot write first", pressStart},
		{0, "can't send messages to bots", target, "chat_is_bot", "chat_id is the number of a bot", otherChat},
		{0, "can't send messages to the bot", target, "chat_is_bot", "chat_id is the number of a bot", otherChat},
		{0, "bot was kicked", target, "bot_removed", "", addBot},
		{0, "is not a member", target, "bot_removed", "", addBot},
		{0, "channel_private", target, "bot_removed", "", addBot},
		{0, "chat was deleted", target, "chat_gone", "", otherChat},
		{0, "chat was deactivated", target, "chat_gone", "", otherChat},
		// What is known by its status alone.
		{http.StatusUnauthorized, "", target, "bad_token", "the bot token is wrong or was revoked", "copy the current token from @BotFather into bot_token"},
		{http.StatusNotFound, "", target, "bad_token", "the bot token is wrong", "copy the current token from @BotFather into bot_token"},
		{http.StatusForbidden, "", target, "forbidden", "", "check that the bot may write to the chat of chat_id"},
		{http.StatusConflict, "", temporary, "conflict", "", "it is sent again by itself"},
		{http.StatusRequestEntityTooLarge, "", unfit, "too_large", "", "shorten the template of this event"},
		{http.StatusTooManyRequests, "", temporary, "rate_limited", "too many messages in a short time", "it is sent as soon as Telegram takes messages again"},
	}
}
