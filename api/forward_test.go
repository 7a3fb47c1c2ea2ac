package api

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels/signature"
	"tocsin/engine/event"
)

const (
	knownID = "01K9ZD3V7G4Q8R2M6N5T1W0XYB"

	forwardedBody = `{"event_type":"backup_fail","id":"01K9ZD3V7G4Q8R2M6N5T1W0XYB","severity":"CRITICAL","host":"pve7","cluster":"lab",
		"time":"2026-03-14T01:59:26Z","guest":{"id":"101","name":"we\u202eb","tags":["a\nb"]},"data":{"vmid":101},
		"title":"Backup failed","message":"no space","via":["first","second"]}`
)

func TestForwardedEventIsKeptAsItWas(t *testing.T) {
	f := newFront(t)
	f.do("POST", sendPath, forwardedBody, f.as(ScopeSend), header("Idempotency-Key", "k")).want(t, 202)
	want := &event.Incoming{
		ID: knownID, Type: "backup_fail", Severity: "CRITICAL", Source: "forward", Host: "pve7", Cluster: "lab",
		Time: time.Date(2026, 3, 14, 1, 59, 26, 0, time.UTC), Guest: &event.Guest{ID: "101", Name: "we<U+202E>b", Tags: []string{"a b"}},
		Data: map[string]any{"vmid": 101.0}, Title: "Backup failed", Message: "no space", Via: []string{"first", "second"},
	}
	if diff := cmp.Diff(want, f.taken[0].Event); diff != "" {
		t.Error(diff)
	}
	claim := f.taken[0].Claim
	if claim.Key != "event "+knownID || claim.Digest != knownID || claim.Until.Before(time.Now().Add(6*24*time.Hour)) {
		t.Errorf("the claim is %+v", claim)
	}
	other := strings.Replace(forwardedBody, `"first",`, "", 1)
	f.do("POST", sendPath, other, f.as(ScopeAdmin)).want(t, 202)
	if again := f.taken[1].Claim; again.Key != claim.Key || again.Digest != claim.Digest {
		t.Errorf("over another way the claim is %+v", again)
	}
}

// What has passed this tocsin is not taken again, be it alone or in a batch.
func TestCirclesEnd(t *testing.T) {
	f := newFront(t)
	f.options.Instance = "second"
	f.do("POST", sendPath, forwardedBody, f.as(ScopeSend)).want(t, 202, `"circles":true`, `"accepted":true`, knownID)
	if len(f.taken) != 0 {
		t.Fatalf("it took %+v", f.taken)
	}
	got := f.do("POST", sendPath, `[{"event_type":"a"},`+forwardedBody+`,{"event_type":"b"}]`, f.as(ScopeSend))
	got.want(t, 202)
	var answers []sent
	got.into(t, &answers)
	if len(answers) != 3 || answers[0].ID != "01EVENTA" || answers[1].ID != knownID || !answers[1].Circles || answers[2].ID != "01EVENTB" {
		t.Errorf("got %+v", answers)
	}
	if len(f.taken) != 2 || f.taken[1].Event.Type != "b" {
		t.Errorf("it took %+v", f.taken)
	}
}

func TestForwardedFieldsAreChecked(t *testing.T) {
	f := newFront(t)
	for body, says := range map[string]string{
		`{"event_type":"a","id":"x"}`:                                                                        "no ULID",
		`{"event_type":"a","id":"81K9ZD3V7G4Q8R2M6N5T1W0XYB"}`:                                               "no ULID",
		`{"event_type":"a","via":["x"]}`:                                                                     "via is no list",
		`{"event_type":"a","id":"` + knownID + `","via":["a b"]}`:                                            "via is no list",
		`{"event_type":"a","id":"` + knownID + `","via":["x"` + strings.Repeat(`,"x"`, maxVia) + `]}`:        "via is no list",
		`{"event_type":"a","cluster":"x"}`:                                                                   "leave them out",
		`{"event_type":"a","guest":{"id":"1"}}`:                                                              "leave them out",
		`{"event_type":"a","id":"` + knownID + `","via":["x"],"cluster":"` + strings.Repeat("x", 254) + `"}`: "longer than",
	} {
		f.do("POST", sendPath, body, f.as(ScopeSend)).want(t, 400, says)
	}
	f.do("POST", sendPath, `{"event_type":"a","id":"`+knownID+`"}`, f.as(ScopeSend)).want(t, 202)
	if e := f.taken[0].Event; e.ID != knownID || e.Source != "api" {
		t.Errorf("took %+v", e)
	}
}

