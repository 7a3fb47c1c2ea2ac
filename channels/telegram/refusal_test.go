package telegram

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels"
	"tocsin/engine/event"
)

// failing sends to a server that answers once as given, and returns the error.
func failing(t *testing.T, answer func(request) (int, string)) *event.SendError {
	t.Helper()
	s := startServer(t)
	s.always = answer
	m := sample()
	_, err := s.open(t, nil).Send(t.Context(), &m)
	e, ok := errors.AsType[*event.SendError](err)
	if !ok {
		t.Fatalf("got the error %v", err)
	}
	if strings.Contains(e.Error(), testToken[11:]) || strings.Contains(e.Error(), "sendMessage") {
		t.Errorf("the error shows the token or the path: %v", e)
	}
	if e.Why == "" || e.Do == "" {
		t.Errorf("the error is not complete: %#v", e)
	}
	return e
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		code        int
		description string
		class       event.Class
		want        string
		do          string
	}{
		{401, "Unauthorized", event.Target, "bad_token", "@BotFather"},
		{401, "Unauthorized: invalid token specified", event.Target, "bad_token", "@BotFather"},
		{404, "Not Found", event.Target, "bad_token", "api_url"},
		{400, "Bad Request: chat not found", event.Target, "chat_not_found", "chat_id"},
		{400, "Bad Request: chat_id is empty", event.Target, "chat_not_found", "chat_id"},
		{400, "Bad Request: PEER_ID_INVALID", event.Target, "chat_not_found", "chat_id"},
		{400, "Bad Request: group chat was upgraded to a supergroup chat", event.Target, "chat_moved", "supergroup"},
		{400, "Bad Request: message thread not found", event.Target, "topic_not_found", "topic_id"},
		{400, "Bad Request: TOPIC_DELETED", event.Target, "topic_not_found", "topic_id"},
		{400, "Bad Request: TOPIC_CLOSED", event.Target, "topic_closed", "topic"},
		{400, "Bad Request: message text is empty", event.Unfit, "empty", "template"},
		{400, "Bad Request: message is too long", event.Unfit, "too_large", "template"},
		{400, "Bad Request: can't parse entities: unsupported start tag", event.Unfit, "markup_refused", "history"},
		{400, "Bad Request: not enough rights to send text messages to the chat", event.Target, "no_rights", "administrator"},
		{400, "Bad Request: need administrator rights in the channel chat", event.Target, "no_rights", "administrator"},
		{400, "Bad Request: have no rights to send a message", event.Target, "no_rights", "administrator"},
		{400, "Bad Request: group chat was deactivated", event.Target, "chat_gone", "another chat"},
		{400, "Bad Request: CHANNEL_PRIVATE", event.Target, "bot_removed", "add the bot"},
		{400, "Bad Request: something never heard of", event.Unfit, "rejected", "history"},
		{403, "Forbidden: bot was blocked by the user", event.Target, "bot_blocked", "unblock"},
		{403, "Forbidden: user is deactivated", event.Target, "chat_gone", "another chat"},
		{403, "Forbidden: bot can't initiate conversation with a user", event.Target, "not_started", "press Start"},
		{403, "Forbidden: bot can't send messages to bots", event.Target, "chat_is_bot", "another chat"},
		{403, "Forbidden: bot was kicked from the supergroup chat", event.Target, "bot_removed", "add the bot"},
		{403, "Forbidden: bot is not a member of the channel chat", event.Target, "bot_removed", "add the bot"},
		{403, "Forbidden: the group chat was deleted", event.Target, "chat_gone", "another chat"},
		{403, "Forbidden: for another reason", event.Target, "forbidden", "chat_id"},
		{409, "Conflict: terminated by other request", event.Temporary, "conflict", "again"},
		{413, "Request Entity Too Large", event.Unfit, "too_large", "template"},
		{429, "Too Many Requests: slow down", event.Temporary, "rate_limited", "again"},
		{500, "Internal Server Error: restart", event.Temporary, "server_error", "again"},
		{502, "Bad Gateway", event.Temporary, "server_error", "again"},
	} {
		t.Run(c.description, func(t *testing.T) {
			e := failing(t, refuse(c.code, c.description+" "+testToken, ""))
			if e.Class != c.class || e.Code != c.want || !strings.Contains(e.Do, c.do) {
				t.Errorf("got %s %s, do %q", e.Class, e.Code, e.Do)
			}
			if !strings.Contains(e.Why, c.description) {
				t.Errorf("why does not say what Telegram said: %s", e.Why)
			}
			if e.RetryAfter != 0 || e.Maybe {
				t.Errorf("RetryAfter %v, Maybe %v", e.RetryAfter, e.Maybe)
			}
		})
	}
}

