package api

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const resendPath = Prefix + "/history/resend"

func TestResends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		all := HistoryFilter{Limit: 1000}
		filter := func(change func(*HistoryFilter)) HistoryFilter {
			f := all
			change(&f)
			return f
		}
		for body, want := range map[string]Resend{
			`{"ids":[13,12,13]}`:        {IDs: []int64{12, 13}, Filter: all},
			`{"ids":[12],"to":"mail"}`:  {IDs: []int64{12}, Filter: all, To: "mail"},
			`{"all":true}`:              {All: true, Filter: all},
			`{"status":"failed"}`:       {Filter: filter(func(f *HistoryFilter) { f.Status = "failed" })},
			`{"since":"24h","q":"nas"}`: {Filter: filter(func(f *HistoryFilter) { f.Since, f.Query = now.Add(-24*time.Hour), "nas" })},
			`{"channel":"phone","type":"vm_fail","severity":"err","until":"1h"}`: {Filter: filter(func(f *HistoryFilter) {
				f.Channel, f.Type, f.Severity, f.Until = "phone", "vm_fail", "CRITICAL", now.Add(-time.Hour)
			})},
		} {
			f := newFront(t)
			var got Resend
			f.outbox.resend = func(r Resend) (ResendResult, error) {
				got = r
				return ResendResult{Queued: 3, Channels: map[string]int{"phone": 3}, Waiting: 1}, nil
			}
			f.do("POST", resendPath, body, f.as(ScopeAdmin)).want(t, 200, `{"queued":3,"channels":{"phone":3},"waiting":1}`)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", body, diff)
			}
			if !strings.Contains(f.log.String(), "messages are sent again") {
				t.Errorf("the log does not tell of it: %s", f.log.String())
			}
		}
	})
}

// TestResendDryRun: whoever looks first gets the ids that stand for what was
// looked at. A parameter that is not understood must not send anything.
func TestResendDryRun(t *testing.T) {
	f := newFront(t)
	f.outbox.resend = func(r Resend) (ResendResult, error) {
		if !r.DryRun {
			t.Error("it was sent")
		}
		return ResendResult{Queued: 1, Channels: map[string]int{"phone": 1}, DryRun: true, IDs: []int64{12}}, nil
	}
	f.do("POST", resendPath+"?dry_run=1", `{"status":"failed"}`, f.as(ScopeAdmin)).want(t, 200, `"dry_run":true`, `"ids":[12]`)
	if strings.Contains(f.log.String(), "sent again") {
		t.Errorf("the log tells of it: %s", f.log.String())
	}
	for _, query := range []string{"dry_run", "dry_run=", "dry_run=true", "dry_run=0", "dryrun=1", "channel=phone", "dry_run=1&channel=phone"} {
		f.do("POST", resendPath+"?"+query, `{"all":true}`, f.as(ScopeAdmin)).want(t, 400, "dry_run=1")
	}
}

func TestResendsThatAreRefused(t *testing.T) {
	f := newFront(t)
	f.outbox.resend = func(Resend) (ResendResult, error) { t.Error("it was sent"); return ResendResult{}, nil }
	for body, word := range map[string]string{
		`{}`:                                 "it chooses nothing",
		`{"ids":[]}`:                         "it chooses nothing",
		`{"to":"mail"}`:                      "it chooses nothing",
		`{"ids":[1],"status":"failed"}`:      "more than one way",
		`{"all":true,"channel":"phone"}`:     "more than one way",
		`{"ids":["12"]}`:                     "ids has the wrong type",
		`{"ids":[1.5]}`:                      "out of range",
		`{"status":"good"}`:                  "status is not ok or failed",
		`{"severity":"purple"}`:              "severity is not INFO",
		`{"since":"noon"}`:                   "since is not a time",
		`{"until":"0001-01-01T00:00:00Z"}`:   "leaves out nothing",
		`{"limit":5}`:                        "there is no field",
		`{"ids":[` + numbers(1, 1001) + `]}`: "there are 1001 ids, and at most 1000",
	} {
		got := f.do("POST", resendPath, body, f.as(ScopeAdmin))
		got.want(t, 400, word)
		if got.fault.Do == "" {
			t.Errorf("%.80s: no remedy: %s", body, got.body)
		}
	}
	f.do("POST", resendPath, `{"all":true}`, f.as(ScopeSend)).want(t, 403)
}
