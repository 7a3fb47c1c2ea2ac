package follow

import (
	"os"
	"slices"
	"testing"

	"tocsin/sources/journal/journaltest"
)

// TestJournalctl is no test: it is the journalctl of the others, which run this
// program again.
func TestJournalctl(t *testing.T) {
	i := slices.Index(os.Args, "--journal")
	if i < 0 {
		t.Skip("it is only run by other tests")
	}
	journaltest.Serve(os.Args[i+1], os.Args[i+2:])
}
