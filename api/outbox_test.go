package api

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

const (
	outboxPath = Prefix + "/outbox"
	retryPath  = Prefix + "/outbox/retry"
)

func TestOutboxFilters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		for query, want := range map[string]OutboxFilter{
			"":                    {Limit: 100},
			"limit=7&offset=14":   {Limit: 7, Offset: 14},
			"limit=100000":        {Limit: 1000},
			"channel=phone":       {Limit: 100, Channel: "phone"},
			"state=held":          {Limit: 100, State: event.Held},
			"state=quiet":         {Limit: 100, State: "quiet"},
			"state=unknown":       {Limit: 100, State: "unknown"},
			"event_id=01A":        {Limit: 100, EventID: "01A"},
			"event_type=vm_fail":  {Limit: 100, Type: "vm_fail"},
			"since=24h&until=1h":  {Limit: 100, Since: now.Add(-24 * time.Hour), Until: now.Add(-time.Hour)},
			"ids=12,quiet:12,12":  {Limit: 100, IDs: []event.UnsentID{{ID: 12}, {Buffer: event.QuietBuffer, ID: 12}}},
			"ids=digest%3A9&ids=": {Limit: 100, IDs: []event.UnsentID{{Buffer: event.DigestBuffer, ID: 9}}},
		} {
			f := newFront(t)
			var got OutboxFilter
			f.outbox.unsent = func(filter OutboxFilter) ([]event.Unsent, []event.Tally, error) { got = filter; return nil, nil, nil }
			f.do("GET", outboxPath+"?"+query, "", f.as(ScopeRead)).want(t, 200)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", query, diff)
			}
		}
	})
}

func TestOutboxRefusesOddFilters(t *testing.T) {
	f := newFront(t)
	f.outbox.unsent = func(OutboxFilter) ([]event.Unsent, []event.Tally, error) {
		t.Error("it was asked for")
		return nil, nil, nil
	}
	for query, word := range map[string]string{
		"limit=0":         "a number from 1 on",
		"state=lost":      "one of quiet, digest, queued, sending, retry, unknown, held, dead",
		"ids=12,attic:3":  "a list of ids such as 12,quiet:3",
		"ids=,":           "a list of ids",
		"chanel=phone":    "one of limit, offset, ids, channel",
		"channel=%c3%28":  "UTF-8",
		"since=yesterday": "such as 24h",
		"ids=" + strings.Repeat("1,", 1000) + "1": "a list of ids",
	} {
		got := f.do("GET", outboxPath+"?"+query, "", f.as(ScopeRead))
		got.want(t, 400, word)
		if len(got.body) > 500 {
			t.Errorf("%.30s: the answer has %d bytes", query, len(got.body))
		}
	}
}

func TestOutboxAnswer(t *testing.T) {
	f := newFront(t)
	f.do("GET", outboxPath, "", f.as(ScopeRead)).want(t, 200, `"outbox":[]`, `"total":0`, `"summary":[]`)
	noon := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	f.outbox.unsent = func(OutboxFilter) ([]event.Unsent, []event.Tally, error) {
		return []event.Unsent{
				{
					ID: event.UnsentID{ID: 12}, Channel: "phone", EventID: "01A", Type: "vm_fail", Severity: event.Critical, Title: "VM 100 failed",
					State: event.Held, Attempt: 3, Accepted: noon, Due: noon.Add(time.Hour), Tried: noon, Code: "blocked", Error: "blocked: press Start",
				},
				{ID: event.UnsentID{Buffer: event.QuietBuffer, ID: 12}, Channel: "pager", State: "quiet", Accepted: noon, Until: noon.Add(time.Hour), Stranded: true},
			}, []event.Tally{
				{Channel: "phone", State: event.Held, Count: 40, Error: "blocked: press Start"}, {Channel: "pager", State: "quiet", Count: 1, Stranded: true},
			}, nil
	}
	got := f.do("GET", outboxPath+"?limit=2&offset=3", "", f.as(ScopeRead))
	got.want(t, 200,
		`{"id":"12","channel":"phone","event_id":"01A","event_type":"vm_fail","severity":"CRITICAL","title":"VM 100 failed","state":"held","attempt":3,`+
			`"accepted":"2026-03-14T12:00:00Z","due":"2026-03-14T13:00:00Z","tried":"2026-03-14T12:00:00Z","code":"blocked","error":"blocked: press Start"}`,
		`"id":"quiet:12"`, `"until":"2026-03-14T13:00:00Z","stranded":true}`, `"total":41`, `"limit":2`, `"offset":3`,
		`{"channel":"phone","state":"held","count":40,"error":"blocked: press Start"}`)
}

