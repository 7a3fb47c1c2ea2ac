package event

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestParseSeverity(t *testing.T) {
	for word, want := range map[string]Severity{
		"critical": Critical, "ALERT": Critical, "emergency": Critical, "fatal": Critical, "error": Critical, "err": Critical,
		"warning": Warning, "Unknown": Warning, " notice ": Info, "info": Info, "debug": Info, "OK": Info,
	} {
		if got, ok := ParseSeverity(word); !ok || got != want {
			t.Errorf("%q is %v (%v), want %v", word, got, ok, want)
		}
	}
	if _, ok := ParseSeverity("purple"); ok {
		t.Error("purple is a severity")
	}
}

func TestSeverityIsTextInJSON(t *testing.T) {
	text, err := json.Marshal(Warning)
	var back Severity
	if err != nil || string(text) != `"WARNING"` || json.Unmarshal(text, &back) != nil || back != Warning {
		t.Errorf("%s, %v, %v", text, back, err)
	}
	if err := json.Unmarshal([]byte(`"purple"`), &back); err == nil || !strings.Contains(err.Error(), "WARNING") {
		t.Errorf("error %v names no severity to use", err)
	}
}

func TestBytes(t *testing.T) {
	for n, want := range map[Bytes]string{0: "0 B", 512: "512 B", 1024: "1 KiB", 1536: "1.5 KiB", 6680837586: "6.2 GiB", -2048: "-2 KiB"} {
		if got := n.String(); got != want {
			t.Errorf("%d prints as %q, want %q", int64(n), got, want)
		}
	}
	for text, want := range map[string]Bytes{"12": 12, "1.5 KiB": 1536, "1.2GiB": 1288490189, "5 GB": 5e9, "3k": 3072, "7 B": 7} {
		if got, ok := ParseBytes(text); !ok || got != want {
			t.Errorf("%q reads as %d (%v), want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "GiB", "1.2.3", "12 parsecs", "1e3", "-1", "99999999999 PiB"} {
		if got, ok := ParseBytes(text); ok {
			t.Errorf("%q reads as %d", text, got)
		}
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 800 * time.Millisecond: "800ms", 211 * time.Second: "3m 31s", time.Hour: "1h", time.Hour + time.Second: "1h",
		52 * time.Hour: "2d 4h", 24*time.Hour + time.Minute: "1d", -time.Minute: "-1m", 1500 * time.Millisecond: "2s",
	} {
		if got := Duration(d).String(); got != want {
			t.Errorf("%v prints as %q, want %q", d, got, want)
		}
	}
	for text, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "1h30m": 90 * time.Minute, "7d": 168 * time.Hour, "2w": 336 * time.Hour, "2d 4h": 52 * time.Hour,
		"3m 31s": 211 * time.Second, "0": 0, "250ms": 250 * time.Millisecond, "5 min": 5 * time.Minute,
	} {
		if got, ok := ParseDuration(text); !ok || got != want {
			t.Errorf("%q reads as %v (%v), want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "5", "-5m", "5 parsecs", "m", "1h30", "99999999999w"} {
		if got, ok := ParseDuration(text); ok {
			t.Errorf("%q reads as %v", text, got)
		}
	}
}

func TestCoerce(t *testing.T) {
	when := time.Date(2026, 3, 14, 1, 0, 2, 0, time.UTC)
	for _, c := range []struct {
		in   any
		to   FieldType
		want any
		ok   bool
	}{
		{"101", Number, 101.0, true}, {"85%", Number, 85.0, true}, {7, Number, 7.0, true}, {"NaN", Number, "NaN", false},
		{101.0, String, "101", true}, {true, String, "true", true}, {[]any{"a"}, String, []any{"a"}, false},
		{"yes", Bool, true, true}, {"0", Bool, false, true}, {"maybe", Bool, "maybe", false},
		{"1.2 GiB", Size, Bytes(1288490189), true}, {4096.0, Size, Bytes(4096), true}, {"much", Size, "much", false},
		{"3m", Span, Duration(3 * time.Minute), true}, {90.0, Span, Duration(90 * time.Second), true}, {"soon", Span, "soon", false},
		{"2026-03-14T01:00:02Z", Instant, when, true}, {1773450002.0, Instant, when, true}, {"today", Instant, "today", false}, {1e300, Instant, 1e300, false},
		{[]string{"a", "b"}, Sequence, []any{"a", "b"}, true}, {"a", Sequence, "a", false},
		{"x", FieldType("colour"), "x", false},
	} {
		got, ok := Coerce(c.in, c.to)
		if diff := cmp.Diff(c.want, got); ok != c.ok || diff != "" {
			t.Errorf("%v to %s: %v (%v), want %v (%v)", c.in, c.to, got, ok, c.want, c.ok)
		}
	}
}

// What is kept as JSON must read as the same value when the catalogue's type is
// applied again.
func TestValuesSurviveJSON(t *testing.T) {
	for kind, v := range map[FieldType]any{
		Size: Bytes(123456789), Span: Duration(211 * time.Second), Instant: time.Date(2026, 3, 14, 1, 0, 2, 0, time.UTC), Number: 1.5, Sequence: []any{"a", 1.0},
	} {
		text, err := json.Marshal(v)
		var raw any
		if err != nil || json.Unmarshal(text, &raw) != nil {
			t.Fatal(err)
		}
		if back, ok := Coerce(raw, kind); !ok || !cmp.Equal(back, v) {
			t.Errorf("%s %v became %v by way of %s", kind, v, back, text)
		}
	}
}

func TestText(t *testing.T) {
	for want, v := range map[string]any{
		"": nil, "x": "x", "true": true, "1234567890123": 1234567890123.0, "0.5": 0.5, "3": 3, "4": int64(4), "1 KiB": Bytes(1024),
		"a, 2": []any{"a", 2.0}, `{"k":"v"}`: map[string]any{"k": "v"}, "2026-03-14T01:00:02Z": time.Date(2026, 3, 14, 1, 0, 2, 0, time.UTC),
	} {
		if got := Text(v); got != want {
			t.Errorf("%v prints as %q, want %q", v, got, want)
		}
	}
}

func TestFingerprint(t *testing.T) {
	e := func(change func(*Event)) *Event {
		e := &Event{Type: "backup_fail", Cluster: "east", Host: "pve1", Data: map[string]any{"vmid": 101.0, "storage": "nas"}}
		change(e)
		return e
	}
	same := FingerprintOf(e(func(*Event) {}), []string{"vmid", "storage"})
	for name, c := range map[string]struct {
		change func(*Event)
		fields []string
		equal  bool
	}{
		"another host does not matter":   {func(e *Event) { e.Host = "pve2" }, []string{"vmid", "storage"}, true},
		"severity does not matter":       {func(e *Event) { e.Severity = Critical }, []string{"vmid", "storage"}, true},
		"other data does not matter":     {func(e *Event) { e.Data["size"] = 1.0 }, []string{"vmid", "storage"}, true},
		"another type":                   {func(e *Event) { e.Type = "backup_ok" }, []string{"vmid", "storage"}, false},
		"another cluster":                {func(e *Event) { e.Cluster = "west" }, []string{"vmid", "storage"}, false},
		"another value":                  {func(e *Event) { e.Data["vmid"] = 102.0 }, []string{"vmid", "storage"}, false},
		"a missing value":                {func(e *Event) { delete(e.Data, "vmid") }, []string{"vmid", "storage"}, false},
		"values that change places":      {func(e *Event) { e.Data["vmid"], e.Data["storage"] = "nas", 101.0 }, []string{"vmid", "storage"}, false},
		"values that run together":       {func(e *Event) { e.Data["vmid"], e.Data["storage"] = "101n", "as" }, []string{"vmid", "storage"}, false},
		"without a list the host counts": {func(*Event) {}, nil, false},
		"an empty list is the type":      {func(*Event) {}, []string{}, false},
	} {
		if got := FingerprintOf(e(c.change), c.fields) == same; got != c.equal {
			t.Errorf("%s: equal is %v", name, got)
		}
	}
}

func TestASecretHidesItself(t *testing.T) {
	const value = "hunter2hunter2"
	s := NewSecret(value)
	text, err := json.Marshal(map[string]any{"token": s})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("set", "token", s, "holder", struct{ T Secret }{s})
	for _, shown := range []string{fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s, s), fmt.Sprintf("%#v", struct{ T Secret }{s}), string(text), log.String()} {
		if strings.Contains(shown, value) || !strings.Contains(shown, "[set]") {
			t.Errorf("shows %q", shown)
		}
	}
	if shown := fmt.Sprintf("%v %+v %#v", struct{ t Secret }{s}, struct{ t Secret }{s}, struct{ t Secret }{s}); strings.Contains(shown, value) {
		t.Errorf("an unexported field shows %q", shown)
	}
	if s.Reveal() != value || !s.IsSet() || (Secret{}).IsSet() || (Secret{}).String() != "" {
		t.Error("the value is lost, or an empty secret is set")
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain\ttext\nhere": "plain\ttext\nhere", "grün ✅ שלום": "grün ✅ שלום", "a\r\nb": "a\nb", "a\rb": "a<U+000D>b",
		"\x1b[31mred": "<U+001B>[31mred", "bad\xffutf": "bad\uFFFDutf", "exe\u202egpj": "exe<U+202E>gpj", "nul\x00": "nul<U+0000>", "\u2028": "<U+2028>",
	} {
		if got := Clean(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestClip(t *testing.T) {
	if got := Clip("short", 100); got != "short" {
		t.Errorf("got %q", got)
	}
	for limit := 20; limit < 40; limit++ {
		got := Clip(strings.Repeat("ü✅", 30), limit)
		if len(got) > limit || !utf8.ValidString(got) || !strings.HasSuffix(got, "(cut)") {
			t.Errorf("limit %d: %d bytes, %q", limit, len(got), got)
		}
	}
}

func TestPlainMessage(t *testing.T) {
	m := Message{
		Type: "vm_start", Severity: Info, Icon: "▶", Title: "VM 101 started", Body: "It runs.", Host: "home-lab", Repeat: true,
		Details: []Detail{{"Guest", "101"}, {"Node", "pve1"}},
	}
	want := "[INFO] vm_start\nVM 101 started\nIt runs.\nGuest: 101\nNode: pve1\nhost: home-lab\n(may have arrived before)"
	if diff := cmp.Diff(want, m.Plain()); diff != "" {
		t.Errorf("plain message differs (-want +got):\n%s", diff)
	}
	if m.RichTitle() != "▶ VM 101 started" {
		t.Errorf("rich title is %q", m.RichTitle())
	}
}

func TestAsSendError(t *testing.T) {
	known := &SendError{Class: Target, Code: "bad_token", Why: "refused", Do: "copy it"}
	if got := AsSendError(fmt.Errorf("send: %w", known)); got != known || got.Error() != "refused: copy it" {
		t.Errorf("got %v", got)
	}
	if got := AsSendError(fmt.Errorf("odd")); got.Class != Temporary || got.Code != "internal" {
		t.Errorf("an unknown error became %+v; nothing may be lost over it", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("1.2 GiB")
	f.Add("3m 31s")
	f.Fuzz(func(t *testing.T, text string) {
		if b, ok := ParseBytes(text); ok && b < 0 {
			t.Errorf("%q reads as %d bytes", text, b)
		}
		if d, ok := ParseDuration(text); ok && d < 0 {
			t.Errorf("%q reads as %v", text, d)
		}
		if c := Clean(text); !utf8.ValidString(c) || Clean(c) != c {
			t.Errorf("%q cleans to %q", text, c)
		}
		for _, kind := range FieldTypes() {
			Coerce(text, kind)
		}
	})
}
