package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine"
	"tocsin/engine/event"
)

func TestHistoryFilter(t *testing.T) {
	s := openTemp(t)
	row := func(id string, minutes int, change func(*event.Delivery)) event.Delivery {
		d := delivery("phone", id, after(time.Duration(minutes)*time.Minute))
		if change != nil {
			change(&d)
		}
		return d
	}
	keep(t, s, &engine.Batch{History: []event.Delivery{
		row("e1", 1, nil),
		row("e2", 2, func(d *event.Delivery) { d.Channel, d.Severity = "mail", event.Critical }),
		row("e3", 3, func(d *event.Delivery) {
			d.Success, d.Code, d.Error, d.MessageID = false, "timeout", "no answer", ""
		}),
		row("e4", 4, func(d *event.Delivery) { d.Type, d.Title = "storage_full", "Storage 100% full" }),
		row("e5", 5, func(d *event.Delivery) { d.Message = `C:\new_files are gone` }),
	}})
	critical := event.Critical
	for _, test := range []struct {
		name   string
		filter HistoryFilter
		want   string
		total  int
	}{
		{"all", HistoryFilter{}, "e5 e4 e3 e2 e1", 5},
		{"page", HistoryFilter{Page: Page{Limit: 2, Offset: 1}}, "e4 e3", 5},
		{"beyond the end", HistoryFilter{Page: Page{Offset: 9}}, "", 5},
		{"channel", HistoryFilter{Channel: "mail"}, "e2", 1},
		{"type", HistoryFilter{Type: "storage_full"}, "e4", 1},
		{"severity", HistoryFilter{Severity: &critical}, "e2", 1},
		{"ok", HistoryFilter{Status: OK, Page: Page{Limit: 1}}, "e5", 4},
		{"failed", HistoryFilter{Status: Failed}, "e3", 1},
		{"event", HistoryFilter{EventID: "e1"}, "e1", 1},
		{"since, until", HistoryFilter{Since: after(2 * time.Minute), Until: after(4 * time.Minute)}, "e3 e2", 2},
		{"search: case", HistoryFilter{Search: "vm 100 FAILED"}, "e5 e3 e2 e1", 4},
		{"search: percent is itself", HistoryFilter{Search: "100%"}, "e4", 1},
		{"search: underscore and backslash", HistoryFilter{Search: `:\new_f`}, "e5", 1},
		{"search: no wildcard", HistoryFilter{Search: "V_ 100"}, "", 0},
		{"search: no SQL", HistoryFilter{Search: "' OR 1=1 --"}, "", 0},
		{"together", HistoryFilter{Channel: "phone", Status: OK, Search: "vm"}, "e5 e1", 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			page, total, err := s.History(t.Context(), test.filter)
			if err != nil {
				t.Fatal(err)
			}
			var events []string
			for _, d := range page {
				events = append(events, d.EventID)
			}
			if got := strings.Join(events, " "); got != test.want || total != test.total {
				t.Errorf("got %q of %d, want %q of %d", got, total, test.want, test.total)
			}
		})
	}
}

func TestHistoryRefusesOddFilters(t *testing.T) {
	s := openTemp(t)
	for wrong, filter := range map[string]HistoryFilter{
		`unknown status "maybe"`: {Status: "maybe"},
		"at most 1024":           {Search: strings.Repeat("x", searchLimit+1)},
	} {
		if _, _, err := s.History(t.Context(), filter); err == nil || !strings.Contains(err.Error(), wrong) {
			t.Errorf("got %v, want %q", err, wrong)
		}
	}
	if _, _, err := s.History(t.Context(), HistoryFilter{Search: strings.Repeat("%", searchLimit)}); err != nil {
		t.Errorf("the longest search text: %v", err)
	}
}

