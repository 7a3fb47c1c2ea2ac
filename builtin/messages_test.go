package builtin_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels"
	"tocsin/engine/event"
	"tocsin/rules"
)

// TestMessages keeps what people get: every event and burst, rich and plain,
// over every kind of channel, one file each in testdata/messages. Further
// samples, and the event of which nothing is known but that it happened, are
// shown over the log alone.
func TestMessages(t *testing.T) {
	r, config, kinds := open(t)
	for name, some := range allSamples(t) {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			for i, s := range some {
				m := s.message(t, config, name)
				if i == 0 {
					fmt.Fprintf(&b, "%s: %s, %s\n\n", name, m.Severity, m.Group)
					for _, k := range kinds {
						tell(t, &b, r, k, channelOf(t, config, k.Name), m)
					}
					continue
				}
				section(&b, s.About, r.send(t, channelOf(t, config, "log"), m))
			}
			golden(t, name+".golden", b.String())
		})
	}
}

// allSamples returns the samples of every event and burst, and of each event
// one without any data.
func allSamples(t *testing.T) map[string][]sample {
	all := samples(t)
	for name := range ofKind(load(t), "event") {
		all[name] = append(all[name], sample{About: "nothing is known"})
	}
	return all
}

// message returns a sample as it is sent, plain.
func (s *sample) message(t *testing.T, c *rules.Config, name string) *event.Message {
	t.Helper()
	m, faults := c.Templates.Render(s.notification(t, c, name))
	if len(faults) > 0 {
		t.Errorf("%s: %v", s.About, faults)
	}
	m.ID = m.EventID + ".sample"
	return &m
}

// tell writes what a channel of the kind makes of m, in both dresses.
func tell(t *testing.T, b *strings.Builder, r *recorder, k channels.Kind, c channels.Channel, m *event.Message) {
	t.Helper()
	for _, dress := range []string{"rich", "plain"} {
		dressed := *m
		dressed.Rich = dress == "rich"
		if _, err := c.Send(t.Context(), &dressed); err != nil {
			t.Fatalf("%s: %v", k.Name, err)
		}
		sent := r.take()
		if len(sent) != 1 {
			t.Fatalf("%s, %s: an ordinary message takes %d parts", k.Name, dress, len(sent))
		}
		section(b, k.Name+", "+dress, shown[k.Name](t, sent[0]))
	}
}

func section(b *strings.Builder, head, text string) {
	fmt.Fprintf(b, "=== %s\n%s\n\n", head, strings.TrimRight(text, "\n"))
}

// send returns what a channel was sent for m.
func (r *recorder) send(t *testing.T, c channels.Channel, m *event.Message) string {
	t.Helper()
	if _, err := c.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	return strings.Join(r.take(), "")
}

// golden compares got with a file in testdata/messages, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "messages", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: go test -update writes it", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// TestMessagePage keeps one page of a mail whole, with its looks.
func TestMessagePage(t *testing.T) {
	const name = "backup_fail"
	r, config, _ := open(t)
	m := samples(t)[name][0].message(t, config, name)
	m.Rich = true
	_, _, _, page := readMail(t, r.send(t, channelOf(t, config, "email"), m))
	golden(t, name+".html", page)
}

// TestMessagesAreOfThePack fails on a golden file that nothing writes any more.
func TestMessagesAreOfThePack(t *testing.T) {
	files, err := filepath.Glob("testdata/messages/*.golden")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, file := range files {
		got = append(got, strings.TrimSuffix(filepath.Base(file), ".golden"))
	}
	want := slices.Sorted(maps.Keys(allSamples(t)))
	want = append(want, slices.Sorted(maps.Keys(gathered))...)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
