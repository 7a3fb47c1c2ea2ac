package event

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestUnsentIDs(t *testing.T) {
	for text, want := range map[string]UnsentID{
		"12":                  {"", 12},
		"quiet:12":            {QuietBuffer, 12},
		"digest:7":            {DigestBuffer, 7},
		"9223372036854775807": {"", 1<<63 - 1},
	} {
		id, err := ParseUnsentID(text)
		if err != nil || id != want || id.String() != text {
			t.Errorf("%s: got %+v, %v", text, id, err)
		}
		var again UnsentID
		if out, err := json.Marshal(id); err != nil || json.Unmarshal(out, &again) != nil || again != want || string(out) != `"`+text+`"` {
			t.Errorf("%s: as JSON %s, read back as %+v, %v", text, out, again, err)
		}
	}
	for _, text := range []string{
		"", "0", "-1", "+1", "1.5", "1e3", "x", "quiet", "quiet:", ":12", "quiet:0", "quiet:-3", "Quiet:12", "attic:12", "quiet:12:3", " 12", "12\n",
		"9223372036854775808", strings.Repeat("9", 1<<16),
	} {
		if id, err := ParseUnsentID(text); err == nil || len(err.Error()) > 120 {
			t.Errorf("%.40q: got %+v, %.200v", text, id, err)
		}
	}
}
