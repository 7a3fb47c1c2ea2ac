package tocsin

import (
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels"
	"tocsin/engine/event"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// hostile is text of everything that means something somewhere.
const hostile = "<>&\"' * _ ~ | 💥 {{ .Title }} \\ מימין لليمين"

func failed() *event.Message {
	when := time.Date(2026, 3, 14, 1, 59, 26, 0, time.FixedZone("", 3600))
	return &event.Message{
		ID: "01K9ZD3V7G4Q8R2M6N5T1W0XYB.hub", EventID: "01K9ZD3V7G4Q8R2M6N5T1W0XYB", Type: "backup_fail", Group: "backups",
		Severity: event.Critical, Icon: "💾", Title: "T " + hostile, Body: "B " + hostile + "\nsecond line",
		Details: []event.Detail{{Label: "Storage", Value: hostile}}, Host: "pve-7", Time: when, Rich: true,
		Event: &event.Event{
			ID: "01K9ZD3V7G4Q8R2M6N5T1W0XYB", Type: "backup_fail", Severity: event.Critical, Source: "webhook", Host: "pve-7", Cluster: "home", Time: when,
			Guest: &event.Guest{ID: "101", Name: "web"}, Via: []string{"01K9ZEARLIER00000000000000"},
			Data: map[string]any{"vmid": 101.0, "reason": hostile, "size": event.Bytes(4096), "took": event.Duration(211 * time.Second)},
		},
	}
}

func TestRequestGolden(t *testing.T) {
	changing := regexp.MustCompile(`(?m)^(Webhook-Timestamp|Webhook-Signature|Content-Length): .*$`)
	for name, c := range map[string]struct {
		values channels.Values
		change func(*event.Message)
	}{
		"token":   {byToken(), func(*event.Message) {}},
		"secret":  {bySecret(), func(*event.Message) {}},
		"summary": {byToken(), func(m *event.Message) { m.Type, m.Event = event.QuietSummary, nil }},
		"repeat":  {byToken(), func(m *event.Message) { m.Repeat = true }},
		"brief": {byToken(), func(m *event.Message) {
			m.Brief, m.Body, m.Event.Data["log"] = true, strings.Repeat("one more line\n", 300), strings.Repeat("x", 1000)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t, c.values)
			m := failed()
			c.change(m)
			receipt, err := p.Channel.Send(t.Context(), m)
			if err != nil || receipt.MessageID != m.EventID || receipt.Note != "" {
				t.Fatalf("%+v, %v", receipt, err)
			}
			got := changing.ReplaceAllString(strings.ReplaceAll(p.requests()[0], "\r\n", "\n"), "$1: …")
			file := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v (run with -update to write it)", err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

func TestHostileTextsArriveWhole(t *testing.T) {
	p := open(t, byToken())
	m := failed()
	m.Title, m.Body = "first\nsecond", strings.Repeat(hostile+"\n", 20_000/len(hostile))
	m.Event.Data["message"] = m.Body
	if _, err := p.Channel.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	e := p.taken()[0]
	if e.Title != m.Title || !strings.HasPrefix(e.Message, m.Body) || e.Data["message"] != m.Body || e.Data["reason"] != hostile {
		t.Errorf("title %q, %d and %d of %d bytes", e.Title, len(e.Message), len(event.Text(e.Data["message"])), len(m.Body))
	}
}

// What has been round often enough is not sent on.
func TestHops(t *testing.T) {
	p := open(t, byToken())
	m := failed()
	m.Event.Via = slices.Repeat([]string{"x"}, mostHops)
	_, err := p.Channel.Send(t.Context(), m)
	if e, ok := errors.AsType[*event.SendError](err); !ok || e.Class != event.Unfit || e.Code != "too_many_hops" {
		t.Errorf("got %v", err)
	}
	if n := len(p.requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
	m.Event.Via = m.Event.Via[1:]
	if _, err := p.Channel.Send(t.Context(), m); err != nil {
		t.Error(err)
	}
	if len(m.Event.Via) != mostHops-1 {
		t.Errorf("the event was changed: %v", m.Event.Via)
	}
}

// An event that went round is no failure: its operator is told how to spare the
// way.
func TestCircles(t *testing.T) {
	p := open(t, byToken())
	p.reply = func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(202)
		io.WriteString(w, `{"id":"01K9ZD3V7G4Q8R2M6N5T1W0XYB","accepted":true,"channels":[],"circles":true}`)
	}
	receipt, err := p.Channel.Send(t.Context(), failed())
	if err != nil || !strings.Contains(receipt.Note, "event.source != 'forward'") {
		t.Errorf("%+v, %v", receipt, err)
	}
}

func TestFields(t *testing.T) {
	for name, c := range map[string]struct {
		values channels.Values
		field  string // empty: fine
		says   string
	}{
		"no token":      {nil, "token", "--scope send"},
		"both":          {channels.Values{"token": event.NewSecret("a"), "secret": event.NewSecret("b")}, "secret", "exclude"},
		"odd token":     {channels.Values{"token": event.NewSecret("a b")}, "token", "characters"},
		"odd secret":    {channels.Values{"secret": event.NewSecret("whsec_!")}, "secret", "base64"},
		"no scheme":     {channels.Values{"url": "hub:8008", "token": event.NewSecret("a")}, "url", "http://"},
		"a password":    {channels.Values{"url": "http://a:b@hub", "token": event.NewSecret("a")}, "url", "password"},
		"a query":       {channels.Values{"url": "http://hub/?x=1", "token": event.NewSecret("a")}, "url", "query"},
		"whole address": {channels.Values{"url": "http://hub/x/api/notifications/send", "token": event.NewSecret("a")}, "", ""},
	} {
		values := channels.Values{"url": "http://hub.example:8008"}
		for k, v := range c.values {
			values[k] = v
		}
		ch, err := Kind(nil, "x").New(values)
		e, ok := errors.AsType[*channels.FieldError](err)
		if c.field == "" && err != nil || c.field != "" && (!ok || e.Field != c.field || !strings.Contains(e.Error(), c.says)) {
			t.Errorf("%s: got %v", name, err)
		}
		if c.field == "" && ch.(*channel).url.Reveal() != "http://hub/x"+sendPath {
			t.Errorf("%s: posts to %s", name, ch.(*channel).url.Reveal())
		}
	}
}
