package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine"
	"tocsin/engine/event"
)

// attempt is a history row of one message.
func attempt(channel, id string, minutes int, success bool) event.Delivery {
	d := delivery(channel, id, after(time.Duration(minutes)*time.Minute))
	d.Success = success
	return d
}

func TestResendable(t *testing.T) {
	s := openTemp(t)
	summary := attempt("phone", "lost", 6, true)
	summary.Type, summary.Title = "reminder", "VM 100 failed 1h ago"
	keep(t, s, &engine.Batch{
		History: []event.Delivery{
			attempt("phone", "late", 1, false), attempt("phone", "late", 2, true), // 1, 2
			attempt("phone", "lost", 3, false), attempt("mail", "lost", 3, true), attempt("phone", "lost", 4, false), // 3, 4, 5
			attempt("phone", "tried", 5, false), // 6
			summary,                             // 7
		},
		Queued: []event.Parcel{
			in(event.Retry, time.Hour, parcel("phone", "tried", event.Info)),
			in(event.Dead, 0, parcel("phone", "lost", event.Info)),
		},
	})
	for _, test := range []struct {
		name               string
		filter             ResendFilter
		want               string // events, with the number of the row and the minute of the first attempt
		waiting, delivered int
	}{
		{"everything, a message once", ResendFilter{}, "late/2@1 lost/4@3 lost/5@3 lost/7@6", 1, 0},
		{"failed: only what never arrived", ResendFilter{HistoryFilter: HistoryFilter{Status: Failed}}, "lost/5@3", 1, 1},
		{"delivered", ResendFilter{HistoryFilter: HistoryFilter{Status: OK, Channel: "phone"}}, "late/2@1 lost/7@6", 0, 0},
		{"by id, though it arrived later", ResendFilter{IDs: []int64{1}}, "late/1@1", 0, 0},
		{"two attempts of one message", ResendFilter{IDs: []int64{3, 5, 4}}, "lost/4@3 lost/5@3", 0, 0},
		{"still on its way", ResendFilter{IDs: []int64{6}}, "", 1, 0},
		{"but not over another channel", ResendFilter{IDs: []int64{6}, To: "mail"}, "tried/6@5", 0, 0},
		{"nothing", ResendFilter{HistoryFilter: HistoryFilter{Channel: "pager"}}, "", 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := s.Resendable(t.Context(), test.filter)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range r.Rows {
				got = append(got, fmt.Sprintf("%s/%d@%.0f", d.EventID, d.ID, d.SentAt.Sub(noon()).Minutes()))
			}
			if text := strings.Join(got, " "); text != test.want || r.Total != len(got) || r.Waiting != test.waiting || r.Delivered != test.delivered || r.Missing != nil {
				t.Errorf("got %q, %+v; want %q, %d, %d", text, r, test.want, test.waiting, test.delivered)
			}
		})
	}
}

// TestResendableIsCounted: what is too much is told by its number, and rows that
// do not exist by theirs.
func TestResendableIsCounted(t *testing.T) {
	s := openTemp(t)
	batch := &engine.Batch{}
	for i := range 12 {
		batch.History = append(batch.History, attempt("phone", fmt.Sprint("e", i), i, i%2 == 0))
	}
	keep(t, s, batch)
	r, err := s.Resendable(t.Context(), ResendFilter{HistoryFilter: HistoryFilter{Page: Page{Limit: 11}}})
	if diff := cmp.Diff(Resendable{Total: 12}, r); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	r, err = s.Resendable(t.Context(), ResendFilter{IDs: []int64{3, 77, 99}})
	if err != nil || r.Total != 1 || !slices.Equal(r.Missing, []int64{77, 99}) {
		t.Errorf("got %+v, %v", r, err)
	}
}
