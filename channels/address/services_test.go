package address_test

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels/address"
)

// service is a service of testdata/services.txt.
type service struct {
	name    string
	shapes  address.Set
	samples []sample
}

type sample struct {
	url    string
	fields map[string][]string
}

func loadServices(t *testing.T) []service {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "services.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var services []service
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := lines.Text()
		text := strings.TrimSpace(line)
		if text == "" || text[0] == '#' {
			continue
		}
		last := max(len(services)-1, 0)
		switch {
		case line == text:
			services = append(services, service{name: text})
		case text[0] == '<':
			services[last].samples = append(services[last].samples, sample{url: text[2:]})
		case text[0] == '=':
			samples := services[last].samples
			samples[len(samples)-1].fields = readFields(text[2:])
		default:
			shape, err := address.Compile(text)
			if err != nil {
				t.Fatal(err)
			}
			services[last].shapes = append(services[last].shapes, shape)
		}
	}
	return services
}

// readFields reads "name:value name:item,item". A semicolon is a comma.
func readFields(text string) map[string][]string {
	fields := map[string][]string{}
	for field := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(field, ":")
		for item := range strings.SplitSeq(value, ",") {
			fields[name] = append(fields[name], strings.ReplaceAll(item, ";", ","))
		}
	}
	return fields
}

func TestServices(t *testing.T) {
	for _, service := range loadServices(t) {
		for _, s := range service.samples {
			u, err := address.Parse(s.url)
			if err != nil {
				t.Errorf("%s: %v", service.name, err)
				continue
			}
			m, err := service.shapes.Match(u)
			if err != nil {
				t.Errorf("%s: %s: %v", service.name, s.url, err)
				continue
			}
			if diff := cmp.Diff(s.fields, m.Values); diff != "" {
				t.Errorf("%s: %s by %s (-want +got):\n%s", service.name, s.url, m.Shape, diff)
			}
			checkWrite(t, u.Scheme(), m)
		}
	}
}

// checkWrite writes what was read and reads it again.
func checkWrite(t *testing.T, scheme string, m address.Matched) {
	t.Helper()
	text, err := m.Shape.Write(scheme, m.Values)
	if err != nil {
		t.Error(err)
		return
	}
	u, err := address.Parse(text)
	if err != nil {
		t.Error(err)
		return
	}
	again, err := m.Shape.Match(u)
	if err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(m.Values, again); diff != "" {
		t.Errorf("%s written as %s (-want +got):\n%s", m.Shape, text, diff)
	}
}

// recorded is one case of the recordings.
type recorded struct {
	Service  string
	URL      string
	Requests json.RawMessage
}

// TestRecorded holds shapes against addresses with recorded requests: each must
// fit, and what was read must be what was sent.
func TestRecorded(t *testing.T) {
	root := os.Getenv("TOCSIN_FIXTURES")
	if root == "" {
		t.Skip("TOCSIN_FIXTURES names no folder with recorded requests")
	}
	services := map[string]service{}
	for _, s := range loadServices(t) {
		services[s.name] = s
	}
	seen := map[string]bool{}
	matched := map[string]bool{}
	for _, r := range loadRecorded(t, filepath.Join(root, "apprise", "expected.jsonl")) {
		u, err := address.Parse(r.URL)
		if err != nil {
			t.Errorf("%s: %v", r.URL, err)
			continue
		}
		service, known := services[r.Service]
		if !known || seen[r.URL] {
			continue
		}
		seen[r.URL] = true
		m, err := service.shapes.Match(u)
		if err != nil {
			t.Errorf("%s: %v", r.URL, err)
			continue
		}
		matched[r.Service] = true
		checkWrite(t, u.Scheme(), m)
		checkSent(t, r, m)
	}
	if len(matched) < 60 {
		t.Errorf("only %d services have shapes", len(matched))
	}
}

func loadRecorded(t *testing.T, name string) []recorded {
	t.Helper()
	file, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("no recorded requests: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []recorded
	for d := json.NewDecoder(file); d.More(); {
		var r recorded
		if err := d.Decode(&r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	if len(all) == 0 {
		t.Fatal("no case in " + name)
	}
	return all
}

// unsent are fields that a service does not send as they are: they are hashed,
// signed with, looked up, or replaced.
var unsent = map[string][]string{
	"fortysixelks":   {"sender"},                // a name in the query wins
	"home_assistant": {"services"},              // split at the dot
	"ses":            {"secret"},                // signs
	"sns":            {"secret"},                // signs
	"telegram":       {"chats"},                 // chat and topic apart
	"twist":          {"channels"},              // looked up
	"vapid":          {"subscriber", "targets"}, // signed and looked up
	"voipms":         {"sender", "phones"},      // without the country's digit
}

// checkSent fails when a value that was read appears in no request.
func checkSent(t *testing.T, r recorded, m address.Matched) {
	t.Helper()
	sent := strings.ToLower(sentText(t, r.Requests))
	if sent == "" || sent == "[]" {
		return // some send nothing in this case
	}
	for _, name := range slices.Sorted(maps.Keys(m.Values)) {
		if slices.Contains(unsent[r.Service], name) {
			continue
		}
		for _, value := range m.Values[name] {
			if !strings.Contains(sent, strings.ToLower(strings.TrimPrefix(strings.TrimSuffix(value, "/"), "+"))) {
				t.Errorf("%s: {%s} was read as %q, which is in no request", r.URL, name, value)
			}
		}
	}
}

// sentText is the text of requests, also decoded from escapes and base64.
func sentText(t *testing.T, requests json.RawMessage) string {
	t.Helper()
	var list []struct {
		URL     string
		Headers map[string]string
		Body    any
	}
	if err := json.Unmarshal(requests, &list); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range list {
		decoded, _ := url.PathUnescape(r.URL)
		fmt.Fprintln(&b, r.URL, decoded, r.Body)
		for _, value := range r.Headers {
			basic, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(value, "Basic "))
			fmt.Fprintln(&b, value, string(basic))
		}
	}
	return b.String()
}
