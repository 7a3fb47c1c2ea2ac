package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

const sendPath = Prefix + "/send"

func TestSendOneEvent(t *testing.T) {
	f := newFront(t)
	body := `{"event_type":"disk_space_low","severity":"warning","host":"nas","time":"2026-03-14T01:00:00+02:00",
		"title":"Low","message":"on /","data":{"mount":"/","used":93.5,"message":"its own"}}`
	f.do("POST", sendPath, body, f.as(ScopeSend)).want(t, 202, `"id":"01EVENTA"`, `"accepted":true`, `"channels":["phone"]`)
	want := []Submission{{Event: &event.Incoming{
		Type: "disk_space_low", Severity: "warning", Source: "api", Host: "nas",
		Time: time.Date(2026, 3, 13, 23, 0, 0, 0, time.UTC),
		Data: map[string]any{"mount": "/", "used": 93.5, "title": "Low", "message": "its own"},
	}}}
	if diff := cmp.Diff(want, f.taken); diff != "" {
		t.Error(diff)
	}
}

// What was taken must be kept, so the time must be one that can be written.
func TestSendTimeCanBeWritten(t *testing.T) {
	f := newFront(t)
	for _, when := range []string{"2026-01-01T00:00:00+24:00", "2999-12-31T23:59:59Z", "1970-01-01T00:00:00.123456789-00:00"} {
		f.do("POST", sendPath, `{"event_type":"a","time":"`+when+`"}`, f.as(ScopeSend)).want(t, 202)
		if text, err := json.Marshal(f.taken[len(f.taken)-1].Event); err != nil {
			t.Errorf("%s: %s, %v", when, text, err)
		}
	}
}

func TestSendSaysWhereItCameFrom(t *testing.T) {
	f := newFront(t)
	f.do("POST", sendPath, `{"event_type":"a"}`, f.as(ScopeSend)).want(t, 202)
	f.do("POST", sendPath, `{"event_type":"a","severity":"","host":"","data":null}`, local()).want(t, 202)
	if f.taken[0].Event.Source != "api" || f.taken[1].Event.Source != "cli" {
		t.Errorf("got %q and %q", f.taken[0].Event.Source, f.taken[1].Event.Source)
	}
}

func TestSendBatch(t *testing.T) {
	f := newFront(t)
	got := f.do("POST", sendPath, ` [{"event_type":"a"}, {"event_type":"b","data":{"n":1}}] `, f.as(ScopeSend))
	got.want(t, 202)
	var answers []struct {
		ID       string
		Accepted bool
	}
	got.into(t, &answers)
	if len(answers) != 2 || answers[0].ID != "01EVENTA" || answers[1].ID != "01EVENTB" || !answers[1].Accepted {
		t.Errorf("got %+v", answers)
	}
	f.do("POST", sendPath, `[{"event_type":"a"}]`, f.as(ScopeSend)).want(t, 202, `[{"id"`) // an array stays one
	full := "[" + strings.Repeat(`{"event_type":"a","severity":"INFO","data":{"message":"x"}},`, maxBatch-1) + `{"event_type":"a"}]`
	f.do("POST", sendPath, full, f.as(ScopeSend)).want(t, 202)
	if len(f.taken) != 3+maxBatch {
		t.Errorf("%d events were taken", len(f.taken))
	}
}

