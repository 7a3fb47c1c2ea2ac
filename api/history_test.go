package api

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

const historyPath = Prefix + "/history"

func TestHistoryFilters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now, noon := time.Now(), time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
		for query, want := range map[string]HistoryFilter{
			"":                                  {Limit: 100},
			"limit=7&offset=14":                 {Limit: 7, Offset: 14},
			"limit=100000":                      {Limit: 1000},
			"offset=0":                          {Limit: 100},
			"severity=critical":                 {Limit: 100, Severity: "CRITICAL"},
			"severity=err":                      {Limit: 100, Severity: "CRITICAL"},
			"channel=phone&type=backup_fail":    {Limit: 100, Channel: "phone", Type: "backup_fail"},
			"status=ok":                         {Limit: 100, Status: "ok"},
			"status=failed&q=no%20space+left":   {Limit: 100, Status: "failed", Query: "no space left"},
			"since=24h":                         {Limit: 100, Since: now.Add(-24 * time.Hour)},
			"since=7d&until=1d":                 {Limit: 100, Since: now.Add(-7 * 24 * time.Hour), Until: now.Add(-24 * time.Hour)},
			"since=2026-03-14T12:00:00Z":        {Limit: 100, Since: noon},
			"until=2026-03-14T14:00:00%2B02:00": {Limit: 100, Until: noon},
			"until=2026-03-14T14:00:00+02:00":   {Limit: 100, Until: noon}, // a plus that was not encoded
			"channel=&limit=":                   {Limit: 100},
		} {
			f := newFront(t)
			var got HistoryFilter
			f.archive.history = func(filter HistoryFilter) ([]event.Delivery, int, error) { got = filter; return nil, 0, nil }
			f.do("GET", historyPath+"?"+query, "", f.as(ScopeRead)).want(t, 200)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", query, diff)
			}
		}
	})
}

func TestHistoryRefusesOddFilters(t *testing.T) {
	f := newFront(t)
	f.archive.history = func(HistoryFilter) ([]event.Delivery, int, error) {
		t.Error("it was asked for")
		return nil, 0, nil
	}
	for query, word := range map[string]string{
		"limit=0":                          "a number from 1 on",
		"limit=-1":                         "a number from 1 on",
		"limit=ten":                        "a number from 1 on",
		"limit=99999999999999999999":       "a number from 1 on",
		"offset=-1":                        "a number",
		"offset=1.5":                       "a number",
		"severity=purple":                  "INFO, WARNING or CRITICAL",
		"status=good":                      "ok or failed",
		"since=yesterday":                  "such as 24h",
		"until=-1h":                        "such as 24h",
		"since=2026-03-14":                 "such as 2026-03-14T01:00:00Z",
		"q=%ff":                            "UTF-8",
		"channel=%c3%28":                   "UTF-8",
		"sevrity=CRITICAL":                 "one of limit, offset, severity",
		"q=%zz":                            "not encoded",
		"q=" + strings.Repeat("x", 1025):   "at most 1024 bytes",
		"a;b":                              "not encoded",
		strings.Repeat("x", 20_000) + "=1": "one of limit",
	} {
		got := f.do("GET", historyPath+"?"+query, "", f.as(ScopeRead))
		got.want(t, 400, word)
		if len(got.body) > 500 {
			t.Errorf("%.30s: the answer has %d bytes", query, len(got.body))
		}
	}
}

func TestHistoryAnswer(t *testing.T) {
	f := newFront(t)
	f.do("GET", historyPath, "", f.as(ScopeRead)).want(t, 200, `"history":[]`, `"total":0`)
	hostile := "</script><b>\u2028"
	f.archive.history = func(HistoryFilter) ([]event.Delivery, int, error) {
		return []event.Delivery{{ID: 7, EventID: "01A", Channel: "phone", Severity: event.Critical, Title: hostile, Success: true, Attempt: 1}}, 41, nil
	}
	got := f.do("GET", historyPath+"?limit=1&offset=3", "", f.as(ScopeRead))
	got.want(t, 200, `"severity":"CRITICAL"`, `"success":true`)
	if strings.ContainsAny(got.body, "<\u2028") {
		t.Errorf("markup stands in the answer: %s", got.body)
	}
	var answer struct {
		History              []event.Delivery
		Total, Limit, Offset int
	}
	got.into(t, &answer)
	if answer.Total != 41 || answer.Limit != 1 || answer.Offset != 3 || len(answer.History) != 1 || answer.History[0].Title != hostile {
		t.Errorf("got %+v", answer)
	}
}

func TestClearHistory(t *testing.T) {
	f := newFront(t)
	cleared := 0
	f.archive.clear = func() (int, error) { cleared++; return 12, nil }
	for _, query := range []string{"?channel=phone", "?until=30d", "?x"} {
		f.do("DELETE", historyPath+query, "", f.as(ScopeAdmin)).want(t, 400, "all of the history")
	}
	if cleared > 0 {
		t.Fatal("a filter that was not heeded cost everything")
	}
	f.do("DELETE", historyPath+"?", "", f.as(ScopeAdmin)).want(t, 200, `"deleted":12`)
	if !strings.Contains(f.log.String(), "history cleared") || !strings.Contains(f.log.String(), "by="+f.idOf(ScopeAdmin)) {
		t.Errorf("the log does not tell who did it: %s", f.log.String())
	}
}

func TestHistoryThatFails(t *testing.T) {
	f := newFront(t)
	failure := error(&Unavailable{"the database is gone", "look after it"})
	f.archive.history = func(HistoryFilter) ([]event.Delivery, int, error) { return nil, 0, failure }
	f.archive.clear = func() (int, error) { return 0, failure }
	f.do("GET", historyPath, "", f.as(ScopeRead)).want(t, 503, "the database is gone")
	f.do("DELETE", historyPath, "", f.as(ScopeAdmin)).want(t, 503, "the database is gone")
	failure = &BadRequest{"q is too long", "shorten it"}
	f.do("GET", historyPath+"?q="+url.QueryEscape(strings.Repeat("é", 500)), "", f.as(ScopeRead)).want(t, 422, "q is too long", "shorten it")
	failure = errors.New("constraint 9 of table z")
	if got := f.do("GET", historyPath, "", f.as(ScopeRead)); got.status != 500 || strings.Contains(got.body, "table z") {
		t.Errorf("got %d: %s", got.status, got.body)
	}
}
