package builtin_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"tocsin/channels/address"
	"tocsin/channels/service"
	"tocsin/engine/event"
)

// recorded is one line of what Apprise was seen to send.
type recorded struct {
	Service    string        `json:"service"`
	Case       string        `json:"case"`
	URL        string        `json:"url"`
	Type       string        `json:"type"`
	Title      string        `json:"title"`
	Body       string        `json:"body"`
	BodyFormat string        `json:"body_format"`
	OK         bool          `json:"ok"`
	Requests   []wireRequest `json:"requests"`
	Unordered  bool          `json:"unordered"`
	Volatile   []string      `json:"volatile"`
}

type wireRequest struct {
	Method   string            `json:"method"`
	URL      string            `json:"url"`
	Query    [][2]string       `json:"query"`
	Headers  map[string]string `json:"headers"`
	BodyType string            `json:"body_type"`
	Body     any               `json:"body"`
}

// TestAgainstApprise holds what services are sent against what Apprise sends.
// Where the two differ on purpose, the reason stands in
// testdata/services/NAME.exceptions.
func TestAgainstApprise(t *testing.T) {
	folder := os.Getenv("TOCSIN_FIXTURES")
	if folder == "" {
		t.Skip("TOCSIN_FIXTURES names no folder with recordings of Apprise")
	}
	file, err := os.Open(filepath.Join(folder, "apprise", "expected.jsonl"))
	if err != nil {
		t.Skip(err)
	}
	defer file.Close()
	byScheme := specs(t)
	only := os.Getenv("TOCSIN_SERVICE")
	equal, total, missing := map[string]int{}, map[string]int{}, map[string]int{}
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 4<<20)
	for n := 1; scanner.Scan(); n++ {
		var line recorded
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		spec := specFor(byScheme, line.URL)
		if spec == nil || spec.Via != "" {
			missing[line.Service]++
			continue
		}
		total[line.Service]++
		diff := compare(spec, line)
		if diff == "" {
			equal[line.Service]++
			continue
		}
		if exception(spec.Name, line) == "" {
			if only == "" || only == line.Service {
				t.Errorf("line %d, %s, %s, %s:\n%s", n, line.Service, line.Case, line.URL, event.Clip(diff, 6000))
			}
		}
	}
	all, same := 0, 0
	for _, name := range slices.Sorted(maps.Keys(total)) {
		all, same = all+total[name], same+equal[name]
		if equal[name] < total[name] {
			t.Logf("%s: %d of %d equal", name, equal[name], total[name])
		}
	}
	t.Logf("%d of %d lines of %d services equal (%.1f %%)", same, all, len(total), 100*float64(same)/float64(max(all, 1)))
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		t.Logf("no service block: %s (%d lines)", name, missing[name])
	}
}

// specFor returns the service that an address is of.
func specFor(byScheme map[string]*service.Spec, text string) *service.Spec {
	u, err := address.Parse(text)
	if err != nil {
		return nil
	}
	if s := byScheme[u.Scheme()]; s != nil {
		return s
	}
	for _, name := range slices.Sorted(maps.Keys(byScheme)) {
		if s := byScheme[name]; slices.ContainsFunc(s.Shapes, func(shape address.Shape) bool {
			_, err := shape.Match(u)
			return err == nil && slices.Contains(shape.Schemes(), u.Scheme())
		}) {
			return s
		}
	}
	return nil
}

// compare returns how what the service is sent differs from a recording.
func compare(spec *service.Spec, line recorded) string {
	got, err := replay(spec, line)
	if err != nil {
		return err.Error()
	}
	want := slices.Clone(line.Requests)
	for i := range got {
		got[i] = normal(got[i])
	}
	for i := range want {
		want[i] = normal(want[i])
	}
	for _, path := range line.Volatile {
		blank(got, want, path)
	}
	if line.Unordered {
		order := func(a, b wireRequest) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
		slices.SortFunc(got, order)
		slices.SortFunc(want, order)
	}
	return gocmp.Diff(want, got)
}

