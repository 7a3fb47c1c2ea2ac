package builtin_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/builtin"
	"tocsin/channels"
	"tocsin/channels/address"
	"tocsin/channels/service"
	"tocsin/engine/event"
	"tocsin/rules"
)

// specs loads the services of the pack, by their schemes.
func specs(t testing.TB) map[string]*service.Spec {
	t.Helper()
	config, diags := rules.Load(rules.Input{
		Pack: builtin.Files(), EveryService: true,
		Declared: func(s *service.Spec) channels.Kind { return channels.Kind{Name: s.Name} },
	})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	out := map[string]*service.Spec{}
	for _, s := range config.Services {
		for _, scheme := range s.Schemes {
			if other := out[scheme]; other != nil {
				t.Errorf("%s and %s both have the scheme %s", s.Name, other.Name, scheme)
			}
			out[scheme] = s
		}
	}
	return out
}

// seen decodes a call as the recordings are.
func seen(c service.Call) wireRequest {
	u, _ := url.Parse(c.URL)
	w := wireRequest{Method: c.Method, Headers: map[string]string{}, BodyType: "none", Query: pairsOf(u.RawQuery)}
	u.RawQuery = ""
	w.URL = u.String()
	for _, h := range c.Headers {
		w.Headers[http.CanonicalHeaderKey(h.Name)] = h.Value
	}
	if len(c.Body) == 0 {
		return w
	}
	kind, _, _ := strings.Cut(w.Headers["Content-Type"], ";")
	var v any
	switch {
	case strings.Contains(kind, "json") && json.Unmarshal(c.Body, &v) == nil:
		w.BodyType, w.Body = "json", v
	case kind == "application/x-www-form-urlencoded" && !strings.ContainsAny(string(c.Body), " :\n"): // which forms escape
		w.BodyType, w.Body = "form", pairsOf(string(c.Body))
	default:
		w.BodyType, w.Body = "text", string(c.Body)
	}
	return w
}

func pairsOf(query string) [][2]string {
	var out [][2]string
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name, _ = url.QueryUnescape(name)
		value, _ = url.QueryUnescape(value)
		out = append(out, [2]string{name, value})
	}
	return out
}

// answerOf is what a service answers to a step: testdata/services/NAME.STEP.json.
func answerOf(name, step string) *service.Answer {
	body, err := os.ReadFile(filepath.Join("testdata", "services", name+"."+step+".json"))
	if err != nil {
		return &service.Answer{Status: 500}
	}
	return &service.Answer{Status: 200, Body: body}
}

// A configuration reads only the files whose names its channels have.
func TestServicesStandInFilesOfTheirNames(t *testing.T) {
	declares := regexp.MustCompile(`(?m)^service "([^"]+)"`)
	for name, src := range builtin.Files() {
		if path.Dir(name) != "builtin/services" || path.Base(name) == "apprise.hcl" {
			continue
		}
		found := declares.FindAllSubmatch(src, -1)
		if len(found) != 1 || string(found[0][1])+".hcl" != path.Base(name) {
			t.Errorf("%s declares %q", name, found)
		}
	}
}

// Services that nobody uses are not read, and still known by their names.
func TestUnusedServicesAreNotRead(t *testing.T) {
	read := func(text string) ([]string, string) {
		config, diags := rules.Load(rules.Input{
			Pack: builtin.Files(), Files: map[string][]byte{"a.hcl": []byte("tocsin {\n  enabled = true\n}\n" + text)},
			Declared: func(s *service.Spec) channels.Kind {
				return channels.Kind{Name: s.Name, Fields: s.ChannelFields(), New: func(channels.Values) (channels.Channel, error) { return nil, nil }}
			},
		})
		if config == nil {
			return nil, diags.Error()
		}
		var names []string
		for _, s := range config.Services {
			names = append(names, s.Name)
		}
		return names, ""
	}
	if names, _ := read(""); len(names) > 0 {
		t.Errorf("without a channel %v are read", names)
	}
	if names, said := read(`channel "ntfy" "pocket" { topics = ["x"] }`); !slices.Equal(names, []string{"ntfy"}) {
		t.Errorf("for one channel %v are read %s", names, said)
	}
	for _, odd := range []string{"channel\"ntfy\"\"pocket\" {", "channel /* my */ \"ntfy\" \"pocket\" {", "channel \"nt\\u0066y\" \"pocket\" {", "channel ntfy \"pocket\" {"} {
		if names, said := read(odd + "\n  topics = [\"x\"]\n}"); !slices.Contains(names, "ntfy") {
			t.Errorf("%s: %v are read %s", odd, names, said)
		}
	}
	if names, said := read("service \"bell\" {\n  request {\n    url = \"https://bell.example\"\n  }\n}"); len(names) < 100 {
		t.Errorf("beside a service of one's own %d are read %s", len(names), said)
	}
	if _, said := read(`channel "slak" "x" {}`); !strings.Contains(said, "slack") && !strings.Contains(said, "slak") {
		t.Error(said)
	}
	if _, said := read(`channel "ntfy" "slack" { topics = ["x"] }`); !strings.Contains(said, "name of a kind") {
		t.Error(said)
	}
}

