package host

import (
	"testing"
	"testing/synctest"

	"tocsin/sources/health"
)

// Whatever machine the tests run on, also a container without any right: what is read of
// it has the form that the facts declare, and what cannot be read says why.
func TestHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{})
		for _, f := range health.Facts() {
			items, err := h.Read(t.Context(), f.Name)
			if err != nil {
				t.Logf("%v", err)
			}
			examine(t, f, items)
		}
		for _, name := range []string{"load", "memory", "uptime"} { // which every Linux tells
			if items, err := h.Read(t.Context(), name); err != nil || len(items) != 1 {
				t.Errorf("host.%s: %v, %v", name, items, err)
			}
		}
	})
}