// FuzzHistorySearch: a search text is found where it stands and nowhere else,
// whatever characters it has.
func FuzzHistorySearch(f *testing.F) {
	for _, text := range []string{"100%", "_", `\`, `%\_%`, "'", "ünï", "🔥"} {
		f.Add(text)
	}
	s := openTemp(f)
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" || len(text) > searchLimit/2 || text != event.Clean(text) {
			t.Skip()
		}
		if _, err := s.ClearHistory(t.Context()); err != nil {
			t.Fatal(err)
		}
		with, without := delivery("phone", "with", noon()), delivery("phone", "without", noon())
		with.Title, with.Message = "<"+text+">", ""
		without.Title, without.Message = "", ""
		keep(t, s, &engine.Batch{History: []event.Delivery{with, without}})
		page, total, err := s.History(t.Context(), HistoryFilter{Search: text})
		if err != nil || total != 1 || page[0].EventID != "with" {
			t.Errorf("%q: found %d rows, %v; want the one that has it", text, total, err)
		}
	})
}

func TestHistoryPagesAreBounded(t *testing.T) {
	s := openTemp(t)
	var b engine.Batch
	for i := range pageLimit + 10 {
		b.History = append(b.History, delivery("phone", fmt.Sprint("e", i), after(time.Duration(i)*time.Millisecond)))
	}
	keep(t, s, &b)
	for limit, want := range map[int]int{0: 100, -1: 100, 7: 7, 1 << 30: pageLimit} {
		page, total, err := s.History(t.Context(), HistoryFilter{Page: Page{Limit: limit}})
		if err != nil || len(page) != want || total != len(b.History) {
			t.Errorf("limit %d: %d of %d rows, %v; want %d of %d", limit, len(page), total, err, want, len(b.History))
		}
	}
}

func TestClearHistory(t *testing.T) {
	s := openTemp(t)
	keep(t, s, batchOfEverything())
	want := snapshot(t, s)
	last := want.History[0].ID
	n, err := s.ClearHistory(t.Context())
	if err != nil || n != len(want.History) {
		t.Errorf("cleared %d rows, %v; want %d", n, err, len(want.History))
	}
	want.History = []event.Delivery{}
	if diff := cmp.Diff(want, snapshot(t, s)); diff != "" {
		t.Errorf("only the history should be gone (-want +got):\n%s", diff)
	}
	// Whoever follows the history by number goes on.
	keep(t, s, &engine.Batch{History: []event.Delivery{delivery("phone", "e1", noon())}})
	if got := snapshot(t, s).History[0].ID; got <= last {
		t.Errorf("the row after %d has number %d", last, got)
	}
}

func TestDecisionFilter(t *testing.T) {
	s := openTemp(t)
	second := decision("e2", after(time.Second))
	second.Type, second.Channel, second.Stage, second.Outcome, second.Code = "storage_full", "", "burst", "folded", "flood"
	third := decision("e2", after(2*time.Second))
	keep(t, s, &engine.Batch{Decisions: []event.Decision{decision("e1", noon()), second, third}})
	for _, test := range []struct {
		name   string
		filter DecisionFilter
		want   []event.Decision
		total  int
	}{
		{"all", DecisionFilter{}, []event.Decision{third, second, decision("e1", noon())}, 3},
		{"event", DecisionFilter{EventID: "e2"}, []event.Decision{third, second}, 2},
		{"type", DecisionFilter{Type: "storage_full"}, []event.Decision{second}, 1},
		{"channel", DecisionFilter{Channel: "phone"}, []event.Decision{third, decision("e1", noon())}, 2},
		{"stage", DecisionFilter{Stage: "burst"}, []event.Decision{second}, 1},
		{"outcome", DecisionFilter{Outcome: "folded"}, []event.Decision{second}, 1},
		{"code", DecisionFilter{Code: "flood"}, []event.Decision{second}, 1},
		{"time", DecisionFilter{Since: after(time.Second), Until: after(2 * time.Second)}, []event.Decision{second}, 1},
		{"page", DecisionFilter{Page: Page{Limit: 1, Offset: 1}}, []event.Decision{second}, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			page, total, err := s.Decisions(t.Context(), test.filter)
			if err != nil || total != test.total {
				t.Errorf("total %d, %v; want %d", total, err, test.total)
			}
			if diff := cmp.Diff(test.want, page); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
