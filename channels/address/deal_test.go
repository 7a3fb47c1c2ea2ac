package address

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDeal(t *testing.T) {
	for _, tt := range []struct {
		shape, field string
		want         map[string][]string
	}{
		{"rocket://{user}@{host}/@{users...?}|#{channels...?}|{rooms...?}", "rooms", map[string][]string{"users": {"ann"}, "channels": {"ops"}, "rooms": {"r1"}}},
		{"x://#{channels...?}|+{others...?}", "others", map[string][]string{"channels": {"ops"}, "others": {"@ann", "r1"}}},
		{"x://{key}/{topics...?}", "topics", nil},
		{"x://{key}/@{users...?}|{rooms...?}", "key", nil},
	} {
		shape, err := Compile(tt.shape)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := shape.Deal(tt.field, []string{"@ann", "#ops", "r1"})
		if ok != (tt.want != nil) {
			t.Errorf("%s: shared is %v", tt.shape, ok)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.shape, diff)
		}
	}
}
