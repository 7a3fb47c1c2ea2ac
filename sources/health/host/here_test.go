package host

import (
	"testing"

	"tocsin/sources/health"
)

// Whatever machine the tests run on, no fact is read in another form than it is declared
// in, and none panics.
func TestHere(t *testing.T) {
	h := New(Options{})
	for _, f := range health.Facts() {
		items, err := h.Read(t.Context(), f.Name)
		if err != nil {
			t.Logf("%s: %v", f.Name, err)
			continue
		}
		t.Logf("%s: %v", f.Name, items)
	}
}