func TestRetries(t *testing.T) {
	for body, want := range map[string]Retry{
		`{"ids":[12,"13","quiet:12"]}`:                                  {IDs: []event.UnsentID{{ID: 12}, {ID: 13}, {Buffer: event.QuietBuffer, ID: 12}}},
		`{"ids":["12",12,"12"],"to":"mail"}`:                            {IDs: []event.UnsentID{{ID: 12}}, To: "mail"},
		`{"channel":"phone","state":"dead","event_type":"vm","to":"x"}`: {Channel: "phone", State: event.Dead, Type: "vm", To: "x"},
		`{"state":"digest"}`:                                            {State: "digest"},
		`{"all":true}`:                                                  {All: true},
		`{"all":true,"ids":[]}`:                                         {All: true},
	} {
		f := newFront(t)
		var got Retry
		f.outbox.retry = func(r Retry) (RetryResult, error) { got = r; return RetryResult{Moved: 7}, nil }
		f.do("POST", retryPath, body, f.as(ScopeAdmin)).want(t, 200, `{"moved":7}`)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", body, diff)
		}
		if !strings.Contains(f.log.String(), "messages=7") || !strings.Contains(f.log.String(), "by="+f.idOf(ScopeAdmin)) {
			t.Errorf("the log does not tell who did it: %s", f.log.String())
		}
	}
}

func TestRetriesThatAreRefused(t *testing.T) {
	f := newFront(t)
	f.outbox.retry = func(Retry) (RetryResult, error) { t.Error("it was tried"); return RetryResult{}, nil }
	for body, word := range map[string]string{
		`{}`:                                 "it chooses nothing",
		`{"to":"mail"}`:                      "it chooses nothing", // a script whose list of ids was empty
		`{"ids":[],"to":"mail"}`:             "it chooses nothing",
		`{"all":false}`:                      "it chooses nothing",
		`{"channel":""}`:                     "it chooses nothing",
		`{"ids":[1],"channel":"phone"}`:      "more than one way",
		`{"all":true,"state":"dead"}`:        "more than one way",
		`{"ids":[1.5]}`:                      `\"1.5\" is no id`,
		`{"ids":[1e3]}`:                      "is no id",
		`{"ids":[0]}`:                        "is no id",
		`{"ids":[null]}`:                     "is no id",
		`{"ids":[[1]]}`:                      "is no id",
		`{"ids":["attic:1"]}`:                "is no id",
		`{"ids":"12"}`:                       "ids has the wrong type",
		`{"state":"lost"}`:                   "state is not one of quiet",
		`{"chanel":"phone"}`:                 `there is no field`,
		`[]`:                                 "no JSON object",
		`{"ids":[` + numbers(1, 1001) + `]}`: "there are 1001 ids, and at most 1000",
	} {
		got := f.do("POST", retryPath, body, f.as(ScopeAdmin))
		got.want(t, 400, word)
		if got.fault.Do == "" {
			t.Errorf("%.80s: no remedy: %s", body, got.body)
		}
	}
	f.do("POST", retryPath, `{"all":true}`, f.as(ScopeRead)).want(t, 403)
}

// TestRetryDryRun: a parameter that is not understood must not move anything.
func TestRetryDryRun(t *testing.T) {
	f := newFront(t)
	f.outbox.retry = func(r Retry) (RetryResult, error) {
		if !r.DryRun {
			t.Error("it was tried")
		}
		return RetryResult{Moved: 2, DryRun: true, Summary: []event.Tally{{Channel: "phone", State: event.Dead, Count: 2}}, Left: []event.Tally{{Channel: "pager", State: event.Held, Count: 1}}}, nil
	}
	f.do("POST", retryPath+"?dry_run=1", `{"state":"dead"}`, f.as(ScopeAdmin)).want(t, 200,
		`{"moved":2,"dry_run":true,"summary":[{"channel":"phone","state":"dead","count":2}],"left":[{"channel":"pager","state":"held","count":1}]}`)
	if strings.Contains(f.log.String(), "tried again") {
		t.Errorf("the log tells of it: %s", f.log.String())
	}
	for _, query := range []string{"dry_run", "dry_run=", "dry_run=true", "channel=phone", "dry_run=1&channel=phone"} {
		f.do("POST", retryPath+"?"+query, `{"all":true}`, f.as(ScopeAdmin)).want(t, 400, "dry_run=1")
	}
}

// numbers lists those from one to another.
func numbers(from, to int) string {
	var list []string
	for n := from; n <= to; n++ {
		list = append(list, fmt.Sprint(n))
	}
	return strings.Join(list, ",")
}

func TestOutboxThatFails(t *testing.T) {
	f := newFront(t)
	var failure error
	f.outbox.unsent = func(OutboxFilter) ([]event.Unsent, []event.Tally, error) { return nil, nil, failure }
	f.outbox.retry = func(Retry) (RetryResult, error) { return RetryResult{}, failure }
	f.outbox.resend = func(Resend) (ResendResult, error) { return ResendResult{}, failure }
	for _, test := range []struct {
		err    error
		status int
		word   string
	}{
		{&Unavailable{"the database is gone", "look after it"}, 503, "the database is gone"},
		{&BadRequest{"quiet:3 waits for the end of quiet hours at 07:00", "move it"}, 422, "quiet hours at 07:00"},
		{&NotFound{"no channel is called pager", "tocsin channels lists them"}, 404, "no channel is called pager"},
		{errors.New("constraint 9 of table z"), 500, "went wrong"},
	} {
		failure = test.err
		f.do("GET", outboxPath, "", f.as(ScopeRead)).want(t, test.status, test.word)
		f.do("POST", retryPath, `{"all":true}`, f.as(ScopeAdmin)).want(t, test.status, test.word)
		f.do("POST", resendPath, `{"all":true}`, f.as(ScopeAdmin)).want(t, test.status, test.word)
	}
}
