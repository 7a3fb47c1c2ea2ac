package webhook

import (
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels"
	"tocsin/channels/document"
	"tocsin/engine/event"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// hostile is text of everything that means something somewhere.
const hostile = "<>&\"' * _ ~ | 💥 {{ .Title }} \\ מימין لليمين \u2028 \x7f end"

// failed is a message with hostile texts and an event.
func failed() *event.Message {
	when := time.Date(2026, 3, 14, 1, 59, 26, 0, time.UTC)
	return &event.Message{
		ID: "01K9ZD3V7G4Q8R2M6N5T1W0XYB.büro 2", EventID: "01K9ZD3V7G4Q8R2M6N5T1W0XYB", Type: "backup_fail", Group: "backups",
		Severity: event.Critical, Icon: "💾", Title: "T " + hostile, Body: "B " + hostile + "\nsecond line",
		Details: []event.Detail{{Label: "L", Value: "V " + hostile}}, Host: "pve-7", Time: when,
		Event: &event.Event{Source: "api", Cluster: "home", Data: map[string]any{"vmid": 101.0, "reason": hostile, "size": event.Bytes(4096)}},
	}
}

// What goes over the wire, but for what changes with the time.
func TestRequestGolden(t *testing.T) {
	changing := regexp.MustCompile(`(?m)^(Webhook-Timestamp|Webhook-Signature|Content-Length): .*$`)
	for name, values := range map[string]channels.Values{
		"document": nil,
		"template": {"body": `{"text": {{ json (print .icon " " .title) }}, "vm": {{ json .data.vmid }}, "at": {{ json (date "15:04" .time) }}, "none": {{ json .data.absent }}}`},
		"text":     {"content_type": "text/plain; charset=utf-8", "body": "{{ .title }}\n{{ .text }}\n{{ .data.size }}", "method": "put"},
		"get":      {"method": "GET"},
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t, values)
			if _, err := p.Channel.Send(t.Context(), failed()); err != nil {
				t.Fatal(err)
			}
			got := changing.ReplaceAllString(strings.ReplaceAll(p.raw()[0], "\r\n", "\n"), "$1: …")
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

// Whatever an event says, it is read back as it was, from the default body and
// through a template.
func TestHostileTextsArriveWhole(t *testing.T) {
	for name, values := range map[string]channels.Values{"document": nil, "template": {"body": `{"title":{{ json .title }},"body":{{ json .body }},"data":{{ json .data }}}`}} {
		t.Run(name, func(t *testing.T) {
			p := open(t, values)
			m := failed()
			m.Body = strings.Repeat(hostile+"\n", 20_000/len(hostile))
			if _, err := p.Channel.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			var d document.Document
			if err := json.Unmarshal([]byte(p.got()[0].body), &d); err != nil {
				t.Fatal(err)
			}
			if d.Title != m.Title || d.Body != m.Body || d.Data["reason"] != hostile {
				t.Errorf("title %q, %d of %d bytes, reason %q", d.Title, len(d.Body), len(m.Body), d.Data["reason"])
			}
		})
	}
}

// A repeat has the same id, and says so.
func TestRepeats(t *testing.T) {
	p := open(t, nil)
	for _, again := range []bool{false, true} {
		m := failed()
		m.Repeat = again
		if _, err := p.Channel.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	got := p.got()
	if a, b := got[0].header.Get("webhook-id"), got[1].header.Get("webhook-id"); a != b || a != "01K9ZD3V7G4Q8R2M6N5T1W0XYB_b_ro_2" {
		t.Errorf("ids %q and %q", a, b)
	}
	if !strings.Contains(got[1].body, `"repeat":true`) {
		t.Error("the second does not say that it is one")
	}
}

func TestAnswersAreShown(t *testing.T) {
	for name, c := range map[string]struct {
		status       int
		body         string
		shows, hides string
	}{
		"words":         {400, "  no such\nroom\u202e ", "answered 400 (no such room<U+202E>)", "\n"},
		"JSON":          {422, `{"detail":"room is required"}`, `({"detail":"room is required"})`, ""},
		"a page":        {400, "<html>sign in</html>", "answered 400 Bad Request", "sign in"},
		"a header":      {403, "bad " + testHeader, "answered 403 Forbidden", testHeader},
		"an escape":     {403, `{"token":"pass-4711\/word","path":"T0k-en_9fK2"}`, "answered 403 Forbidden", "T0k-en"},
		"a long answer": {400, strings.Repeat("x", 5000), "(cut)", strings.Repeat("x", 300)},
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t, nil)
			p.reply = func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				io.WriteString(w, c.body)
			}
			_, err := p.Channel.Send(t.Context(), failed())
			e, ok := errors.AsType[*event.SendError](err)
			if !ok || !strings.Contains(e.Why, c.shows) || c.hides != "" && strings.Contains(e.Error(), c.hides) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A template may fail on an event that nobody thought of: nothing is sent then,
// and the reason is told.
func TestOddEvents(t *testing.T) {
	p := open(t, channels.Values{"body": `{"n": {{ if eq .data.odd "yes" }}oops{{ else }}1{{ end }}}`})
	m := failed()
	m.Event.Data["odd"] = "yes"
	_, err := p.Channel.Send(t.Context(), m)
	if e, ok := errors.AsType[*event.SendError](err); !ok || e.Class != event.Unfit || e.Code != "bad_body" || !strings.Contains(e.Why, "from byte 6 on") {
		t.Errorf("got %v", err)
	}
	if n := len(p.got()); n != 0 {
		t.Errorf("%d requests", n)
	}
	if _, err := p.Channel.Send(t.Context(), failed()); err != nil {
		t.Error(err)
	}
}

func TestFields(t *testing.T) {
	secrets := func(pairs ...string) map[string]event.Secret {
		m := map[string]event.Secret{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = event.NewSecret(pairs[i+1])
		}
		return m
	}
	for name, c := range map[string]struct {
		values channels.Values
		field  string // empty: fine
		says   string
	}{
		"no scheme":         {channels.Values{"url": event.NewSecret("hooks.example/x")}, "url", "http://"},
		"another scheme":    {channels.Values{"url": event.NewSecret("ftp://hooks.example/x")}, "url", "http://"},
		"a fragment":        {channels.Values{"url": event.NewSecret("https://hooks.example/#x")}, "url", "%23"},
		"a password":        {channels.Values{"url": event.NewSecret("https://ana:pw@hooks.example/")}, "", ""},
		"method":            {channels.Values{"method": "DELETE"}, "method", "PATCH"},
		"GET with a body":   {channels.Values{"method": "get", "body": "x"}, "body", "GET"},
		"content type":      {channels.Values{"content_type": "json"}, "content_type", "application/json"},
		"text without body": {channels.Values{"content_type": "text/plain"}, "content_type", "body"},
		"type as header":    {channels.Values{"headers": secrets("content-type", "x/y")}, "headers", "content_type"},
		"our header":        {channels.Values{"headers": secrets("webhook-id", "x")}, "headers", "Webhook-Id"},
		"header name":       {channels.Values{"headers": secrets("X: y", "x")}, "headers", "colon"},
		"header injection":  {channels.Values{"headers": secrets("X-A", "x\r\nX-B: y")}, "headers", "line break"},
		"header twice":      {channels.Values{"headers": secrets("X-A", "x", "x-a", "y")}, "headers", "spellings"},
		"signing secret":    {channels.Values{"secret": event.NewSecret("whsec_!")}, "secret", "base64"},
		"template":          {channels.Values{"body": "{{ .title"}, "body", ""},
		"unknown name":      {channels.Values{"body": "{{ json .zebra }}"}, "body", ".delivery"},
		"glued text":        {channels.Values{"body": `{"text": "{{ .title }}"}`}, "body", "a text has quotes"},
		"glued severity":    {channels.Values{"body": `{"level": "{{ .severity }}"}`}, "", ""},
		"bare number":       {channels.Values{"body": `{"vm": {{ .data.vmid }}}`}, "body", "json"},
		"in one branch":     {channels.Values{"body": `{"a": {{ if eq .severity "CRITICAL" }}"{{ .body }}"{{ else }}1{{ end }}}`}, "body", "json"},
		"the document":      {channels.Values{"body": `{{ json . }}`}, "", ""},
		"details":           {channels.Values{"body": `[{{ range $i, $d := .details }}{{ if $i }},{{ end }}{{ json $d.label }}{{ end }}]`}, "", ""},
		"glued, no JSON":    {channels.Values{"body": `{{ .title }}`, "content_type": "text/plain"}, "", ""},
		"vendor JSON":       {channels.Values{"body": `{{ .title }}`, "content_type": "application/vnd.x+json"}, "body", ""},
	} {
		t.Run(name, func(t *testing.T) {
			values := channels.Values{"url": event.NewSecret("https://hooks.example/x")}
			for k, v := range c.values {
				values[k] = v
			}
			_, err := Kind(nil).New(values)
			if c.field == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if e, ok := errors.AsType[*channels.FieldError](err); !ok || e.Field != c.field || !strings.Contains(e.Error(), c.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}
