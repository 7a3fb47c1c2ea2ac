package rules_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/time/rate"

	"tocsin/rules"
	"tocsin/rules/diag"
)

// TestDelivery reads how a channel sends, and what stands in for it. None of it
// makes another destination.
func TestDelivery(t *testing.T) {
	config := loadOn(t, `
channel "note" "plain" {
  to   = "x"
  when = "true"
}
channel "note" "phone" {
  to   = "x"
  when = "true"
  rate = "30/h"
  fallback {
    channel = "mail"
  }
}
channel "note" "mail" {
  to   = "y"
  when = "true"
  rate = "5/d"
  fallback {
    channel = "plain"
    after   = "2h"
  }
}
`)
	phone, mail, plain := config.Channels["phone"], config.Channels["mail"], config.Channels["plain"]
	if want := (rules.Rate{Count: 30, Per: time.Hour}); phone.Rate != want || plain.Rate != (rules.Rate{}) || plain.Fallback != nil {
		t.Errorf("phone has %v, plain %v and %v", phone.Rate, plain.Rate, plain.Fallback)
	}
	if diff := cmp.Diff(&rules.Fallback{Channel: "mail", After: 15 * time.Minute, Place: "farm.hcl:10"}, phone.Fallback); diff != "" {
		t.Errorf("fallback of phone (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&rules.Fallback{Channel: "plain", After: 2 * time.Hour, Place: "farm.hcl:18"}, mail.Fallback); diff != "" {
		t.Errorf("fallback of mail (-want +got):\n%s", diff)
	}
	if phone.Hash != plain.Hash {
		t.Error("a rate and a fallback make another destination")
	}
}

// TestFallbackToAChannelThatIsOff: it would keep the copies to itself.
func TestFallbackToAChannelThatIsOff(t *testing.T) {
	config, diags := rules.Load(testInput(t, map[string]string{"farm.hcl": `
channel "note" "phone" {
  to = "x"
  fallback {
    channel = "mail"
  }
}
channel "note" "mail" {
  to      = "y"
  enabled = false
}
`}))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if f := config.Channels["phone"].Fallback; f != nil {
		t.Errorf("copies go to %+v", f)
	}
}

// TestFallbackUnknown shows the name that was meant and where it stands.
func TestFallbackUnknown(t *testing.T) {
	_, diags := rules.Load(testInput(t, map[string]string{
		"a.hcl": "channel \"note\" \"phone\" {\n  to = \"x\"\n  fallback {\n    channel = \"mial\"\n  }\n}\n",
		"b.hcl": "channel \"note\" \"mail\" {\n  to = \"y\"\n}\n",
	}))
	var b strings.Builder
	if err := (&diag.Printer{}).Print(&b, diags); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`unknown channel "mial"`, "a.hcl:4:15  in fallback of channel", `did you mean "mail"?`, "b.hcl:1:1", "defined here"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
}

// TestPaceKeepsTheRate sends as fast as a pace allows and counts in every span as
// long as the rate's: never more than it says, and in the long run most of it.
func TestPaceKeepsTheRate(t *testing.T) {
	for _, r := range []rules.Rate{
		{Count: 1, Per: 24 * time.Hour}, {Count: 2, Per: time.Hour}, {Count: 5, Per: 24 * time.Hour}, {Count: 7, Per: time.Minute},
		{Count: 30, Per: time.Hour}, {Count: 120, Per: time.Minute}, {Count: 1000, Per: time.Second},
	} {
		t.Run(fmt.Sprintf("%d in %v", r.Count, r.Per), func(t *testing.T) {
			pace := r.Pace()
			limit := rate.NewLimiter(rate.Every(pace.Every), pace.Burst)
			now := time.Unix(0, 0)
			var sent []time.Duration
			for range 5 * r.Count {
				now = now.Add(limit.ReserveN(now, 1).DelayFrom(now))
				sent = append(sent, now.Sub(time.Unix(0, 0)))
			}
			span := r.Per - time.Microsecond // the limiter counts in floating point
			for first, last := 0, 0; last < len(sent); last++ {
				for sent[last]-sent[first] >= span {
					first++
				}
				if n := last - first + 1; n > r.Count {
					t.Fatalf("%d messages within %v, the last at %v", n, r.Per, sent[last])
				}
			}
			if took := sent[len(sent)-1]; took > 13*r.Per/2 {
				t.Errorf("five times the rate took %v", took)
			}
		})
	}
}