func TestSendRefuses(t *testing.T) {
	deep := strings.Repeat("[", 33) + strings.Repeat("]", 33)
	for name, tt := range map[string]struct {
		body   string
		status int
		words  []string
	}{
		"nothing":          {" ", 400, []string{"the body is empty"}},
		"no JSON":          {"event_type=a", 400, []string{"not JSON from byte"}},
		"cut":              {`{"event_type":"a`, 400, []string{"ends in the middle"}},
		"more behind":      {`{"event_type":"a"} {}`, 400, []string{"something follows"}},
		"Latin-1":          {"{\"event_type\":\"a\",\"title\":\"caf\xe9\"}", 400, []string{"UTF-8"}},
		"too deep":         {`{"event_type":"a","data":{"x":` + deep + `}}`, 400, []string{"nested more than 32"}},
		"many keys":        {`{"event_type":"a","data":{` + strings.Repeat(`"k":1,`, 1000) + `"k":1}}`, 400, []string{"1000 keys"}},
		"too large":        {`{"event_type":"a","title":"` + strings.Repeat("x", maxBody) + `"}`, 413, []string{"1 MiB"}},
		"null":             {`null`, 400, []string{"an event is a JSON object"}},
		"a text":           {`"a"`, 400, []string{"an event is a JSON object"}},
		"no type":          {`{}`, 400, []string{"event_type is missing"}},
		"type null":        {`{"event_type":null}`, 400, []string{"event_type is missing"}},
		"type a number":    {`{"event_type":7}`, 400, []string{"event_type has the wrong type: number"}},
		"type with blank":  {`{"event_type":"a b"}`, 400, []string{"event_type is missing or no name"}},
		"type with line":   {`{"event_type":"a\n"}`, 400, []string{"no name"}},
		"type a path":      {`{"event_type":"../a"}`, 400, []string{"no name"}},
		"type too long":    {`{"event_type":"` + strings.Repeat("a", 65) + `"}`, 400, []string{"at most 64"}},
		"severity":         {`{"event_type":"a","severity":"purple"}`, 400, []string{"none of INFO, WARNING and CRITICAL"}},
		"severity number":  {`{"event_type":"a","severity":1}`, 400, []string{"severity has the wrong type"}},
		"host too long":    {`{"event_type":"a","host":"` + strings.Repeat("h", 254) + `"}`, 400, []string{"host is longer than 253"}},
		"data an array":    {`{"event_type":"a","data":[1]}`, 400, []string{"data has the wrong type: array"}},
		"data a text":      {`{"event_type":"a","data":"x"}`, 400, []string{"data has the wrong type: string"}},
		"huge number":      {`{"event_type":"a","data":{"n":1e999}}`, 400, []string{"a number is out of range"}},
		"time a word":      {`{"event_type":"a","time":"now"}`, 400, []string{"time is no time"}},
		"time a number":    {`{"event_type":"a","time":1790000000}`, 400, []string{"time has the wrong type"}},
		"time long ago":    {`{"event_type":"a","time":"0001-01-01T00:00:00Z"}`, 400, []string{"time is no time"}},
		"time in no zone":  {`{"event_type":"a","time":"2026-01-01T00:00:00+99:00"}`, 400, []string{"time is no time"}},
		"time far ahead":   {`{"event_type":"a","time":"9999-12-31T23:59:59-12:00"}`, 400, []string{"time is no time"}},
		"empty batch":      {`[]`, 400, []string{"1 to 500 events"}},
		"batch too long":   {`[` + strings.Repeat(`{"event_type":"a"},`, maxBatch) + `{"event_type":"a"}]`, 400, []string{"in portions"}},
		"batch of many":    {`[` + strings.Repeat(`0,`, 400_000) + `0]`, 400, []string{"in portions"}},
		"batch of batches": {`[[{"event_type":"a"}]]`, 400, []string{"event 1 of the array: an event is a JSON object"}},
		"batch with one":   {`[{"event_type":"a"},{"event_type":"a","severity":"x"}]`, 400, []string{"event 2 of the array: severity"}},
		"batch too deep":   {`[{"event_type":"a","data":` + deep + `}]`, 400, []string{"event 1 of the array: the JSON is nested"}},
		"batch cut":        {`[{"event_type":"a"},`, 400, []string{"ends in the middle"}},
		"batch and more":   {`[{"event_type":"a"}] x`, 400, []string{"something follows"}},
		"batch very deep":  {strings.Repeat("[", 500_000), 400, []string{"nested more than 32"}},
		"batch in Latin-1": {"[{\"event_type\":\"a\",\"host\":\"\xe9\"}]", 400, []string{"event 1 of the array: the body is not UTF-8"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFront(t)
			got := f.do("POST", sendPath, tt.body, f.as(ScopeSend))
			got.want(t, tt.status, tt.words...)
			if got.status == 400 && got.fault.Do == "" || len(got.body) > 2000 {
				t.Errorf("no remedy, or too many words: %.3000s", got.body)
			}
			if len(f.taken) > 0 {
				t.Errorf("%d events were taken", len(f.taken))
			}
		})
	}
}

