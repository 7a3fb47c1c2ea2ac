package matrix

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels"
	"tocsin/channels/address"
	"tocsin/channels/channeltest"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

func notice(id string) *event.Message {
	return &event.Message{ID: id, Type: "vm_start", Title: "Guest 101 <web> started", Body: "It is up.", Host: "pve1", Rich: true}
}

// Who signs in by password does so once, and again when the server has ended
// the session.
func TestSession(t *testing.T) {
	p := open(t, channels.Values{"user": "tocsin", "password": event.NewSecret("hush-7731"), "notice": true})
	for _, id := range []string{"a", "b"} {
		if receipt, err := p.Channel.Send(t.Context(), notice(id)); err != nil || receipt.MessageID == "" {
			t.Fatal(receipt, err)
		}
	}
	p.token = "ended"
	if _, err := p.Channel.Send(t.Context(), notice("c")); err != nil {
		t.Fatal(err)
	}
	if p.logins != 2 || len(p.events) != 3 {
		t.Errorf("%d sign-ins, %d events", p.logins, len(p.events))
	}
	want := content{
		Type: "m.notice", Body: "Guest 101 <web> started\nIt is up.\nhost: pve1",
		Format: "org.matrix.custom.html", Formatted: "<b>Guest 101 &lt;web&gt; started</b><br>It is up.<br>🏠 pve1",
	}
	if diff := cmp.Diff(want, p.events[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A message goes on behind the rooms that have it, and a server that took an
// event whose answer was lost has it once.
func TestRooms(t *testing.T) {
	p := open(t, channels.Values{"access_token": event.NewSecret(testToken), "rooms": []string{"#a:lab.example", "#bb:lab.example", "!c:lab.example"}})
	fail := 0
	p.refuse = func(w http.ResponseWriter, r *http.Request) {
		if fail++; fail == 2 {
			refuse(w, 500, "M_UNKNOWN", "Internal server error")
			return
		}
		p.rooms = append(p.rooms, strings.Split(r.URL.EscapedPath(), "/")[5])
		fmt.Fprint(w, `{"event_id":"$1"}`)
	}
	if _, err := p.Channel.Send(t.Context(), notice("m")); err == nil {
		t.Fatal("the second room took it")
	}
	if _, err := p.Channel.Send(t.Context(), notice("m")); err != nil {
		t.Fatal(err)
	}
	if len(p.rooms) != 3 {
		t.Errorf("went to %v", p.rooms)
	}
}

func TestWrongPassword(t *testing.T) {
	p := open(t, channels.Values{"user": "tocsin", "password": event.NewSecret("wrong-7731")})
	_, err := p.Channel.Send(t.Context(), notice("a"))
	if e := event.AsSendError(err); e.Class != event.Target || e.Code != "forbidden" || strings.Contains(e.Error(), "7731") {
		t.Errorf("%v", err)
	}
}

func TestNew(t *testing.T) {
	token, password := event.NewSecret(testToken), event.NewSecret("hush-7731")
	rooms := []string{"#alerts:lab.example"}
	for name, c := range map[string]struct {
		values channels.Values
		wrong  string
	}{
		"token":            {channels.Values{"server": "https://m.lab", "access_token": token, "rooms": rooms}, ""},
		"password":         {channels.Values{"server": "http://m.lab:8008/", "user": "@a:lab", "password": password, "rooms": []string{"alerts", "#x"}}, "rooms"},
		"no server":        {channels.Values{"access_token": token, "rooms": rooms}, "server"},
		"a bare name":      {channels.Values{"server": "m.lab", "access_token": token, "rooms": rooms}, "server"},
		"nobody":           {channels.Values{"server": "https://m.lab", "rooms": rooms}, "access_token"},
		"no password":      {channels.Values{"server": "https://m.lab", "user": "a", "rooms": rooms}, "password"},
		"no rooms":         {channels.Values{"server": "https://m.lab", "access_token": token}, "rooms"},
		"a room's address": {channels.Values{"server": "https://m.lab", "access_token": token, "rooms": []string{"https://matrix.to/#/#a:b"}}, "rooms"},
	} {
		_, err := Kind(httpsend.New(httpsend.Options{})).New(c.values)
		field, _ := err.(*channels.FieldError)
		if c.wrong == "" && err != nil || c.wrong != "" && (field == nil || field.Field != c.wrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFromURL(t *testing.T) {
	for text, want := range map[string]map[string]any{
		"matrixs://tocsin:pa%2Fss-7731@m.lab.example/%23alerts:lab.example": {"server": "https://m.lab.example", "user": "tocsin", "password": "pa/ss-7731", "rooms": []string{"#alerts:lab.example"}},
		"matrix://syt_7731@m.lab:8008/!abc:lab/alerts?msgtype=notice":       {"server": "http://m.lab:8008", "access_token": "syt_7731", "rooms": []string{"!abc:lab", "#alerts"}, "notice": true},
		"matrixs://syt_7731@m.lab":                                          nil,
		"matrixs://syt_7731@m.lab/room?mode=slack":                          nil,
	} {
		u, err := address.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		values, err := fromURL(u)
		if want == nil {
			if err == nil || strings.Contains(err.Error(), "7731") {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		got := map[string]any{}
		for name, v := range values {
			if s, ok := v.(event.Secret); ok {
				v = s.Reveal()
			}
			got[name] = v
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", text, err, diff)
		}
	}
}

// says is what a homeserver says with a status. It repeats the token.
func says(status int) string {
	if status == 200 {
		return `{"event_id":"$25","room_id":"!r:lab.example"}`
	}
	return fmt.Sprintf(`{"errcode":"M_UNKNOWN","error":"about %s"}`, testToken)
}

func TestFaults(t *testing.T) {
	channeltest.RunFaults(t, channeltest.FaultSuite{
		Within:  15 * time.Second,
		Secrets: []string{testToken},
		Open: func(t *testing.T, n channeltest.Network) channels.Channel {
			c, err := Kind(httpsend.New(httpsend.Options{Dial: n.Dial, Roots: n.Roots})).New(channels.Values{
				"server": n.URL("https://m.lab.example"), "access_token": event.NewSecret(testToken), "rooms": []string{"!r:lab.example"},
			})
			if err != nil {
				t.Fatal(err)
			}
			c.(*channel).session.rooms = map[string]string{"!r:lab.example": "!r:lab.example"} // so that the fault meets the event
			return c
		},
		Faults: append(channeltest.HTTPFaults(t, says),
			channeltest.Reply("token ended", 401, `{"errcode":"M_UNKNOWN_TOKEN","error":"Unrecognised access token"}`),
			channeltest.Reply("not in the room", 403, `{"errcode":"M_FORBIDDEN","error":"not invited"}`),
			channeltest.Reply("no such room", 404, `{"errcode":"M_NOT_FOUND","error":"Room alias not found"}`),
			channeltest.Reply("another path", 404, `{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}`),
			channeltest.Reply("limited", 429, `{"errcode":"M_LIMIT_EXCEEDED","error":"Too many requests","retry_after_ms":2500}`),
			channeltest.Reply("too large", 413, `{"errcode":"M_TOO_LARGE","error":"event too large"}`),
		),
		Verdicts: expected(),
	})
}

// expected is what the channel must make of each fault that is not the same for
// every channel.
func expected() map[string]channeltest.Verdict {
	const temporary, target, unfit = event.Temporary, event.Target, event.Unfit
	return map[string]channeltest.Verdict{
		"301": {Class: temporary, Code: "redirected"}, "302": {Class: temporary, Code: "redirected"},
		"307": {Class: temporary, Code: "redirected"}, "308": {Class: temporary, Code: "redirected"},
		"400": {Class: unfit, Code: "rejected"},
		"401": {Class: target, Code: "unauthorized"},
		"403": {Class: target, Code: "forbidden"},
		"404": {Class: target, Code: "not_found"},
		"408": {Class: temporary, Code: "server_error"},
		"410": {Class: target, Code: "gone"},
		"413": {Class: unfit, Code: "too_large"},
		"422": {Class: unfit, Code: "rejected"},
		"425": {Class: temporary, Code: "server_error"},
		"500": {Class: temporary, Code: "server_error"},

		"token ended":     {Class: target, Code: "bad_token"},
		"not in the room": {Class: target, Code: "forbidden"},
		"no such room":    {Class: target, Code: "not_found"},
		"another path":    {Class: target, Code: "wrong_path"},
		"limited":         {Class: temporary, Code: "rate_limited", RetryAfter: 2500 * time.Millisecond},
		"too large":       {Class: unfit, Code: "too_large"},

		"429 for seconds":    {Class: temporary, Code: "rate_limited", RetryAfter: 7 * time.Second},
		"429 for a fraction": {Class: temporary, Code: "rate_limited", RetryAfter: 250 * time.Millisecond},
		"429 until a date":   {Class: temporary, Code: "rate_limited", RetryAfter: 90 * time.Second},
		"429 without a wait": {Class: temporary, Code: "rate_limited"},
		"429 of a gateway":   {Class: temporary, Code: "rate_limited", RetryAfter: 15 * time.Minute},
		"503 for seconds":    {Class: temporary, Code: "server_error", RetryAfter: 2 * time.Minute},
		"502 of a gateway":   {Class: temporary, Code: "server_error"},
		"504 of a gateway":   {Class: temporary, Code: "server_error", Maybe: true},

		"200 with a login page":      {Class: temporary, Code: "bad_answer"},
		"200 with a long login page": {Class: temporary, Code: "bad_answer"},
		"200 with another's JSON":    {Class: temporary, Code: "bad_answer"},
		"200 without a body":         {Class: temporary, Code: "bad_answer"},
		"204":                        {Class: temporary, Code: "bad_answer"},
		"200 with JSON cut off":      {},
		"200 broken off":             {},
		"200 over 64 KiB":            {},
		"400 over 64 KiB":            {Class: unfit, Code: "rejected"},
	}
}
