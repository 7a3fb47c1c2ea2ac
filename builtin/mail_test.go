package builtin_test

import (
	"html"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"testing"
)

// showMail writes a mail without what differs from run to run.
func showMail(t *testing.T, sent string) string {
	subject, importance, text, page := readMail(t, sent)
	shown := "Subject: " + subject + "\n"
	if importance != "" {
		shown += "Importance: " + importance + "\n"
	}
	shown += "\n" + text
	if page != "" {
		shown += "\n--- as a page\n" + reduce(page)
	}
	return shown
}

// readMail takes a mail apart: its subject and importance, and its parts as
// text and as a page.
func readMail(t *testing.T, sent string) (subject, importance, text, page string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	importance = m.Header.Get("Importance")
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if kind == "text/plain" {
		return subject, importance, readPart(t, quotedprintable.NewReader(m.Body)), ""
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextPart() // undoes the encoding
		if err == io.EOF {
			return subject, importance, text, page
		}
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			page = readPart(t, part)
		} else {
			text = readPart(t, part)
		}
	}
}

func readPart(t *testing.T, r io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

var (
	pageHead = regexp.MustCompile(`(?s)^.*</head>`)
	tag      = regexp.MustCompile(`<[^>]*>`)
)

// reduce returns the text of a page: a row a line, with a bar between its
// cells.
func reduce(page string) string {
	page = pageHead.ReplaceAllString(page, "")
	page = strings.NewReplacer("\n", "", "<br>", "\n", "</td><td", " | <td", "</tr>", "\n").Replace(page)
	lines := strings.Split(html.UnescapeString(tag.ReplaceAllString(page, "")), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(strings.ReplaceAll(line, "\u00a0", " "))
	}
	return strings.TrimSpace(strings.Join(lines, "\n")) + "\n"
}
