package apprise

import (
	"strings"
	"testing"

	"tocsin/engine/event"
)

// Whatever Apprise lists, a schema is a word.
func FuzzListed(f *testing.F) {
	for _, text := range []string{
		"+ JSON | Schema(s): json, jsons\n   - {schema}://{host}\n", "+ Boxcar \n   - boxcar://{key}\n", "- DBus\n   Python Packages Required:\n     - dbus-python\n", "", "+\n- x://",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for name := range listed([]byte(text)) {
			if strings.ContainsAny(name, "\n") {
				t.Errorf("%q is a schema", name)
			}
		}
	})
}

// Whatever a URL and a log say, no part of the URL shows in an error.
func FuzzFailure(f *testing.F) {
	f.Add(testURL, "WARNING: Failed to send to "+testURL+": error=401.")
	f.Add("json://a/%74%6fken", "ERROR - token is wrong")
	f.Add("x://a", "error=999")
	f.Fuzz(func(t *testing.T, address, log string) {
		scheme, err := schemeOf(address)
		if err != nil {
			return
		}
		n := &note{scheme: scheme, url: event.NewSecret(address), hidden: partsOf(address)}
		said := n.quoted([]byte(log))
		for _, part := range n.hidden {
			if strings.Contains(said, part) && !strings.Contains(" … (cut)", part) {
				t.Errorf("%q shows %q", said, part)
			}
		}
		if e := n.failure(lines([]byte(log))); e.Class == 0 || e.Code == "" || e.Why == "" || e.Do == "" {
			t.Errorf("got %#v", e)
		}
		if got := overflowing(address); !strings.Contains(strings.ToLower(got), "overflow=") || !strings.HasPrefix(got, address) {
			t.Errorf("%q became %q", address, got)
		}
	})
}
