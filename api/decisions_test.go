package api

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

func TestDecisions(t *testing.T) {
	f := newFront(t)
	var got DecisionFilter
	f.archive.decided = func(filter DecisionFilter) ([]event.Decision, int, error) {
		got = filter
		return []event.Decision{{EventID: "01", Stage: "cooldown", Code: "cooling_down", Reason: "told 2m ago", Count: 4}}, 9, nil
	}
	answer := f.do("GET", Prefix+"/decisions?event=01&type=x&channel=phone&stage=cooldown&outcome=suppressed&code=cooling_down&limit=1&offset=2&since=2026-03-14T12:00:00Z", "", f.as(ScopeRead))
	answer.want(t, 200)
	want := DecisionFilter{
		Limit: 1, Offset: 2, EventID: "01", Type: "x", Channel: "phone", Stage: "cooldown", Outcome: "suppressed", Code: "cooling_down",
		Since: time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var body struct {
		Decisions            []event.Decision
		Total, Limit, Offset int
	}
	if err := json.Unmarshal([]byte(answer.body), &body); err != nil || len(body.Decisions) != 1 || body.Total != 9 || body.Limit != 1 || body.Offset != 2 {
		t.Errorf("got %s, %v", answer.body, err)
	}
	f.do("GET", Prefix+"/decisions?reason=x", "", f.as(ScopeRead)).want(t, 400)
	f.do("GET", Prefix+"/decisions?limit=0", "", f.as(ScopeRead)).want(t, 400)
	f.do("GET", Prefix+"/decisions", "", f.as(ScopeSend)).want(t, 403)
}

func TestExplain(t *testing.T) {
	f := newFront(t)
	var got Question
	f.explainer.explain = func(q Question) (event.Explanation, bool, error) {
		got = q
		return event.Explanation{Verdict: "Told over phone."}, q.ID != "unknown", nil
	}
	path := Prefix + "/explain"
	answer := f.do("POST", path, `{"event": {"event_type": "backup_fail", "severity": "CRITICAL", "data": {"vmid": 101}}, "at": "2026-03-14T01:00:00Z"}`, f.as(ScopeRead))
	answer.want(t, 200)
	if !strings.Contains(answer.body, `"verdict":"Told over phone."`) {
		t.Errorf("got %s", answer.body)
	}
	if got.Event.Type != "backup_fail" || got.Event.Data["vmid"] != 101.0 || !got.At.Equal(time.Date(2026, 3, 14, 1, 0, 0, 0, time.UTC)) {
		t.Errorf("asked %+v", got)
	}
	f.do("POST", path, `{"id": "01"}`, f.as(ScopeRead)).want(t, 200)
	f.do("POST", path, `{"id": "unknown"}`, f.as(ScopeRead)).want(t, 404)
	for _, body := range []string{`{}`, `{"id": "01", "event": {"event_type": "x"}}`, `{"event": {}}`, `{"id": "01", "at": "noon"}`, `{"ide": "01"}`, `[]`} {
		f.do("POST", path, body, f.as(ScopeRead)).want(t, 400)
	}
	f.do("POST", path, `{"id": "01"}`, f.as(ScopeSend)).want(t, 403)
}
