package daemon

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oklog/ulid/v2"
	"golang.org/x/sys/unix"

	"tocsin/sources/spool"
)

// spooled is an event as a sender spools it.
func spooled(id, title string) []byte {
	return fmt.Appendf(nil, `{"id":%q,"event_type":"custom","data":{"title":%q}}`, id, title)
}

// An event that came by the API, and whose sender did not hear of it, lies in the
// spool as well. It is told once.
func TestASpooledEventIsTakenOnce(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + console})
	id, after := ulid.Make().String(), ulid.Make().String()
	h.send(string(spooled(id, "told once")))
	h.stop()
	before := h.out.String()
	for _, name := range []string{id, after} {
		if err := spool.Put(h.data, name, spooled(name, "told once")); err != nil {
			t.Fatal(err)
		}
	}
	h.start()
	h.eventually("the spool is empty", func() bool {
		left, err := filepath.Glob(filepath.Join(h.data, spool.Name, "*.json"))
		return err == nil && len(left) == 0
	})
	h.eventually("the one that is new is on record", func() bool {
		rows, _, err := h.daemon.store.History(t.Context(), historyOf(after))
		return err == nil && len(rows) > 0
	})
	if n := strings.Count(before+h.out.String(), "told once"); n != 2 {
		t.Errorf("two events are told %d times", n)
	}
	for name, want := range map[string]string{id: "api", after: "spool"} {
		rows, _, err := h.daemon.store.History(t.Context(), historyOf(name))
		if err != nil || len(rows) != 1 || rows[0].Source != want {
			t.Errorf("%s: %+v, %v, want one from %s", name, rows, err, want)
		}
	}
}

// On a full disk nothing is spooled, whoever sends is told, and no part stays.
func TestAFullDiskIsToldToWhoeverSpools(t *testing.T) {
	if !mayMount(t) {
		return
	}
	data := smallDisk(t)
	if err := os.Mkdir(filepath.Join(data, spool.Name), 0o770); err != nil {
		t.Fatal(err)
	}
	free := fill(t, data)
	id := ulid.Make().String()
	text := spooled(id, strings.Repeat("m", 8000))
	if err := spool.Put(data, id, text); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("error is %v", err)
	}
	left, err := os.ReadDir(filepath.Join(data, spool.Name))
	if err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
	free()
	if err := spool.Put(data, id, text); err != nil {
		t.Errorf("with room again: %v", err)
	}
}