func TestSendNeedsJSON(t *testing.T) {
	f := newFront(t)
	for kind, want := range map[string]int{
		"application/json": 202, "application/json;charset=utf-8": 202, "APPLICATION/JSON": 202,
		"": 415, "text/plain": 415, "application/x-www-form-urlencoded": 415, "text/plain; application/json": 415,
		"application/json, text/plain": 415, "application/jsonp": 415, "multipart/form-data": 415,
	} {
		if got := f.do("POST", sendPath, `{"event_type":"a"}`, f.as(ScopeSend), header("Content-Type", kind)); got.status != want {
			t.Errorf("%q: got %d, want %d", kind, got.status, want)
		}
	}
}

// An event with a field too many is still an event; its sender is told.
func TestSendTellsWhatItIgnored(t *testing.T) {
	f := newFront(t)
	body := `{"Event_Type":"a","sevrity":"CRITICAL","channel":"phone","\u202ex":1}`
	f.do("POST", sendPath, body, f.as(ScopeSend)).want(t, 202, `"ignored":["channel","sevrity","\u003cU+202E\u003ex"]`)
	if e := f.taken[0].Event; e.Type != "a" || e.Severity != "" || e.Except != "" {
		t.Errorf("got %+v", e)
	}
	var many strings.Builder
	for i := range 400 {
		fmt.Fprintf(&many, `,"x%03d%s":1`, i, strings.Repeat("y", 1000))
	}
	if got := f.do("POST", sendPath, `{"event_type":"a"`+many.String()+`}`, f.as(ScopeSend)); got.status != 202 || len(got.body) > 1500 || !strings.Contains(got.body, "…") {
		t.Errorf("got %d with %d bytes", got.status, len(got.body))
	}
}

func TestSendWaits(t *testing.T) {
	f := newFront(t)
	var waited time.Duration
	f.intake.submit = func(_ context.Context, wait time.Duration, list ...Submission) []Outcome {
		waited = wait
		return []Outcome{{
			ID: "1", Channels: []string{"phone"},
			Decisions:  []event.Decision{{Stage: "cooldown", Outcome: "suppressed"}},
			Deliveries: []event.Delivery{{Channel: "phone", Success: true}},
		}}
	}
	send := func(query string) reply { return f.do("POST", sendPath+query, `{"event_type":"a"}`, f.as(ScopeSend)) }
	for query, want := range map[string]time.Duration{
		"": 0, "?wait=": 0, "?wait=0": 0, "?wait=5s": 5 * time.Second, "?wait=1m": time.Minute, "?wait=1500ms": 1500 * time.Millisecond, "?wait=1m0s": time.Minute,
	} {
		send(query).want(t, 202, `"stage":"cooldown"`, `"deliveries":[{`)
		if waited != want {
			t.Errorf("%s: waited %v, want %v", query, waited, want)
		}
	}
	for _, query := range []string{"?wait=61s", "?wait=1h", "?wait=-1s", "?wait=5", "?wait=soon", "?wait=9999999999999999999s"} {
		send(query).want(t, 400, "?wait=5s")
	}
}

