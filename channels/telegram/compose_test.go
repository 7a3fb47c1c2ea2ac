package telegram

import (
	"strings"
	"testing"
	"unicode/utf8"

	"tocsin/channels/textsplit"
	"tocsin/engine/event"
)

func TestDefuse(t *testing.T) {
	const j = "\u2060"
	for text, want := range map[string]string{
		"@admin":                "@" + j + "admin",
		"(@admin) and @b_2":     "(@" + j + "admin) and @" + j + "b_2",
		"@@admin":               "@@" + j + "admin",
		"root@pam, x@y.z":       "root@pam, x@y.z",
		"_@name 7@name":         "_@name 7@name",
		"ü@name":                "ü@name",
		"a @ b, @, @é":          "a @ b, @, @é",
		"no mention":            "no mention",
		"broken \xff @x\xf0":    "broken \uFFFD @" + j + "x\uFFFD",
		"@" + j + "was defused": "@" + j + "was defused",
	} {
		if got := defuse(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestBoldIsCutWithThePiece(t *testing.T) {
	m := sample()
	m.Title, m.Icon = strings.Repeat("<&>", 2000), ""
	parts := compose(&m)
	if len(parts) != 2 {
		t.Fatalf("%d parts", len(parts))
	}
	for i, p := range parts {
		if !strings.HasPrefix(p.html, "<b>") || strings.Count(p.html, "<b>") != strings.Count(p.html, "</b>") {
			t.Errorf("part %d: %.40q", i, p.html)
		}
	}
}

func TestDetailsAndHostOutliveTheBody(t *testing.T) {
	for _, brief := range []bool{false, true} {
		m := sample()
		m.Brief, m.Body = brief, strings.Repeat("The body goes on and on. ", 10_000)
		parts := compose(&m)
		if want := map[bool]int{true: 1, false: mostParts}[brief]; len(parts) != want {
			t.Errorf("brief %v: %d parts, want %d", brief, len(parts), want)
		}
		last := parts[len(parts)-1].text
		for _, want := range []string{"characters left out)", "Target: pve-b", "🏠 pve-a"} {
			if !strings.Contains(last, want) {
				t.Errorf("brief %v: %q is missing in %q", brief, want, last[max(len(last)-200, 0):])
			}
		}
	}
}

func TestDetailsThatNothingCanHold(t *testing.T) {
	m := sample()
	m.Body, m.Details = "short", []event.Detail{{Label: strings.Repeat("l", 30_000), Value: strings.Repeat("🦉", 40_000)}}
	parts := compose(&m)
	if len(parts) != mostParts || !strings.HasSuffix(parts[mostParts-1].text, "characters left out)") {
		t.Errorf("%d parts", len(parts))
	}
	lost := 0
	for _, p := range parts {
		lost += utf8.RuneCountInString(p.text)
	}
	if lost >= 70_000 {
		t.Errorf("%d characters in all", lost)
	}
}

func TestBlankPiecesAreLeftOut(t *testing.T) {
	m := sample()
	m.Body = "begin" + strings.Repeat(" \n", 9000) + "end"
	parts := compose(&m)
	for i, p := range parts {
		if !visible(p.text) {
			t.Errorf("part %d shows nothing", i)
		}
	}
	if len(parts) != 2 {
		t.Errorf("%d parts", len(parts))
	}
}

// FuzzCompose checks that whatever a message says, its parts are what Telegram
// takes, and nothing of it is lost but what a mark accounts for.
func FuzzCompose(f *testing.F) {
	f.Add("title", "body", "label", "value", "host", uint16(1), byte(3))
	f.Add("<b>", "🦉&<>", "\xff", "@all", "", uint16(900), byte(1))
	f.Add("", "\n \n", "", "", "\u200b", uint16(3000), byte(0))
	f.Add("t", "👩‍👩‍👧‍👦\r\n", "l", "v", "h", uint16(5000), byte(6))
	f.Fuzz(func(t *testing.T, title, body, label, value, host string, times uint16, flags byte) {
		m := &event.Message{
			Type: "any", Title: title, Body: strings.Repeat(body, 1+int(times)%5000), Details: []event.Detail{{Label: label, Value: value}}, Host: host,
			Rich: flags&1 != 0, Brief: flags&2 != 0, Repeat: flags&4 != 0,
		}
		if len(m.Body) > 128<<10 {
			t.Skip()
		}
		parts := compose(m)
		most := mostParts
		if m.Brief {
			most = 1
		}
		if len(parts) == 0 || len(parts) > most {
			t.Fatalf("%d parts", len(parts))
		}
		var all strings.Builder
		for i, p := range parts {
			text := p.text
			if m.Rich {
				shown, err := seen(p.html, "HTML")
				if err != nil || shown != text {
					t.Fatalf("part %d in HTML: %v, shows %.80q, want %.80q", i, err, shown, text)
				}
			} else if p.html != "" {
				t.Fatalf("part %d of a plain message has markup", i)
			}
			if n := textsplit.Width(text, textsplit.UTF16); n > limit || !visible(text) || !utf8.ValidString(text) {
				t.Fatalf("part %d: %d units, valid %v", i, n, utf8.ValidString(text))
			}
			all.WriteString(text)
		}
		if whole := layOut(tame(m)).text.String(); !strings.Contains(all.String(), "characters left out)") && squeeze(all.String()) != squeeze(whole) {
			t.Fatalf("text is missing: %.200q, want %.200q", all.String(), whole)
		}
	})
}

// squeeze drops what shows nothing, which may be left out between parts.
func squeeze(text string) string {
	return strings.Map(func(r rune) rune {
		if visible(string(r)) {
			return r
		}
		return -1
	}, text)
}

func BenchmarkCompose(b *testing.B) {
	for name, body := range map[string]string{
		"short": sample().Body,
		"1MB":   strings.Repeat("Inode 4711 of /dev/mapper/tank lost its name.\n", 1<<20/46),
		"flags": strings.Repeat("🇩🇪", 1<<17),
	} {
		b.Run(name, func(b *testing.B) {
			m := sample()
			m.Body = body
			for b.Loop() {
				compose(&m)
			}
		})
	}
}
