package email

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"regexp"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"tocsin/channels/textsplit"
	"tocsin/engine/event"
)

// Lengths of the text in bytes. Mail has no limit of its own; this keeps a mail
// well below what any server takes.
const (
	wholeText = 256 << 10
	briefText = 8 << 10
)

// compose lays out the whole mail, headers and all.
func (c *channel) compose(m *event.Message, id string, now time.Time) ([]byte, error) {
	limit := wholeText
	if m.Brief {
		limit = briefText
	}
	m = textsplit.Shorten(tidy(m), limit, textsplit.Bytes)
	letter := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	letter.FromMailAddress(c.from)
	letter.ToMailAddress(c.to...)
	letter.SetDateWithValue(now)
	letter.SetMessageIDWithValue(id)
	letter.SetGenHeaderPreformatted(gomail.HeaderSubject, encodeSubject(c.subject(m)))
	// No vacation note, receipt or other robot is to answer.
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	letter.SetGenHeader("X-Auto-Response-Suppress", "All")
	if m.Severity == event.Critical {
		letter.SetGenHeader("X-Priority", "1")
		letter.SetGenHeader("Importance", "high")
	}
	letter.SetBodyString(gomail.TypeTextPlain, m.Plain()+"\n")
	if m.Rich {
		page, err := renderPage(m)
		if err != nil {
			return nil, err
		}
		letter.AddAlternativeString(gomail.TypeTextHTML, page)
	}
	var out bytes.Buffer
	if _, err := letter.WriteTo(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// tidy returns a copy of m whose text is safe to show, and whose short texts
// are one line each.
func tidy(m *event.Message) *event.Message {
	t := *m
	for _, line := range []*string{&t.Type, &t.Icon, &t.Title, &t.Host} {
		*line = event.OneLine(event.Clean(*line))
	}
	t.Body = event.Clean(t.Body)
	t.Details = make([]event.Detail, len(m.Details))
	for i, d := range m.Details {
		t.Details[i] = event.Detail{Label: event.OneLine(event.Clean(d.Label)), Value: event.Clean(d.Value)}
	}
	return &t
}

// idText is what may stand left of the at sign of a Message-ID as it is.
var idText = regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$`)

// messageID returns the Message-ID of m, without angle brackets. It is the same
// in every attempt, so that a mail system can tell a second copy.
func messageID(m *event.Message, from *mail.Address) string {
	local := m.ID
	if len(local) > 128 || !idText.MatchString(local) {
		sum := sha256.Sum256([]byte(strings.Join([]string{m.ID, m.EventID, m.Type, m.Title, m.Body, m.Time.UTC().String()}, "\x00")))
		local = hex.EncodeToString(sum[:16])
	}
	_, domain := splitAddress(from)
	return local + "@" + domain
}
