package email

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
)

// sample returns a message with something in every field.
func sample() *event.Message {
	return &event.Message{
		ID: "01K4A7Q2M3Z9D5.mail", EventID: "01K4A7Q2M3Z9D5", Type: "backup_warning", Group: "backups", Severity: event.Warning,
		Icon: "💾", Title: "Sicherung von vault-3 mit Warnungen", Body: "2 of 3 guests were saved.\n\n.leading dot\n  guest 118 <locked> & skipped",
		Details: []event.Detail{{Label: "Storage", Value: "coldpool"}, {Label: "Größe", Value: "18.2 GiB\n(before: 17.9 GiB)"}},
		Host:    "pve-süd", Time: time.Date(2026, 3, 14, 1, 0, 2, 0, time.FixedZone("CET", 3600)), Rich: true,
	}
}

// letter is a mail as a person gets it.
type letter struct {
	header  mail.Header
	subject string
	parts   map[string]string // text by media type
	order   []string          // the media types
}

func parse(t *testing.T, raw string) letter {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatalf("not a mail: %v", err)
	}
	l := letter{header: m.Header, parts: map[string]string{}}
	if l.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatalf("subject: %v", err)
	}
	media, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatalf("content type: %v", err)
	}
	if media != "multipart/alternative" {
		l.add(t, media, m.Header.Get("Content-Transfer-Encoding"), m.Body)
		return l
	}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return l
		}
		if err != nil {
			t.Fatalf("parts: %v", err)
		}
		media, params, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil || params["charset"] != "UTF-8" {
			t.Fatalf("part has content type %q", p.Header.Get("Content-Type"))
		}
		l.add(t, media, p.Header.Get("Content-Transfer-Encoding"), p)
	}
}

func (l *letter) add(t *testing.T, media, encoding string, r io.Reader) {
	t.Helper()
	if encoding != "quoted-printable" {
		t.Fatalf("transfer encoding is %q", encoding)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(r))
	if err != nil {
		t.Fatal(err)
	}
	l.parts[media] = strings.TrimRight(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	l.order = append(l.order, media)
}
