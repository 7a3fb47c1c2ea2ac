package examples_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/rules/ruletest"
	"tocsin/sources/probe"
	"tocsin/sources/probe/look"
)

// firstLook is the moment of the first look; the others follow a minute apart.
var firstLook = time.Date(2026, 5, 4, 3, 0, 0, 0, time.UTC)

// TestProbes looks with each example again and again, at what is really there: a server
// that answers so, or text that a program or a file holds. Each look tells what is
// wanted of it: the type of the event, its host, and data.
func TestProbes(t *testing.T) {
	shown := map[string]bool{}
	for _, c := range []struct {
		source string
		looks  []string // of a server: status, blank, body; "" is one that does not answer
		want   []string
	}{
		{
			"barn_silent", []string{`200 {"status":"ready"}`, "", "", `503 {"error":{"code":"unavailable"}}`, `200 {"status":"ready"}`, "503 "},
			[]string{"", "host_silent barn reason=Its tocsin is not ready: *", "", "", "error_resolved barn duration=3m ends=host_silent reason=Its tocsin is not ready: *", "host_silent barn reason=Its tocsin is not ready: it answers with 503"},
		},
		{
			"wiki", []string{"200 fine", "500 sorry", "200 fine"},
			[]string{"", "site_down pve1 reason=It answers with 500 site=wiki", "site_up pve1 duration=1m site=wiki"},
		},
		{
			"zfs_release", []string{`200 {"tag_name":"zfs-2.3.1"}`, `200 {"tag_name":"zfs-2.3.1","draft":false}`, `200 {"tag_name":"zfs-2.3.2"}`, `200 {"tag_name":"zfs-2.3.2"}`},
			[]string{"", "", "app_update_available pve1 app_name=OpenZFS latest=2.3.2", ""},
		},
		{
			"tank_mounted", []string{"tank /tank zfs rw 0 0\n", "tank /tank2 zfs rw 0 0\n", "tank /tank zfs rw 0 0\n"},
			[]string{"", "mount_missing pve1 mount=/tank", "mount_back pve1 duration=1m mount=/tank"},
		},
		{
			"ups_battery", []string{"battery.charge: 100\n", "battery.charge: 39\nbattery.charge.low: 10\n", "battery.charge: 12\n"},
			[]string{"", "battery_low pve1 charge=39 ups=cellar", ""},
		},
		{
			"mail", []string{"80", "13", "80"},
			[]string{
				"", "new_error pve1 category=services entity=certificate of mail.example.org error_key=certificate_mail reason=The certificate ends in 13 days",
				"error_resolved pve1 category=services duration=1m ends=new_error entity=certificate of mail.example.org error_key=certificate_mail reason=The certificate ends in 13 days",
			},
		},
	} {
		shown[c.source] = true
		t.Run(c.source, func(t *testing.T) {
			var got []string
			for i, e := range looks(t, c.source, c.looks) {
				got = append(got, describe(e, c.want[min(i, len(c.want)-1)]))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	config, _, _ := load(t, "probes")
	for _, s := range config.Sources {
		if strings.HasPrefix(s.Place, "probes") && !shown[s.Name] {
			t.Errorf("no look shows what %s of %s makes", s.Name, s.Place)
		}
	}
}

// A host is silent no longer when it answers, and when it says itself that something is
// over; what another one says does not end it.
func TestASilentHost(t *testing.T) {
	config, _, _ := load(t, "probes")
	events := looks(t, "barn_silent", []string{"", `200 {"status":"ready"}`, ""})
	for name, c := range map[string]struct {
		then event.Incoming
		ends bool
	}{
		"it answers":             {*events[1], true},
		"it starts":              {event.Incoming{Type: "system_startup", Host: "barn", Data: map[string]any{"boot": "b1"}}, true},
		"it forwards an end":     {event.Incoming{Type: "error_resolved", Host: "barn", Data: map[string]any{"error_key": "mounts/tank", "ends": "disk_space_low"}}, true},
		"it forwards news":       {event.Incoming{Type: "backup_start", Host: "barn"}, false},
		"this host starts":       {event.Incoming{Type: "system_startup", Host: "pve1", Data: map[string]any{"boot": "b2"}}, false},
		"something here is over": {event.Incoming{Type: "error_resolved", Host: "pve1", Data: map[string]any{"error_key": "mounts/tank"}}, false},
	} {
		w := ruletest.NewWorld(config.Policy, config.Templates, firstLook)
		var told []string
		w.Told = func(_ string, m event.Message) {
			if m.Type == "host_silent" {
				told = append(told, m.Host)
			}
		}
		first, again := *events[0], *events[2]
		w.Arrive(first)
		w.Until(firstLook.Add(20 * time.Second))
		c.then.Time = w.Now
		w.Arrive(c.then)
		w.Until(firstLook.Add(40 * time.Second)) // within the cooldown, which an end ends
		again.Time = w.Now
		w.Arrive(again)
		want := []string{"barn"}
		if c.ends {
			want = append(want, "barn")
		}
		if !slices.Equal(told, want) {
			t.Errorf("%s: told %q, want %q", name, told, want)
		}
	}
}

// looks looks with a source of examples/probes, as after a restart each time, and returns
// what each look tells; nil: nothing.
func looks(t *testing.T, source string, raws []string) []*event.Incoming {
	t.Helper()
	rule := probeOf(t, source)
	looker, state := look.New(look.Options{}), ""
	var told []*event.Incoming
	for i, raw := range raws {
		before, err := probe.ParseState(state)
		if err != nil {
			t.Fatal(err)
		}
		v := rule.Judge(before, seen(t, looker, *rule, raw), firstLook.Add(time.Duration(i)*time.Minute))
		if len(v.Faults) > 0 || v.Trouble != "" || len(v.Findings) > 1 {
			t.Fatalf("look %d: %v %s, %d events", i, v.Faults, v.Trouble, len(v.Findings))
		}
		state = before.String()
		told = append(told, nil)
		if len(v.Findings) == 1 {
			told[i] = v.Findings[0].Event
		}
	}
	return told
}

func probeOf(t *testing.T, source string) *probe.Rule {
	t.Helper()
	config, _, _ := load(t, "probes")
	i := slices.IndexFunc(config.Sources, func(s *rules.Source) bool { return s.Name == source })
	if i < 0 {
		t.Fatalf("examples/probes has no source %s", source)
	}
	return config.Sources[i].Spec.(*probe.Rule)
}

// seen is what a look brings: of a server by asking one, of the others as package look
// makes it of raw text.
func seen(t *testing.T, looker *look.Looker, r probe.Rule, raw string) probe.Result {
	t.Helper()
	res := probe.Result{Values: map[string]any{}, Texts: []probe.Text{{Body: raw}}, Mark: raw}
	switch r.Kind {
	case probe.HTTP:
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			code, body, _ := strings.Cut(raw, " ")
			var status int
			fmt.Sscan(code, &status)
			w.WriteHeader(status)
			io.WriteString(w, body)
		}))
		defer server.Close()
		r.Request.URL = event.NewSecret(server.URL)
		if raw == "" {
			server.Close()
		}
		return looker.Look(t.Context(), &r)
	case probe.Command:
		res.Values["code"], res.Values["stdout"] = 0.0, raw
	case probe.File:
		res.Values["exists"], res.Values["content"] = true, raw
	case probe.Cert:
		var days float64
		fmt.Sscan(raw, &days)
		res.Values["days_left"] = days
	}
	return res
}

// describe writes an event as it is wanted: where that ends with a *, only so far.
func describe(e *event.Incoming, want string) string {
	if e == nil {
		return ""
	}
	host := e.Host
	if host == "" {
		host = "pve1" // the daemon's own
	}
	text := e.Type + " " + host
	for _, key := range slices.Sorted(maps.Keys(e.Data)) {
		text += " " + key + "=" + event.Text(e.Data[key])
	}
	if head, ok := strings.CutSuffix(want, "*"); ok && len(text) > len(head) && strings.HasPrefix(text, head) {
		return want
	}
	return text
}