// Panels, checks and documents are made of what a service says of itself.
func TestDocsOfServices(t *testing.T) {
	for _, s := range specs(t) {
		if s.Doc == "" || s.Title == "" || s.Site == "" {
			t.Errorf("%s lacks title, doc or site", s.Name)
		}
		for _, f := range s.Fields {
			if !strings.HasSuffix(f.Doc, ".") {
				t.Errorf("%s.%s: the doc is no sentence: %q", s.Name, f.Name, f.Doc)
			}
		}
	}
}

// TestServiceRequests shows what each service is sent: for each address of
// testdata/services/NAME.urls, the requests of one message.
func TestServiceRequests(t *testing.T) {
	byScheme := specs(t)
	done := map[string]bool{}
	for _, s := range byScheme {
		if done[s.Name] || s.Closed != "" || s.Via != "" {
			continue
		}
		done[s.Name] = true
		t.Run(s.Name, func(t *testing.T) { checkRequests(t, s) })
	}
}

func checkRequests(t *testing.T, s *service.Spec) {
	base := filepath.Join("testdata", "services", s.Name)
	list, err := os.ReadFile(base + ".urls")
	if err != nil {
		t.Fatal("no addresses to try: ", err)
	}
	var out strings.Builder
	for text := range strings.Lines(string(list)) {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		fmt.Fprintf(&out, "== %s\n", text)
		if err := showRequests(&out, s, text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	golden(t, "../services/"+s.Name+".golden", out.String())
}

// showRequests writes the requests that a message to an address takes.
func showRequests(out *strings.Builder, s *service.Spec, text string) error {
	u, err := address.Parse(text)
	if err != nil {
		return err
	}
	values, err := s.FromURL(u)
	if err != nil {
		return err
	}
	set, err := s.Settle(values)
	if err != nil {
		return err
	}
	m := &event.Message{
		ID: "01K0DELIVERY", EventID: "01K0EVENT", Type: "disk_space_low", Group: "storage", Severity: event.Warning, Icon: "💾",
		Title: "Disk <tank> is at 91 %", Body: "368 GB are free & falling.\nSee *zpool list*.", Details: []event.Detail{{Label: "Pool", Value: "tank"}},
		Host: "nas01", Time: time.Date(2026, 3, 1, 3, 4, 5, 0, time.UTC), Rich: true,
	}
	parts, err := s.Parts(m, set.Options)
	if err != nil {
		return err
	}
	now := time.Date(2026, 3, 1, 3, 4, 6, 0, time.UTC)
	var views []map[string]any
	for _, p := range parts {
		views = append(views, s.View(m, p, set, service.App{Name: "tocsin", Title: "tocsin"}, now))
	}
	calls, err := callsOf(s, views, now)
	for _, call := range calls {
		showCall(out, call)
	}
	if len(calls) == 0 && err == nil {
		fmt.Fprintf(out, "nothing: %s\n\n", s.Untold(views[0]))
	}
	return err
}

// callsOf returns all calls of a message, of whose parts these are the views:
// steps are answered out of testdata.
func callsOf(s *service.Spec, views []map[string]any, now time.Time) ([]service.Call, error) {
	var out []service.Call
	steps := map[string]any{}
	for _, view := range views {
		view["step"] = steps
		for _, st := range s.Steps {
			if steps[st.Name] != nil {
				continue
			}
			calls, err := st.Calls(view, now)
			if err != nil {
				return nil, err
			}
			if len(calls) == 0 {
				continue
			}
			out = append(out, calls...)
			if steps[st.Name], _, err = st.Saved(answerOf(s.Name, st.Name)); err != nil {
				return nil, err
			}
		}
		calls, err := s.Calls(view, now)
		if err != nil {
			return nil, err
		}
		out = append(out, calls...)
	}
	for _, st := range s.After {
		calls, err := st.Calls(views[len(views)-1], now)
		if err != nil {
			return nil, err
		}
		out = append(out, calls...)
	}
	return out, nil
}

func showCall(out *strings.Builder, c service.Call) {
	fmt.Fprintf(out, "%s %s\n", c.Method, c.URL)
	for _, h := range c.Headers {
		fmt.Fprintf(out, "%s: %s\n", h.Name, h.Value)
	}
	if len(c.Body) > 0 {
		body := string(c.Body)
		if seen(c).BodyType == "form" {
			body = strings.ReplaceAll(body, "&", "\n&")
		}
		var pretty bytes.Buffer
		if json.Indent(&pretty, c.Body, "", "  ") == nil {
			body = pretty.String()
		}
		fmt.Fprintf(out, "\n%s\n", body)
	}
	out.WriteByte('\n')
}
