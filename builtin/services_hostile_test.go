package builtin_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	gocmp "github.com/google/go-cmp/cmp"

	"tocsin/channels/address"
	"tocsin/channels/service"
	"tocsin/engine/event"
)

// hostileTexts are what strangers put into names and log lines. None begins with
// a tag, which tells documents of ours from texts.
var hostileTexts = []string{
	"T <script>alert(1)</script> <b>x</b> &amp; &lt;i&gt; \"q\" 'a' `c` *s* _u_ ~t~ |p| [x](http://e.example) ![i](http://e.example/i.png) # @everyone <!channel> <@U1>",
	`"}], "to": "x", {{ .channel.token }} {{ range .targets }} ${x} %s %{x} %0d%0a \n \" \\ \u0041`,
	"a=b&c=d;e=f?g=h#i/../j %2F %26 +1 +2",
	"T ]]></Message><Message>x</Message><!-- --> <?xml?> &#60;",
	"שלום עולם مرحبا 🔥👨‍👩‍👧 é ﷽ 中文",
}

// TestServicesKeepTheirForm wants every request to have the same form whatever
// the message says: no text becomes a key, a pair, a header, a part of the path
// or a request of its own.
func TestServicesKeepTheirForm(t *testing.T) {
	eachService(t, func(t *testing.T, s *service.Spec, text string) {
		for _, hostile := range hostileTexts {
			harmless := strings.Map(func(r rune) rune {
				if unicode.IsSpace(r) {
					return r
				}
				return 'x'
			}, hostile)
			got, err := formsOf(s, text, hostile)
			if err != nil {
				t.Fatalf("%q: %v", hostile, err)
			}
			want, err := formsOf(s, text, harmless)
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %q changes the request (-harmless +hostile):\n%s", text, hostile, diff)
			}
		}
	})
}

// TestServicesCarryWholeTexts wants every word of a long message to arrive, in
// order, at the services that do not cut messages.
func TestServicesCarryWholeTexts(t *testing.T) {
	eachService(t, func(t *testing.T, s *service.Spec, text string) {
		set, err := settled(s, text)
		if err != nil {
			t.Fatal(err)
		}
		if s.Message.Over == service.Truncate || strings.Contains(text, "overflow=") {
			return
		}
		var body strings.Builder
		n := 0
		for limit := min(cmp.Or(s.Message.Max, 20_000)*10, 20_000); body.Len() < limit; n++ {
			fmt.Fprintf(&body, "w%05d of a long list.\n", n)
		}
		m := sampleMessage("A title\nof two lines", body.String())
		parts, err := s.Parts(m, set.Options)
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, p := range parts {
			all.WriteString(p.Text)
		}
		at := 0
		for i := range n {
			next := strings.Index(all.String()[at:], fmt.Sprintf("w%05d", i))
			if next < 0 {
				t.Fatalf("%s: word %d of %d does not arrive in %d parts", text, i, n, len(parts))
			}
			at += next
		}
	})
}

// eachService runs do for the first address of each service.
func eachService(t *testing.T, do func(*testing.T, *service.Spec, string)) {
	byName := map[string]*service.Spec{}
	for _, s := range specs(t) {
		if s.Closed == "" && s.Via == "" {
			byName[s.Name] = s
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		list, err := os.ReadFile(filepath.Join("testdata", "services", name+".urls"))
		if err != nil {
			t.Error(err)
			continue
		}
		t.Run(name, func(t *testing.T) {
			for text := range strings.Lines(string(list)) {
				if text = strings.TrimSpace(text); text != "" {
					do(t, byName[name], text)
				}
			}
		})
	}
}

func sampleMessage(title, body string) *event.Message {
	return &event.Message{
		ID: "01K0DELIVERY", EventID: "01K0EVENT", Type: "disk_space_low", Group: "storage", Severity: event.Warning,
		Title: event.OneLine(event.Clean(title)), Body: event.Clean(body), Host: "nas01", Rich: true,
		Time: time.Date(2026, 3, 1, 3, 4, 5, 0, time.UTC),
	}
}

func settled(s *service.Spec, text string) (*service.Settled, error) {
	u, err := address.Parse(text)
	if err != nil {
		return nil, err
	}
	values, err := s.FromURL(u)
	if err != nil {
		return nil, err
	}
	return s.Settle(values)
}

// formsOf returns the form of each request for a message: names and structure
// without texts.
func formsOf(s *service.Spec, address, text string) ([]any, error) {
	set, err := settled(s, address)
	if err != nil {
		return nil, err
	}
	m := sampleMessage(text, text+"\n"+text)
	m.Details = []event.Detail{{Label: text, Value: text}}
	m.Host = text
	parts, err := s.Parts(m, set.Options)
	if err != nil {
		return nil, err
	}
	now := time.Date(2026, 3, 1, 3, 4, 6, 0, time.UTC)
	view := s.View(m, parts[0], set, service.App{Name: "tocsin", Title: "tocsin"}, now) // escapes may take another part
	calls, err := callsOf(s, []map[string]any{view}, now)
	var out []any
	for _, c := range calls {
		out = append(out, formOfCall(c))
	}
	return out, err
}

func formOfCall(c service.Call) any {
	u, _ := url.Parse(c.URL)
	w := seen(c)
	form := map[string]any{"method": c.Method, "host": u.Host, "segments": strings.Count(u.EscapedPath(), "/"), "query": namesOf(w.Query), "type": w.BodyType}
	var headers []string
	for _, h := range c.Headers {
		headers = append(headers, h.Name)
	}
	form["headers"] = headers
	switch body := w.Body.(type) {
	case [][2]string:
		form["body"] = namesOf(body)
	case string:
		form["body"] = tagsOf(body)
	default:
		form["body"] = blankTexts(body)
	}
	return form
}

func namesOf(pairs [][2]string) []string {
	var out []string
	for _, p := range pairs {
		out = append(out, p[0])
	}
	return out
}

// tagsOf returns what a document of XML or HTML has of tags: event text must add
// none. A text has none, whatever characters it holds.
func tagsOf(text string) int {
	if !strings.HasPrefix(text, "<") {
		return 0
	}
	return strings.Count(text, "<")
}

// blankTexts returns a value of JSON without its texts. A text that is JSON or
// a page itself is looked into.
func blankTexts(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, item := range v {
			out[name] = blankTexts(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = blankTexts(item)
		}
		return out
	case string:
		var inner any
		if strings.HasPrefix(v, "{") && json.Unmarshal([]byte(v), &inner) == nil {
			return blankTexts(inner)
		}
		return tagsOf(v)
	}
	return v
}