func TestIdempotencyKeys(t *testing.T) {
	f := newFront(t)
	claim := func(body, key string, options ...option) event.Claim {
		t.Helper()
		f.do("POST", sendPath, body, append(options, header("Idempotency-Key", key))...).want(t, 202)
		return f.taken[len(f.taken)-1].Claim
	}
	const body = `{"event_type":"a"}`
	first := claim(body, "k1", f.as(ScopeSend))
	if day := time.Until(first.Until); first.Key == "" || day < 23*time.Hour || day > 24*time.Hour {
		t.Errorf("got %+v", first)
	}
	if again := claim(body, "k1", f.as(ScopeSend)); again.Key != first.Key || again.Digest != first.Digest {
		t.Errorf("the same request has the claims %+v and %+v", first, again)
	}
	if other := claim(body+" ", "k1", f.as(ScopeSend)); other.Key != first.Key || other.Digest == first.Digest {
		t.Errorf("another body has the claim %+v after %+v", other, first)
	}
	for name, other := range map[string]event.Claim{
		"another key":   claim(body, "k2", f.as(ScopeSend)),
		"another token": claim(body, "k1", f.as(ScopeAdmin)),
		"the socket":    claim(body, "k1", local()),
		"the socket, with a token that nobody looked at": claim(body, "k1", local(), f.as(ScopeSend)),
		"the next of a batch":                            claim(`[{"event_type":"a"},{"event_type":"a"}]`, "k1", f.as(ScopeSend)),
	} {
		if other.Key == first.Key {
			t.Errorf("%s shares the claim", name)
		}
	}
	if none := claim(body, "", f.as(ScopeSend)); none != (event.Claim{}) {
		t.Errorf("no key claims %+v", none)
	}
	for key, want := range map[string]int{strings.Repeat("k", 255): 202, strings.Repeat("k", 256): 400, "\xff": 400} {
		if got := f.do("POST", sendPath, body, f.as(ScopeSend), header("Idempotency-Key", key)); got.status != want {
			t.Errorf("a key of %d bytes: got %d, want %d", len(key), got.status, want)
		}
	}
}

func TestRepeatedSend(t *testing.T) {
	f := newFront(t)
	outcome := Outcome{ID: "first", Repeat: true}
	f.intake.submit = func(context.Context, time.Duration, ...Submission) []Outcome { return []Outcome{outcome} }
	send := func() reply {
		return f.do("POST", sendPath, `{"event_type":"a"}`, f.as(ScopeSend), header("Idempotency-Key", "k"))
	}
	got := send()
	got.want(t, 202, `"id":"first"`, `"accepted":true`, `"channels":[]`)
	if got.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("got %v", got.header)
	}
	outcome = Outcome{Err: fmt.Errorf("submit: %w", ErrConflict)}
	send().want(t, 422, "another body", "use a new key")
}

func TestSendIsNotKept(t *testing.T) {
	f := newFront(t)
	outcomes := []Outcome{{Err: &Unavailable{"the disk is full", "make room"}}}
	f.intake.submit = func(context.Context, time.Duration, ...Submission) []Outcome { return outcomes }
	got := f.do("POST", sendPath, `{"event_type":"a"}`, f.as(ScopeSend))
	got.want(t, 503, "nothing was accepted", "the disk is full", "make room")
	if got.header.Get("Retry-After") != "5" {
		t.Errorf("got Retry-After %q", got.header.Get("Retry-After"))
	}
	outcomes = []Outcome{{Err: errors.New("dsn=postgres://u:p@db")}}
	if got := f.do("POST", sendPath, `{"event_type":"a"}`, f.as(ScopeSend)); got.status != 500 || strings.Contains(got.body, "dsn") {
		t.Errorf("got %d: %s", got.status, got.body)
	}
}

// Of a batch that was kept in part, the sender must learn which events not to
// send again, and never gets a success.
func TestPartOfABatchIsKept(t *testing.T) {
	f := newFront(t)
	outcomes := []Outcome{{ID: "1"}, {Err: &Unavailable{"the disk is full", "make room"}}, {ID: "3", Repeat: true}}
	f.intake.submit = func(context.Context, time.Duration, ...Submission) []Outcome { return outcomes }
	batch := `[{"event_type":"a"},{"event_type":"b"},{"event_type":"c"}]`
	got := f.do("POST", sendPath, batch, f.as(ScopeSend))
	got.want(t, 503, "2 of 3 events were accepted", "the disk is full", "Idempotency-Key")
	want := []sent{{ID: "1", Accepted: true, Channels: []string{}}, {Channels: []string{}}, {ID: "3", Accepted: true, Channels: []string{}}}
	if diff := cmp.Diff(want, got.fault.Events, cmp.AllowUnexported(sent{})); diff != "" || strings.Contains(got.body, "nothing was accepted") {
		t.Errorf("%s: %s", diff, got.body)
	}
	outcomes[0], outcomes[2] = outcomes[1], outcomes[1]
	got = f.do("POST", sendPath, batch, f.as(ScopeSend))
	got.want(t, 503, "nothing was accepted")
	if len(got.fault.Events) > 0 {
		t.Errorf("got %s", got.body)
	}
}
