package builtin_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"tocsin/channels"
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

// leastEqual is the share of the recordings that services can take which ours
// are equal to, in percent.
const leastEqual = 97

// TestAgainstApprise holds what services are sent against what Apprise sends.
// Where the two differ on purpose, the reason stands in
// testdata/services/NAME.exceptions.
func TestAgainstApprise(t *testing.T) {
	byScheme, except := specs(t), exceptions(t)
	only := os.Getenv("TOCSIN_SERVICE")
	all, missing := tally{}, map[string]int{}
	byName := map[string]*tally{}
	for n, line := range recordings(t) {
		spec := specFor(byScheme, line.URL)
		if spec == nil || spec.Via != "" {
			missing[line.Service]++
			continue
		}
		if byName[spec.Name] == nil {
			byName[spec.Name] = &tally{}
		}
		e := exceptFor(except[spec.Name], line)
		diff := compare(spec, line, nil)
		if e != nil {
			e.count(diff)
			if rest := beyond(e, spec, line); rest != "" {
				t.Errorf("line %d, %s, %s, %s, beyond what its exception names:\n%s", n+1, line.Service, line.Case, line.URL, event.Clip(rest, 6000))
			}
		}
		all.add(diff, e)
		byName[spec.Name].add(diff, e)
		if diff != "" && e == nil && (only == "" || only == line.Service) {
			t.Errorf("line %d, %s, %s, %s:\n%s", n+1, line.Service, line.Case, line.URL, event.Clip(diff, 6000))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		if c := byName[name]; c.equal < c.total {
			t.Logf("%s: %s", name, c)
		}
	}
	t.Logf("all %d services: %s", len(byName), all)
	if share := all.share(); share < leastEqual {
		t.Errorf("%.1f %% of what services can take is equal, less than %d %%", share, leastEqual)
	}
	for _, list := range except {
		for _, e := range list {
			if e.covers > 0 && e.needed == 0 {
				t.Errorf("%s: no recording differs as this says: %s", e.file, e.reason)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		t.Logf("no service block: %s (%d lines)", name, missing[name])
	}
}

// tally counts recordings: those that are equal, those of the rest that are but
// for what an exception names, and those that no server takes.
type tally struct{ total, equal, nearly, refused int }

func (c *tally) add(diff string, e *exception) {
	c.total++
	switch {
	case diff == "":
		c.equal++
	case e != nil && e.refused:
		c.refused++
	case e != nil && len(e.places) > 0:
		c.nearly++
	}
}

// share returns how many of the recordings that services can take are equal, in
// percent.
func (c tally) share() float64 {
	return 100 * float64(c.equal) / float64(max(c.total-c.refused, 1))
}

func (c tally) String() string {
	all := 100 * float64(c.equal) / float64(max(c.total, 1))
	return fmt.Sprintf("%d of %d lines equal (%.1f %%), of the %d that servers can take %.1f %%, and %d but for the places that an exception names",
		c.equal, c.total, all, c.total-c.refused, c.share(), c.nearly)
}

// recordings reads the folder of recordings, and skips the test where there is
// none.
func recordings(t *testing.T) []recorded {
	t.Helper()
	folder := os.Getenv("TOCSIN_FIXTURES")
	if folder == "" {
		t.Skip("TOCSIN_FIXTURES names no folder with recordings of Apprise")
	}
	file, err := os.Open(filepath.Join(folder, "apprise", "expected.jsonl"))
	if err != nil {
		t.Skip(err)
	}
	defer file.Close()
	var out []recorded
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 4<<20)
	for scanner.Scan() {
		var line recorded
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		out = append(out, line)
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	return out
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

// beyond returns how what the service is sent differs elsewhere than where the
// exception says.
func beyond(e *exception, spec *service.Spec, line recorded) string {
	if len(e.places) == 0 {
		return ""
	}
	return compare(spec, line, e.places)
}

// compare returns how what the service is sent differs from a recording, the
// places set aside.
func compare(spec *service.Spec, line recorded, aside []string) string {
	got, err := replay(spec, line)
	if refused := (*channels.FieldError)(nil); errors.As(err, &refused) && !line.OK && len(line.Requests) == 0 {
		return "" // neither sends anything, and both say so
	}
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
	for _, place := range aside {
		drop(got, place)
		drop(want, place)
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
	title, body := convert(line, spec, set.Options)
	parts, err := spec.Verbatim(title, body, set.Options)
	if err != nil {
		return nil, err
	}
	for i := range parts {
		if parts[i].Format == service.HTML {
			parts[i].Plain = besides(parts[i].Body)
		}
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var views []map[string]any
	for _, p := range parts {
		views = append(views, spec.View(messageOf(line), p, set, appriseApp(), now))
	}
	calls, err := callsOf(spec, views, now)
	out := []wireRequest{} // a recording without requests has an empty list
	for _, call := range calls {
		out = append(out, seen(call))
	}
	return out, err
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

// wantMarkdown are the services whose plugins have Apprise turn HTML into
// Markdown; the others get the text of a page.
var wantMarkdown = []string{"evolution", "kook", "reddit", "revolt", "rocketchat", "webexteams", "workflows"}

// asIs are the addresses of Slack's blocks and workflows, whose texts Apprise
// leaves as they are.
var asIs = regexp.MustCompile(`[?&](blocks=yes|mode=[wt])|hooks\.slack\.com/(workflows|triggers)/`)

// convert brings a title and a body into the format that the service takes, as
// Apprise does before its plugin sees them: tocsin itself never has a body in
// another format.
func convert(line recorded, spec *service.Spec, o service.Options) (title, body string) {
	format := cmp.Or(o.Format, service.Text)
	if len(spec.Message.Formats) > 0 && o.Format == "" {
		format = spec.Message.Formats[0]
	}
	switch {
	case line.BodyFormat == "html" && spec.Name == "google_chat":
		return "", chatMarkup("# " + line.Title + "\n" + markdownOf(line.Body))
	case line.BodyFormat == "html" && slices.Contains(wantMarkdown, spec.Name) && spec.Message.Merge != nil:
		return "", "# " + line.Title + "\n" + markdownOf(line.Body)
	case line.BodyFormat == "html" && slices.Contains(wantMarkdown, spec.Name):
		return line.Title, markdownOf(line.Body)
	case line.BodyFormat == "html" && format != service.HTML:
		return line.Title, plainOf(line.Body)
	case line.BodyFormat == "" && format == service.Mrkdwn && !asIs.MatchString(line.URL): // as Slack's plugin does
		return line.Title, strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(line.Body)
	case line.BodyFormat == "markdown" && format == service.HTML:
		return line.Title, htmlOf(line.Body)
	}
	return line.Title, line.Body
}
