package watch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/engine/event"
	"tocsin/sources/tasks"
)

func TestRead(t *testing.T) {
	h := newHost(t)
	one, two, three := "UPID:barn:00000001:00C0FFEE:67A03C01:qmstart:4001:ann@pam:", "UPID:barn:00000002:00C0FFEE:67A03C05:vzdump::ann@pam:", "UPID:barn:00000003:00C0FFEE:67A03C03:qmstop:4001:ann@pam:"
	h.write("index.1", one+" 67A03C04 OK\n")
	h.write("index", "odd\n"+three+" 67A03C03 no\n"+one+" 67A03C04 OK\n")
	h.write("active", two+" 0\n"+three+" 1 67A03C03 no\n")
	h.write("1/"+one, "WARN: worn\nTASK OK\n")
	list, garbage, err := Read(h.dir)
	if err != nil || garbage != 1 {
		t.Fatal(garbage, err)
	}
	var got []string
	for _, r := range list {
		got = append(got, fmt.Sprintf("%d %v %s:%d", r.PID, r.Outcome(), filepath.Base(r.File), r.Line))
	}
	want := []string{"1 started index.1:1", "3 started index:2", "3 failed index:2", "1 ok index.1:1", "2 started active:1"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if len(list[3].Log.Troubles) != 1 {
		t.Errorf("log %+v", list[3].Log)
	}
	if _, _, err := Read(filepath.Join(h.dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

// operation is one of those that Proxmox VE does in its folder.
type operation struct {
	T                     int64
	Op, Path, Content, To string
}

func (o *operation) do(h *host) {
	h.t.Helper()
	switch o.Op {
	case "write", "create":
		h.write(o.Path, o.Content)
	case "append":
		h.add(o.Path, o.Content)
	case "replace":
		h.write("tmp", o.Content)
		h.rename("tmp", o.Path)
	case "rename":
		h.rename(o.Path, o.To)
	case "delete":
		if err := os.Remove(filepath.Join(h.dir, o.Path)); err != nil {
			h.t.Fatal(err)
		}
	default:
		h.t.Fatalf("unknown operation %q", o.Op)
	}
}

// timelineRules raise the events that the recorded timeline expects.
func timelineRules() []*tasks.Rule {
	return []*tasks.Rule{
		{Name: "vzdump", Workers: []string{"vzdump"}, Emits: [4]*tasks.Emission{emission("backup_start"), emission("backup_complete"), nil, emission("backup_fail")}},
		{Name: "start", Workers: []string{"qmstart"}, Emits: [4]*tasks.Emission{nil, emission("vm_start"), nil, emission("vm_fail")}},
		{Name: "snapshot", Workers: []string{"qmsnapshot"}, Emits: [4]*tasks.Emission{nil, emission("snapshot_complete"), nil, emission("snapshot_fail")}},
	}
}

// TestRecordedTimeline replays recorded file operations, with and without a restart
// before each, and wants exactly the events that people expect of them.
func TestRecordedTimeline(t *testing.T) {
	dir := os.Getenv("TOCSIN_FIXTURES")
	if dir == "" {
		t.Skip("TOCSIN_FIXTURES names no folder of samples")
	}
	text, err := os.ReadFile(filepath.Join(dir, "tasks", "timeline.jsonl"))
	if err != nil {
		t.Skip(err)
	}
	var ops []operation
	for line := range strings.Lines(string(text)) {
		var o operation
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatal(err)
		}
		ops = append(ops, o)
	}
	var expected struct {
		Expected []struct {
			Event, UPID string
			NotBefore   int64 `json:"not_before"`
		}
	}
	text, err = os.ReadFile(filepath.Join(dir, "tasks", "timeline.expected.json"))
	if err == nil {
		err = json.Unmarshal(text, &expected)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, restarts := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.rules = timelineRules()
			time.Sleep(time.Until(time.Unix(ops[0].T, 0)))
			rest := ops
			for ; rest[0].Op == "write"; rest = rest[1:] { // what was there before
				rest[0].do(h)
			}
			h.run()
			seen := map[string]int64{}
			note := func() {
				for _, e := range h.events()[len(seen):] {
					seen[e.Type+" "+event.Text(e.Data["upid"])] = time.Now().Unix()
				}
			}
			for _, o := range rest {
				for time.Until(time.Unix(o.T, 0)) > 0 {
					time.Sleep(min(time.Until(time.Unix(o.T, 0)), poll))
					synctest.Wait()
					note()
				}
				if restarts {
					h.stop()
				}
				o.do(h)
				if restarts {
					h.run()
					note()
				}
			}
			h.look()
			note()
			h.stop()
			if len(h.events()) != len(expected.Expected) || len(seen) != len(h.events()) {
				t.Errorf("%d events, want %d: %s", len(h.events()), len(expected.Expected), h.words())
			}
			for _, want := range expected.Expected {
				if at := seen[want.Event+" "+want.UPID]; at < want.NotBefore || at > want.NotBefore+60 {
					t.Errorf("%s of %s: told at %d, want soon after %d", want.Event, want.UPID, at, want.NotBefore)
				}
			}
		})
	}
}