// TestOtherAnswers covers what is not in the API's form.
func TestOtherAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		class  event.Class
		code   string
	}{
		"ok false in a 200":         {200, `{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}`, event.Target, "chat_not_found"},
		"ok false without a code":   {200, `{"ok":false,"description":"Bad Request: chat not found"}`, event.Target, "chat_not_found"},
		"nothing said":              {200, `{}`, event.Temporary, "bad_answer"},
		"status without error_code": {403, `{"ok":false}`, event.Target, "forbidden"},
		"login page":                {200, `<html>please log in</html>`, event.Temporary, "bad_answer"},
		"gateway page":              {502, `<html>Bad Gateway</html>`, event.Temporary, "server_error"},
		"wrong server":              {404, `404 page not found`, event.Target, "not_found"},
		"redirect":                  {308, ``, event.Temporary, "redirected"},
		"terminal codes in text":    {400, `{"ok":false,"error_code":400,"description":"\u001b[31mred\n\u202etext"}`, event.Unfit, "rejected"},
	} {
		t.Run(name, func(t *testing.T) {
			e := failing(t, fixed(c.status, c.body))
			if e.Class != c.class || e.Code != c.code {
				t.Errorf("got %#v", e)
			}
			if strings.ContainsAny(e.Error(), "\n\x1b\u202e") {
				t.Errorf("the error carries control characters: %q", e.Error())
			}
		})
	}
}

func TestSuccessWithoutReceipt(t *testing.T) {
	for _, body := range []string{`{"ok":true}`, `{"ok":true,"result":true}`, `{"ok":true,"result":{"message_id":"x"}}`} {
		s := startServer(t)
		s.always = fixed(200, body)
		m := sample()
		if r, err := s.open(t, nil).Send(t.Context(), &m); err != nil || r.MessageID != "" {
			t.Errorf("%s: %v, %v", body, r, err)
		}
	}
}

func TestWaits(t *testing.T) {
	for name, c := range map[string]struct {
		description, parameters string
		want                    time.Duration
	}{
		"parameter":     {"Too Many Requests", `{"retry_after":31}`, 31 * time.Second},
		"text":          {"Too Many Requests: retry after 12", "", 12 * time.Second},
		"longest wins":  {"Too Many Requests: retry after 12", `{"retry_after":15}`, 15 * time.Second},
		"no sense":      {"Too Many Requests: retry after -3", `{"retry_after":-1}`, 0},
		"beyond reason": {"Too Many Requests", `{"retry_after":1e40}`, 30 * 24 * time.Hour},
	} {
		if e := failing(t, refuse(429, c.description, c.parameters)); e.RetryAfter != c.want || e.Class != event.Temporary {
			t.Errorf("%s: %v, want %v", name, e.RetryAfter, c.want)
		}
	}
}

func TestMarkupRefusedIsSentPlain(t *testing.T) {
	s := startServer(t)
	s.then(refuse(400, "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 3", ""))
	m := sample()
	r, err := s.open(t, nil).Send(t.Context(), &m)
	if err != nil || r.MessageID != "501" {
		t.Fatalf("got %v, %v", r, err)
	}
	if len(s.seen) != 2 || s.seen[0].Mode != "HTML" || s.seen[1].Mode != "" {
		t.Fatalf("requests: %q", s.requests())
	}
	if got := s.received()[0]; !strings.HasPrefix(got, "🔁 Replication of 104 to pve-b failed\n") || strings.Contains(got, "<b>") {
		t.Errorf("plain text: %q", got)
	}
}

const moved = "Bad Request: group chat was upgraded to a supergroup chat"

// A group that became a supergroup is asked for once, by whatever comes of the
// message, and every delivery from then on says what to change.
func TestMovedGroup(t *testing.T) {
	const note = `the group has become a supergroup: set chat_id to "-1009999"`
	s := startServer(t)
	c := s.open(t, channels.Values{"chat_id": "-777"})
	s.then(refuse(400, moved, `{"migrate_to_chat_id":-1009999}`), refuse(429, "Too Many Requests: retry after 3", ""))
	m := sample()
	if _, err := c.Send(t.Context(), &m); event.AsSendError(err).Code != "rate_limited" {
		t.Fatalf("got %v", err)
	}
	for i := range 2 {
		receipt, err := c.Send(t.Context(), &m)
		if err != nil || receipt.Note != note || receipt.MessageID == "" {
			t.Errorf("message %d: %+v, %v", i, receipt, err)
		}
	}
	var to []any
	for _, r := range s.seen {
		to = append(to, r.Chat)
	}
	if diff := cmp.Diff([]any{-777.0, -1009999.0, -1009999.0, -1009999.0}, to); diff != "" {
		t.Errorf("sent to (-want +got):\n%s", diff)
	}
	if receipt, err := s.open(t, nil).Send(t.Context(), &m); err != nil || receipt.Note != "" {
		t.Errorf("a chat that is where it was: %+v, %v", receipt, err)
	}
}

// What the new group refuses is told with the advice; a move without an end is
// not followed for ever.
func TestMovedGroupThatRefuses(t *testing.T) {
	s := startServer(t)
	c := s.open(t, channels.Values{"chat_id": "-777"})
	s.then(refuse(400, moved, `{"migrate_to_chat_id":-1009999}`), refuse(400, "Bad Request: chat not found", ""))
	m := sample()
	_, err := c.Send(t.Context(), &m)
	if e := event.AsSendError(err); e.Class != event.Target || e.Code != "chat_not_found" || !strings.Contains(e.Do, `"-1009999"`) {
		t.Errorf("new group unknown: %#v", e)
	}

	s.always = refuse(400, moved, `{"migrate_to_chat_id":-1009999}`)
	_, err = c.Send(t.Context(), &m)
	if e := event.AsSendError(err); e.Class != event.Target || e.Code != "chat_moved" || !strings.Contains(e.Do, `"-1009999"`) {
		t.Errorf("moves for ever: %#v", e)
	}
	if n := len(s.seen); n != 3 {
		t.Errorf("%d requests, want 3", n)
	}
}
