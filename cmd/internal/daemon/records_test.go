package daemon

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite"
)

// alter changes the database of a house behind the daemon's back.
func (h *house) alter(query string) {
	h.t.Helper()
	db, err := sqlx.Open("sqlite", filepath.Join(h.data, "tocsin.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		h.t.Fatal(err)
	}
}

// TestDeliveryGoesOnWithoutHistory: what is accepted arrives once, and every
// surface says what is missing, once for each change.
func TestDeliveryGoesOnWithoutHistory(t *testing.T) {
	// The trigger is of another process's making in earnest; here the store's locks
	// bear a second connection while the daemon writes nothing.
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + console})
	key := h.token()
	if code, text := h.request("GET", "/readyz", nil, nil); code != 200 || strings.Contains(text, "impaired") {
		t.Errorf("at first readyz answers %d %s", code, text)
	}
	h.alter("CREATE TRIGGER refuse BEFORE INSERT ON notification_history BEGIN SELECT RAISE(ABORT, 'no more history'); END")
	p := &poster{house: h, key: key}
	p.enough(5)
	p.wantAll(1)
	h.eventually("it is told over the channel", func() bool { return strings.Contains(h.out.String(), "history_failing") })
	p.enough(5)
	p.wantAll(1)
	h.eventually("every settlement is kept", func() bool { return h.status().Waiting == 0 }) // behind what the channel wrote
	st := h.status()
	if st.History == nil || st.History.Lost < 10 || !strings.Contains(st.History.Why, "no more history") || st.Store != "ok" {
		t.Errorf("the status is %+v, history %+v", st, st.History)
	}
	if code, text := h.request("GET", "/readyz", nil, nil); code != 200 || !strings.Contains(text, "the history cannot be written") {
		t.Errorf("readyz answers %d %s", code, text)
	}
	if _, text := h.request("GET", "/metrics", nil, nil); !strings.Contains(text, "tocsin_history_writable 0") || strings.Contains(text, "tocsin_history_rows_lost_total 0\n") {
		t.Error("the metrics say nothing of it")
	}

	h.alter("DROP TRIGGER refuse")
	p.enough(5)
	p.wantAll(1)
	h.eventually("the recovery is told", func() bool { return strings.Contains(h.out.String(), "history_recovered") })
	if st := h.status(); st.History != nil {
		t.Errorf("afterwards the status has %+v", st.History)
	}
	for text, log := range map[string]string{"history_failing": h.out.String(), "history_recovered": h.out.String(), "the history cannot be written": h.err.String(), "the history is written again": h.err.String()} {
		if n := strings.Count(log, text); n != 1 {
			t.Errorf("%q was said %d times, want once:\n%s", text, n, log)
		}
	}
}
