package pve_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
	"tocsin/sources/pve"
)

// notification builds a body from a type, a severity, a title and a message.
func notification(tb testing.TB, kind, severity, title, message string) []byte {
	tb.Helper()
	fields := map[string]string{"hostname": "alder"}
	if kind != "" {
		fields["type"] = kind
	}
	body, err := json.Marshal(map[string]any{
		"title": title, "message": message, "severity": severity, "timestamp": "1790000000", "fields": fields,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

func decode(tb testing.TB, body []byte) event.Incoming {
	tb.Helper()
	d, err := pack(tb).Decode(body)
	if err != nil {
		tb.Fatalf("decode: %v", err)
	}
	if len(d.Faults) > 0 {
		tb.Fatalf("faults: %v", d.Faults)
	}
	return d.Event
}

func TestTypeAndSeverity(t *testing.T) {
	for _, tt := range []struct {
		kind, severity, title, message string
		want, wantSeverity             string
		exact                          bool // the severity counts downwards too
	}{
		{"", "info", "Test notification", "hello", "custom", "info", false},
		{"", "error", "by hand", "hello", "custom", "error", false},
		{"vzdump", "info", "x", "y", "backup_complete", "info", false},
		{"vzdump", "notice", "x", "y", "backup_complete", "notice", false},
		{"vzdump", "warning", "x", "y", "backup_warning", "warning", false},
		{"vzdump", "error", "x", "y", "backup_fail", "error", false},
		{"vzdump", "ERROR", "x", "y", "backup_fail", "error", false},
		{"vzdump", "critical", "x", "y", "backup_fail", "critical", false},
		{"vzdump", "purple", "x", "y", "backup_warning", "unknown", false},
		{"vzdump", "purple", "status (alder): backup failed", "y", "backup_fail", "unknown", false},
		{"vzdump", "", "x", "y", "backup_complete", "", false},
		{"VZDUMP", "info", "x", "y", "backup_complete", "info", false},
		{"replication", "error", "x", "y", "replication_fail", "error", false},
		{"replication", "", "x", "y", "replication_fail", "", false},
		{"replication", "info", "x", "y", "replication_complete", "info", false},
		{"fencing", "error", "x", "y", "split_brain", "error", false},
		{"package-updates", "info", "x", "y", "update_available", "info", false},
		{"system-mail", "unknown", "x", "y", "system_mail", "unknown", false},
		{"gc", "info", "x", "y", "custom", "info", false},
		{"gc", "error", "x", "y", "backup_fail", "error", false},
		{"prune", "warning", "x", "y", "backup_warning", "warning", false},
		{"sync", "error", "x", "y", "backup_fail", "error", false},
		{"verification", "error", "x", "y", "backup_fail", "error", false},
		{"tape-backup", "info", "x", "y", "backup_complete", "info", false},
		{"tape-load", "notice", "x", "y", "custom", "notice", false},
		{"acme", "info", "Renewed the certificate", "all is well", "custom", "info", false},
		{"acme", "info", "Could not renew the certificate", "x", "system_problem", "WARNING", true},
		{"acme", "info", "Certificate", "It is unable to go on.", "system_problem", "WARNING", true},
		{"acme", "error", "Certificate", "x", "system_problem", "CRITICAL", true},
		{"host_backup_complete", "info", "x", "y", "host_backup_complete", "info", false},
		{"lunar", "info", "x", "y", "system_problem", "info", true},
		{"lunar", "", "x", "y", "system_problem", "unknown", true},
		{"lunar", "purple", "x", "y", "system_problem", "unknown", true},
	} {
		in := decode(t, notification(t, tt.kind, tt.severity, tt.title, tt.message))
		if in.Type != tt.want || in.Severity != tt.wantSeverity || in.AtLeast == tt.exact {
			t.Errorf("%s %q %q: got %s, severity %q, at least %t; want %s, %q, %t",
				tt.kind, tt.severity, tt.title, in.Type, in.Severity, in.AtLeast, tt.want, tt.wantSeverity, !tt.exact)
		}
		if in.Source != "webhook" || in.Host != "alder" {
			t.Errorf("%s: got source %q and host %q", tt.kind, in.Source, in.Host)
		}
	}
}

func TestUnknownSeverityKeepsItsWord(t *testing.T) {
	in := decode(t, notification(t, "vzdump", "Purple", "x", "y"))
	if in.Data["pve_severity"] != "purple" {
		t.Errorf("got %v", in.Data["pve_severity"])
	}
}

// A row that says that a guest failed is never told as good news.
func TestFailedGuestOutweighsSeverity(t *testing.T) {
	message := "Details\n=======\nVMID    Name    Status    Time    Size    Filename    \n7       a       err       1s      0 B     null        \n\n"
	if in := decode(t, notification(t, "vzdump", "info", "x", message)); in.Type != "backup_fail" {
		t.Errorf("got %s", in.Type)
	}
}

func TestBadBodies(t *testing.T) {
	deep := strings.Repeat("[", 32) + strings.Repeat("]", 32)
	for name, tt := range map[string]struct{ body, reason string }{
		"empty":            {"", "empty"},
		"blank":            {" \n\t", "empty"},
		"array":            {`["title"]`, "an array"},
		"string":           {`"title"`, "a string"},
		"number":           {`-12`, "a number"},
		"array, cut":       {`["title"`, "the body is no JSON"},
		"null":             {`null`, "is a word such as null, where a JSON object is wanted"},
		"plain text":       {`title=x&message=y`, "the body is no JSON"},
		"cut":              {`{"title": "x", "mess`, "ends in the middle"},
		"cut after key":    {`{"title":`, "ends in the middle"},
		"trailing text":    {`{"title":"x"} and more`, "follows the JSON value, from byte 13"},
		"two objects":      {`{"title":"x"}{"title":"y"}`, "follows the JSON value"},
		"raw newline":      {"{\"title\":\"x\ny\"}", "control character stands in a JSON string at byte 11"},
		"not JSON":         {`{"title": x}`, "not JSON from byte 10"},
		"huge number":      {`{"title":"x","n":1e999}`, "out of range"},
		"Latin-1":          {"{\"title\":\"caf\xe9\"}", "not UTF-8"},
		"deep":             {`{"title":"x","a":` + deep + `}`, "nested more than 32"},
		"never closed":     {strings.Repeat(`{"a":`, 100_000), "nested more than 32"},
		"many keys":        {`{"title":"x","fields":{` + strings.Repeat(`"a":"",`, 1000) + `"a":""}}`, "1000 keys"},
		"many values":      {`{"title":"x","a":[` + strings.Repeat("0,", 10_000) + `0]}`, "10000 values"},
		"no text":          {`{"severity":"info"}`, "neither a title nor a message"},
		"no text, type":    {`{"fields":{"type":"lunar"}}`, "neither a title nor a message"},
		"blank text":       {`{"title":" ","message":"\n","fields":{}}`, "neither a title nor a message"},
		"null text":        {`{"title":null,"message":null}`, "neither a title nor a message"},
		"title a number":   {`{"title":7,"message":"x"}`, "title is no JSON string"},
		"message an array": {`{"title":"x","message":["y"]}`, "message is no JSON string"},
		"fields a string":  {`{"title":"x","fields":"{}"}`, "fields is no JSON object"},
		"fields an array":  {`{"title":"x","fields":[]}`, "fields is no JSON object"},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := pve.Read([]byte(tt.body))
			bad, ok := errors.AsType[*pve.BadBody](err)
			if !ok {
				t.Fatalf("got %+v and %v, want a *BadBody", in, err)
			}
			if !strings.Contains(bad.Reason, tt.reason) {
				t.Errorf("got reason %q, want %q in it", bad.Reason, tt.reason)
			}
			if bad.Do == "" || err.Error() != bad.Reason+": "+bad.Do {
				t.Errorf("got error %q with remedy %q", err, bad.Do)
			}
		})
	}
}

func TestTolerated(t *testing.T) {
	deep := strings.Repeat("[", 31) + strings.Repeat("]", 31)
	for name, tt := range map[string]struct{ body, want string }{
		"last of a doubled key":  {`{"title":"a","title":"b"}`, "custom"},
		"no fields":              {`{"title":"x"}`, "custom"},
		"null fields":            {`{"message":"x","fields":null}`, "custom"},
		"type of another kind":   {`{"message":"x","fields":{"type":7}}`, "custom"},
		"no text, known type":    {`{"fields":{"type":"fencing"}}`, "split_brain"},
		"empty mail":             {`{"title":"","message":"","fields":{"type":"system-mail"}}`, "system_mail"},
		"white space around":     {"\r\n {\"title\":\"x\"}\n", "custom"},
		"as deep as is allowed":  {`{"title":"x","a":` + deep + `}`, "custom"},
		"brackets inside a text": {`{"title":"` + strings.Repeat(`[{:,\"`, 20_000) + `"}`, "custom"},
		"lone surrogate":         {`{"title":"\ud800"}`, "custom"},
	} {
		t.Run(name, func(t *testing.T) {
			if in := decode(t, []byte(tt.body)); in.Type != tt.want {
				t.Errorf("got %s, want %s", in.Type, tt.want)
			}
		})
	}
}

func TestTime(t *testing.T) {
	at := time.Unix(1790000000, 0).UTC()
	for value, want := range map[string]time.Time{
		`1790000000`: at, `"1790000000"`: at, `" 1790000000 "`: at, `1790000000.9`: at,
		`0`: {}, `-5`: {}, `"NaN"`: {}, `"Inf"`: {}, `"soon"`: {}, `null`: {}, `1e300`: {}, `1790000000000`: {}, `{}`: {}, `""`: {},
	} {
		in := decode(t, []byte(`{"title":"x","timestamp":`+value+`}`))
		if !in.Time.Equal(want) {
			t.Errorf("timestamp %s: got %v, want %v", value, in.Time, want)
		}
	}
}

// What the sender wrote beside the known parts is data, and what it wrote as a
// field counts more than what is read from the text.
func TestFactsOfTheSender(t *testing.T) {
	in := decode(t, []byte(`{
		"title": "  Replication Job:\n '433-2' failed ", "severity": "error", "timestamp": "soon", "extra": {"a": [1]}, "job-id": "lost",
		"message": "\n\nReplication job '433-2' with target 'cedar' and schedule '*/5' failed!\r\n\r\n  end\n\n",
		"fields": {"type": "replication", "hostname": "Alder.home.example", "job-id": "7-0", "Target Node": "oak", "pve_title": "forged", "empty": ""}
	}`))
	want := map[string]any{
		"pve_type": "replication", "pve_severity": "error", "pve_title": "Replication Job: '433-2' failed",
		"message":  "Replication job '433-2' with target 'cedar' and schedule '*/5' failed!\n\n  end",
		"hostname": "Alder.home.example", "job_id": "7-0", "target_node": "oak", "schedule": "*/5", "vmid": "7",
		"reason": "Replication Job: '433-2' failed", "timestamp": "soon", "extra": map[string]any{"a": []any{1.0}},
	}
	if diff := cmp.Diff(want, in.Data); diff != "" {
		t.Errorf("data differ (-want +got):\n%s", diff)
	}
	if in.Host != "Alder" {
		t.Errorf("got host %q", in.Host)
	}
}