// replay makes the requests of one recording.
func replay(spec *service.Spec, line recorded) ([]wireRequest, error) {
	u, err := address.Parse(line.URL)
	if err != nil {
		return nil, err
	}
	values, err := spec.FromURL(u)
	if err != nil {
		return nil, err
	}
	set, err := spec.Settle(values)
	if err != nil {
		return nil, err
	}
	if set.Options.Over == "" {
		set.Options.Over = service.Whole // as Apprise does
	}
	body := convert(line, spec, set.Options)
	parts, err := spec.Verbatim(line.Title, body, set.Options)
	if err != nil {
		return nil, err
	}
	for i := range parts {
		if parts[i].Format == service.HTML {
			parts[i].Plain = besides(parts[i].Body)
		}
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	out := []wireRequest{} // a recording without requests has an empty list
	var last map[string]any
	steps := map[string]any{}
	for _, p := range parts {
		view := spec.View(messageOf(line), p, set, appriseApp(), now)
		view["step"] = steps
		for _, st := range spec.Steps {
			if steps[st.Name] != nil {
				continue
			}
			call, needed, err := st.Call(view, now)
			if err != nil {
				return nil, err
			}
			if !needed {
				continue
			}
			out = append(out, seen(call))
			steps[st.Name], _, err = st.Saved(answerOf(spec.Name, st.Name))
			if err != nil {
				return nil, err
			}
		}
		calls, err := spec.Calls(view, now)
		if err != nil {
			return nil, err
		}
		for _, call := range calls {
			out = append(out, seen(call))
		}
		last = view
	}
	for _, st := range spec.After {
		call, needed, err := st.Call(last, now)
		if err != nil {
			return nil, err
		}
		if needed {
			out = append(out, seen(call))
		}
	}
	return out, nil
}

// messageOf returns a message whose tone is the recording's type.
func messageOf(line recorded) *event.Message {
	m := &event.Message{ID: "01J", EventID: "01E", Type: "disk_space_low", Host: "nas01", Rich: true}
	switch line.Type {
	case service.ToneSuccess:
		m.Outcome = event.Success
	case service.ToneWarning:
		m.Severity = event.Warning
	case service.ToneFailure:
		m.Severity = event.Critical
	}
	return m
}

// appriseApp is the application that the recordings were made with.
func appriseApp() service.App {
	return service.App{
		Name: "Tocsin", Title: "Tocsin Notifications", URL: "https://tocsin.example/",
		Image: func(tone, size string) string { return "https://icons.example/default/" + tone + "-" + size + ".png" },
	}
}

// normal brings a request into the form in which two are compared: names of
// headers, the order of pairs, and what is not there all mean the same.
func normal(w wireRequest) wireRequest {
	headers := map[string]string{}
	for name, value := range w.Headers {
		name = http.CanonicalHeaderKey(name)
		if name == "Accept" { // the recordings leave it out
			continue
		}
		if name == "Content-Type" { // its parameters and capitals say nothing new
			value, _, _ = strings.Cut(strings.ToLower(value), ";")
		}
		headers[name] = value
	}
	w.Headers = headers
	w.URL, _, _ = strings.Cut(w.URL, "?") // it stands in Query as well
	w.URL = strings.TrimSuffix(w.URL, "/")
	w.Query = sortedPairs(w.Query)
	if text, raw := w.Body.(string); raw && strings.HasPrefix(headers["Content-Type"], "application/x-www-form-urlencoded") {
		// One pair whose value was written without escapes.
		if name, value, ok := strings.Cut(text, "="); ok {
			w.BodyType, w.Body = "form", [][2]string{{name, value}}
		}
	}
	if w.BodyType == "form" {
		w.Body = sortedPairs(formOf(w.Body))
	}
	w.Body = withoutNull(w.Body)
	return w
}

func formOf(body any) [][2]string {
	if pairs, ok := body.([][2]string); ok {
		return pairs
	}
	var out [][2]string
	list, _ := body.([]any)
	for _, item := range list {
		pair, _ := item.([]any)
		if len(pair) == 2 {
			out = append(out, [2]string{fmt.Sprint(pair[0]), fmt.Sprint(pair[1])})
		}
	}
	return out
}

func sortedPairs(pairs [][2]string) [][2]string {
	out := slices.Clone(pairs)
	for i := range out { // JSON in a pair means what it says, however it is escaped
		var v any
		if strings.HasPrefix(out[i][1], "{") && json.Unmarshal([]byte(out[i][1]), &v) == nil {
			text, _ := json.Marshal(v)
			out[i][1] = string(text)
		}
	}
	slices.SortStableFunc(out, func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	if len(out) == 0 {
		return nil
	}
	return out
}

func withoutNull(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, item := range v {
			if item != nil {
				out[name] = withoutNull(item)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = withoutNull(item)
		}
		return out
	}
	return v
}

// blank takes out of both what changes from run to run.
func blank(got, want []wireRequest, path string) {
	words := strings.Split(strings.Trim(path, "/"), "/")
	if len(words) < 2 {
		return
	}
	i, err := strconv.Atoi(words[0])
	if err != nil {
		return
	}
	for _, list := range [][]wireRequest{got, want} {
		if i < len(list) {
			blankIn(&list[i], words[1:])
		}
	}
}

func blankIn(w *wireRequest, path []string) {
	switch path[0] {
	case "headers":
		delete(w.Headers, http.CanonicalHeaderKey(path[1]))
	case "url":
		w.URL = ""
	case "query":
		w.Query = blankPairs(w.Query, path[1:])
	case "body":
		if pairs, ok := w.Body.([][2]string); ok {
			w.Body = blankPairs(pairs, path[1:])
			return
		}
		w.Body = blankValue(w.Body, path[1:])
	}
}

// blankPairs drops the values of all pairs: sorted ones have lost their
// numbers, and those that matter are compared by their names.
func blankPairs(pairs [][2]string, path []string) [][2]string {
	if len(path) == 0 {
		return nil
	}
	out := slices.Clone(pairs)
	for i := range out {
		out[i][1] = ""
	}
	return out
}

func blankValue(v any, path []string) any {
	if len(path) == 0 {
		return nil
	}
	switch v := v.(type) {
	case map[string]any:
		out := maps.Clone(v)
		if item := blankValue(v[path[0]], path[1:]); item == nil {
			delete(out, path[0])
		} else {
			out[path[0]] = item
		}
		return out
	case []any:
		out := slices.Clone(v)
		if i, err := strconv.Atoi(path[0]); err == nil && i < len(out) {
			out[i] = blankValue(out[i], path[1:])
		}
		return out
	}
	return v
}

// convert brings a body into the format that the service takes, as Apprise does
// before its plugin sees it: tocsin itself never has a body in another format.
func convert(line recorded, spec *service.Spec, o service.Options) string {
	format := cmp.Or(o.Format, service.Text)
	if len(spec.Message.Formats) > 0 && o.Format == "" {
		format = spec.Message.Formats[0]
	}
	switch {
	case line.BodyFormat == "html" && format != service.HTML:
		return plainOf(line.Body)
	case line.BodyFormat == "markdown" && format == service.HTML:
		return htmlOf(line.Body)
	}
	return line.Body
}
