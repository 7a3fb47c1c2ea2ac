package discord

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// fault is Discord's own answer to a request that it refused.
type fault struct {
	Code       int             `json:"code"`
	Message    string          `json:"message"`
	RetryAfter float64         `json:"retry_after"` // seconds
	Errors     json.RawMessage `json:"errors"`      // a tree by the names of fields
}

// refusal turns an answer that is no success into an error. Discord's code
// decides; answers without one come from a proxy or from the guard before
// Discord, where the status decides.
func (c *channel) refusal(answer *httpsend.Answer) *event.SendError {
	refused := answer.Refusal("Discord")
	var f fault
	if json.Unmarshal(answer.Body, &f) != nil {
		f = fault{}
	}
	if answer.Status == http.StatusTooManyRequests {
		return rateLimited(max(refused.RetryAfter, httpsend.Seconds(f.RetryAfter), windowEnd(answer.Header)))
	}
	if f.Code == 0 { // not Discord's own words
		if answer.Status == http.StatusForbidden {
			refused.Do = "Discord's guard refuses this computer's address or this request: look whether the webhook works from elsewhere"
		}
		return refused
	}
	path, leaf := firstLeaf(f.Errors)
	if v, ok := verdictOf(f.Code, path); ok {
		refused.Class, refused.Code, refused.Do = v.class, v.word, v.remedy
	}
	said := f.Message
	if leaf != "" {
		said = strings.Join(path, ".") + ": " + leaf
	}
	refused.Why = c.redact(fmt.Sprintf("Discord answered %d with code %d (%s)", answer.Status, f.Code, said))
	return refused
}

// verdict is what a code of Discord means for a message and its channel.
type verdict struct {
	class  event.Class
	word   string
	remedy string
}

// verdictOf returns the verdict for a code; path leads to the field that is
// wrong, if one is.
func verdictOf(code int, path []string) (verdict, bool) {
	switch code {
	case 10015:
		return verdict{event.Target, "webhook_gone", "the webhook was deleted: make a new one and set its webhook_url"}, true
	case 50027:
		return verdict{event.Target, "bad_token", "copy the webhook's URL again: it is not the one that Discord shows"}, true
	case 10003, 10008:
		return verdict{event.Target, "thread_gone", "the channel or thread is gone: correct thread_id or leave it out"}, true
	case 220001:
		return verdict{event.Target, "thread_needed", "the webhook belongs to a forum channel: set thread_id to one of its posts"}, true
	case 220003:
		return verdict{event.Target, "no_forum", "the webhook's channel is no forum: leave out thread_id"}, true
	case 50083, 160005:
		return verdict{event.Target, "thread_closed", "the thread is archived or locked: open it, or correct thread_id"}, true
	case 50001, 50013:
		return verdict{event.Target, "forbidden", "the webhook may not post there: look at the channel's permissions"}, true
	case 200000, 200001, 240000:
		return verdict{event.Unfit, "blocked_text", "the server's filter refuses this text: allow the webhook's messages in AutoMod"}, true
	case 40005:
		return verdict{event.Unfit, "too_large", "the message is too large and is sent again plain and cut"}, true
	case 50006, 50109:
		return verdict{event.Unfit, "rejected", "the message is sent again plain and cut"}, true
	case 50035:
		return verdictOfField(path), true
	}
	return verdict{}, false
}

// verdictOfField returns the verdict for a field that Discord found wrong:
// those of the configuration are wrong for every message.
func verdictOfField(path []string) verdict {
	if len(path) > 0 {
		switch name := path[0]; name {
		case "username", "thread_id":
			return verdict{event.Target, "bad_" + name, "correct " + name + " in the channel's block"}
		case "webhook_id":
			return verdict{event.Target, "bad_webhook", "copy the webhook's URL again: its number is wrong"}
		}
	}
	return verdict{event.Unfit, "rejected", "the message is sent again plain and cut"}
}

// firstLeaf returns the first fault of an errors tree and the names that lead
// to it. Any other shape is no fault: the code alone decides then.
func firstLeaf(tree json.RawMessage) (path []string, message string) {
	const deepest = 8
	for range deepest {
		var branches map[string]json.RawMessage
		if json.Unmarshal(tree, &branches) != nil || len(branches) == 0 {
			return path, ""
		}
		if leaves, ok := branches["_errors"]; ok {
			var faults []struct{ Message string }
			if json.Unmarshal(leaves, &faults) != nil || len(faults) == 0 {
				return path, ""
			}
			return path, faults[0].Message
		}
		name := slices.Min(slices.Collect(maps.Keys(branches)))
		path, tree = append(path, name), branches[name]
	}
	return path, ""
}

// redact makes a text of the service fit to show: one short line without the
// token.
func (c *channel) redact(text string) string {
	const longest = 300
	if c.token.IsSet() {
		text = strings.ReplaceAll(text, c.token.Reveal(), c.token.String())
	}
	return event.Clip(event.OneLine(event.Clean(text)), longest)
}