// signed are the headers of a request over a body.
func signed(secret, id string, at time.Time, body string) []option {
	key, err := signature.NewKey(event.NewSecret(secret))
	if err != nil {
		panic(err)
	}
	return []option{
		header("Webhook-Id", id), header("Webhook-Timestamp", strconv.FormatInt(at.Unix(), 10)),
		header("Webhook-Signature", key.Sign(id, at, []byte(body))),
	}
}

// A signature binds the body, the id and the time, wherever the request is from.
// A secret beside it counts for nothing.
func TestSignedWebhook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		elsewhere := []option{from("192.0.2.9:1")}
		for name, tt := range map[string]struct {
			options []option
			want    int
			says    string
		}{
			"from elsewhere":       {append(signed(sharedSecret, "m1", now, posted), elsewhere...), 202, ""},
			"from here":            {signed(sharedSecret, "m1", now, posted), 202, ""},
			"over the socket":      {append(signed(sharedSecret, "m1", now, posted), local()), 202, ""},
			"another secret":       {append(signed("other", "m1", now, posted), elsewhere...), 401, "signature"},
			"another, from here":   {signed("other", "m1", now, posted), 401, "signature"},
			"another body":         {append(signed(sharedSecret, "m1", now, posted+" "), elsewhere...), 401, "signature"},
			"late":                 {append(signed(sharedSecret, "m1", now.Add(-6*time.Minute), posted), elsewhere...), 401, "timestamp"},
			"no time":              {append(signed(sharedSecret, "m1", now, posted), header("Webhook-Timestamp")), 401, "webhook-timestamp"},
			"no id":                {append(signed(sharedSecret, "", now, posted), header("Webhook-Id")), 401, "webhook-id"},
			"a plain secret too":   {append(signed("other", "m1", now, posted), remote()...), 401, "signature"},
			"the secret, unsigned": {remote(), 202, ""},
		} {
			f := newFront(t)
			if got := f.do("POST", hook, posted, tt.options...); got.status != tt.want || !strings.Contains(got.body, tt.says) {
				t.Errorf("%s: got %d %s", name, got.status, got.body)
			}
		}
		f := newFront(t)
		f.settings.WebhookSecret = event.Secret{}
		f.do("POST", hook, posted, signed("x", "m1", now, posted)...).want(t, 401, "none is configured")
	})
}

// A signed request may carry an event as send takes one. What it repeats it is
// answered as, not refused.
func TestSignedEvent(t *testing.T) {
	f := newFront(t)
	post := func(id, body string) reply {
		return f.do("POST", hook, body, append(signed(sharedSecret, id, time.Now(), body), from("192.0.2.9:1"))...)
	}
	post("m1", forwardedBody).want(t, 202, `"event_type":"backup_fail"`)
	if s := f.taken[0]; s.Event.Source != "forward" || s.Event.ID != knownID || s.Claim.Key != "event "+knownID {
		t.Errorf("took %+v with %+v", s.Event, s.Claim)
	}
	post("m2", `{"event_type":"a","severity":"purple"}`).want(t, 400, "severity")
	post("m3", `{"event_type":"a","title":"t"}`).want(t, 202)
	if s := f.taken[1]; s.Event.Source != "webhook" || s.Claim.Key != "signed m3" {
		t.Errorf("took %+v with %+v", s.Event, s.Claim)
	}
	f.intake.submit = func(context.Context, time.Duration, ...Submission) []Outcome {
		return []Outcome{{ID: knownID, Repeat: true}}
	}
	got := post("m1", forwardedBody)
	got.want(t, 202, fmt.Sprintf(`"id":%q`, knownID))
	if got.header.Get("Idempotent-Replayed") != "true" {
		t.Error("it does not say that it is a repeat")
	}
	f = newFront(t)
	f.options.Instance = "first"
	post("m4", forwardedBody).want(t, 202, `"circles":true`)
}
