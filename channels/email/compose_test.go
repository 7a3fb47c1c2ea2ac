package email

import (
	"flag"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels"
	"tocsin/engine/event"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// composer returns a channel that is only good for composing.
func composer(t testing.TB, values channels.Values) *channel {
	t.Helper()
	v := channels.Values{"host": "localhost", "from": "tocsin <tocsin@lab.example>", "to": []string{"ana@lab.example"}}
	for name, value := range values {
		v[name] = value
	}
	c, err := Kind(Options{}).New(v)
	if err != nil {
		t.Fatal(err)
	}
	return c.(*channel)
}

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func (c *channel) mustCompose(t testing.TB, m *event.Message) string {
	t.Helper()
	out, err := c.compose(m, messageID(m, c.from), noon)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestPageGolden(t *testing.T) {
	success := sample()
	success.Type, success.Severity, success.Outcome, success.Icon = "backup_complete", event.Info, event.Success, "✅"
	success.Title, success.Body, success.Repeat = "Backup of vault-3 finished", "", true
	critical := sample()
	critical.Type, critical.Severity, critical.Icon, critical.Title = "disk_fail", event.Critical, "🔥", "Disk /dev/sdq is failing"
	critical.Details = nil
	for name, m := range map[string]*event.Message{"warning": sample(), "success": success, "critical": critical} {
		t.Run(name, func(t *testing.T) {
			page, err := renderPage(tidy(m))
			if err != nil {
				t.Fatal(err)
			}
			compare(t, name+".html", page)
		})
	}
}

func TestComposePlainGolden(t *testing.T) {
	m := sample()
	m.Severity, m.Rich = event.Critical, false
	compare(t, "plain.eml", strings.ReplaceAll(composer(t, nil).mustCompose(t, m), "\r\n", "\n"))
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (rewrite with -update): %s", name, diff)
	}
}

func TestSubject(t *testing.T) {
	for name, c := range map[string]struct {
		values      channels.Values
		host, title string
		want        string
	}{
		"default":       {nil, "pve1", "Backup finished", "[pve1] [INFO] Backup finished"},
		"own prefix":    {channels.Values{"subject_prefix": " lab: "}, "pve1", "Backup finished", "lab: [INFO] Backup finished"},
		"no prefix":     {channels.Values{"subject_prefix": ""}, "pve1", "Backup finished", "[INFO] Backup finished"},
		"no host":       {nil, "", "Backup finished", "[INFO] Backup finished"},
		"no title":      {nil, "pve1", "", "[pve1] [INFO]"},
		"lines":         {nil, "pve\r\n1", "One\r\nBcc: x@lab.example\x00\n\ntwo", "[pve 1] [INFO] One Bcc: x@lab.example<U+0000> two"},
		"looks encoded": {nil, "pve1", "=?utf-8?q?[CRITICAL]?= " + strings.Repeat("é=?", 30), "[pve1] [INFO] =?utf-8?q?[CRITICAL]?= " + strings.Repeat("é=?", 30)},
		"scripts":       {nil, "сервер", "דיסק מלא 🔥 日本", "[сервер] [INFO] דיסק מלא 🔥 日本"},
		"folded":        {nil, "pve1", strings.TrimSpace(strings.Repeat("thirteen char ", 14)), "[pve1] [INFO] " + strings.TrimSpace(strings.Repeat("thirteen char ", 14))},
		"long":          {nil, strings.Repeat("h", 80), strings.Repeat("ö", 300), "[" + strings.Repeat("h", 50) + " … (cut)] [INFO] " + strings.Repeat("ö", 95) + " … (cut)"},
	} {
		t.Run(name, func(t *testing.T) {
			m := &event.Message{ID: "1", Host: c.host, Title: c.title}
			raw := composer(t, c.values).mustCompose(t, m)
			if got := parse(t, raw).subject; got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			head, _, _ := strings.Cut(raw, "\r\n\r\n")
			for line := range strings.SplitSeq(head, "\r\n") {
				if len(line) > 76 && name != "long" {
					t.Errorf("header line of %d characters: %s", len(line), line)
				}
			}
		})
	}
}

func TestMessageID(t *testing.T) {
	from := &mail.Address{Address: "tocsin@lab.example"}
	digest := regexp.MustCompile(`^[0-9a-f]{32}@lab\.example$`)
	seen := map[string]bool{}
	for _, id := range []string{"", "a b", "x>\r\nBcc: y", "a..b", ".a", "a.", "ä", strings.Repeat("a", 129)} {
		got := messageID(&event.Message{ID: id}, from)
		if !digest.MatchString(got) || seen[got] || got != messageID(&event.Message{ID: id}, from) {
			t.Errorf("%q becomes %q", id, got)
		}
		seen[got] = true
	}
	for _, id := range []string{"01K4A7Q2M3Z9D5.mail", "a-b_c.D"} {
		if got := messageID(&event.Message{ID: id}, from); got != id+"@lab.example" {
			t.Errorf("%q becomes %q", id, got)
		}
	}
}

func TestColours(t *testing.T) {
	seen := map[string]string{}
	for _, m := range []event.Message{
		{Severity: event.Info}, {Severity: event.Warning}, {Severity: event.Critical}, {Severity: event.Info, Outcome: event.Success},
	} {
		name := m.Severity.String() + m.Outcome
		if other, ok := seen[string(colour(&m))]; ok {
			t.Errorf("%s looks like %s", name, other)
		}
		seen[string(colour(&m))] = name
	}
	if colour(&event.Message{Severity: event.Critical, Outcome: event.Success}) != colour(&event.Message{Outcome: event.Success}) {
		t.Error("good news is not green at every severity")
	}
}

// Whatever a message says, the mail keeps its form: the same headers, short
// lines of ASCII, and the text as it was.
func FuzzCompose(f *testing.F) {
	f.Add("Backup finished", "line\n.dot\n--boundary", "pve1", "Label", "Value", "01K4.mail", true)
	f.Add("=?utf-8?q?x?=\r\nBcc: a@b.c", "From me\r\n.\r\nQUIT", "h\x00st\x7f", "<b>", "\u202e{{.}}", "x>\r\n", true)
	f.Add(strings.Repeat("ß", 400), strings.Repeat("x", 5000), "\xff\xfe", "", "", "", false)
	c := composer(f, nil)
	f.Fuzz(func(t *testing.T, title, body, host, label, value, id string, rich bool) {
		m := &event.Message{
			ID: id, Type: "fuzz", Title: title, Body: body, Host: host, Details: []event.Detail{{Label: label, Value: value}}, Time: noon, Rich: rich,
		}
		raw := c.mustCompose(t, m)
		for line := range strings.SplitSeq(strings.TrimSuffix(raw, "\r\n"), "\r\n") {
			if len(line) > 998 || strings.ContainsFunc(line, func(r rune) bool { return r != '\t' && (r < 0x20 || r > 0x7e) }) {
				t.Fatalf("line %q", line)
			}
		}
		l := parse(t, raw)
		for name := range l.header {
			switch name {
			case "Date", "From", "To", "Subject", "Message-Id", "Mime-Version", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted", "X-Auto-Response-Suppress":
			default:
				t.Fatalf("unexpected header %q", name)
			}
		}
		if !utf8.ValidString(l.subject) || strings.ContainsAny(l.subject, "\r\n\x00") {
			t.Fatalf("subject %q", l.subject)
		}
		want := strings.TrimRight(tidy(m).Plain(), "\n")
		if diff := cmp.Diff(want, l.parts["text/plain"]); diff != "" && len(want) < wholeText {
			t.Fatal(diff)
		}
	})
}

func BenchmarkCompose(b *testing.B) {
	c, m := composer(b, nil), sample()
	for b.Loop() {
		c.mustCompose(b, m)
	}
}
