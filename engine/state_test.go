package engine

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"tocsin/engine/event"
)

func TestASavedWaitIsNeverLongerThanMeant(t *testing.T) {
	stamp := Stamp{Type: "disk_space_low", Severity: event.Warning, At: start, Until: start.Add(5 * time.Minute)}
	in := &event.Incoming{Type: "disk_space_low", Data: map[string]any{"mount": "/"}}
	e, _ := testPolicy().Admit(in, start)
	stamp.Fingerprint = event.FingerprintOf(e, []string{"host", "mount"})
	for _, c := range []struct {
		name  string
		clock time.Duration // of the wall clock at the restart
		free  time.Duration // after the restart, when the event is told again
	}{
		{"right clock", time.Minute, 4 * time.Minute},
		{"an hour back", -time.Hour, 5 * time.Minute},
		{"forty days back", -40 * 24 * time.Hour, 5 * time.Minute},
		{"an hour on", time.Hour, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := start.Add(c.clock)
			st, err := NewState(testPolicy(), Saved{Stamps: []Stamp{stamp}}, now)
			if err != nil {
				t.Fatal(err)
			}
			sends := func(after time.Duration) int {
				var fx Effects
				testPolicy().Step(st, now.Add(after), Arrived{in}, &fx)
				st.Rollback()
				return len(fx.Sends)
			}
			if c.free > 0 && sends(c.free-time.Nanosecond) != 0 {
				t.Error("told before its cooldown ended")
			}
			if sends(c.free) == 0 {
				t.Error("still silent after its cooldown ended")
			}
		})
	}
}

func TestRollbackLeavesNoTrace(t *testing.T) {
	for seed := range uint64(200) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 7))
			p := testPolicy()
			st, err := NewState(p, Saved{}, start)
			if err != nil {
				t.Fatal(err)
			}
			now := time.Duration(0)
			for range 30 {
				var fx Effects
				steps := 1 + r.IntN(5)
				last := now + time.Duration(steps)*20*time.Second
				before, due := picture(st, last), dues(st)
				for range steps {
					now += time.Duration(r.IntN(20)) * time.Second
					p.Step(st, start.Add(now), randomInput(r), &fx)
				}
				now = last
				if r.IntN(2) == 0 {
					if err := st.Flush(&fx); err != nil {
						t.Fatal(err)
					}
				}
				if r.IntN(2) == 0 {
					st.Commit()
					continue
				}
				st.Rollback()
				if after := picture(st, last); !reflect.DeepEqual(before, after) {
					t.Fatalf("state differs after a rollback:\n%v\n%v", before, after)
				}
				if after := dues(st); !reflect.DeepEqual(due, after) {
					t.Fatalf("deadlines differ after a rollback: %v, then %v", due, after)
				}
			}
		})
	}
}

func randomInput(r *rand.Rand) Input {
	if r.IntN(8) == 0 {
		return Elapsed{}
	}
	if r.IntN(8) == 0 {
		return Settled{Channel: "phone", Err: &event.SendError{Class: event.Temporary}}
	}
	types := []string{"auth_fail", "disk_space_low", "disk_space_ok", "vm_stop", "nobody_knows"}
	return Arrived{&event.Incoming{
		ID: fmt.Sprint(r.Uint64()), Type: types[r.IntN(len(types))], Severity: []string{"", "info", "critical"}[r.IntN(3)],
		Data: map[string]any{"source_ip": fmt.Sprint(r.IntN(4)), "mount": fmt.Sprint(r.IntN(2))},
	}}
}

// picture is everything a state remembers that still counts at now, in values
// that do not change.
func picture(st *State, now time.Duration) map[string]string {
	out := map[string]string{"held bytes": fmt.Sprint(st.held)}
	for fp, s := range st.stamps {
		if max(s.until, s.at+10*time.Second) > now {
			out["stamp "+fp.String()] = fmt.Sprint(s)
		}
	}
	for key, b := range st.buckets {
		out["bucket "+key] = fmt.Sprint(b.Count, b.Told, b.Ordinal, b.Highest, b.Critical, b.ToldHigh, b.deadline, b.Channels, b.Distinct, b.Common, heldIDs(b.held), ids(b.Samples))
	}
	for key, o := range st.open {
		figures, _ := json.Marshal(o.openFigures)
		out["open "+key.String()] = fmt.Sprint(string(figures), o.event.ID, o.at, o.next, st.silenced[key] == o)
	}
	for key := range st.silenced {
		if st.open[key] == nil {
			out["silenced "+key.String()] = "not open"
		}
	}
	for channel, w := range st.waiting {
		out["waiting "+channel] = fmt.Sprint(w.waitFigures, w.next)
	}
	for name, list := range st.inhibitors {
		for _, c := range list {
			out["cause "+name+c.Key] = fmt.Sprint(c.Event.ID, c.end)
		}
	}
	for name, h := range st.health {
		out["health "+name] = fmt.Sprint(*h)
	}
	return out
}

func ids(events []*event.Event) []string {
	var out []string
	for _, e := range events {
		out = append(out, e.ID)
	}
	return out
}

func heldIDs(held []Held) []string {
	var out []string
	for _, h := range held {
		out = append(out, h.Event.ID)
	}
	return out
}

// dues are the deadlines that would be acted on.
func dues(st *State) map[string]bool {
	out := map[string]bool{}
	for _, d := range st.due {
		name := ""
		switch of := d.of.(type) {
		case *bucket:
			if st.buckets[of.key] == of {
				name = "bucket " + of.key
			}
		case *openEvent:
			if st.open[of.key] == of {
				name = "open " + of.key.String()
			}
		case *cause:
			if slices.Contains(st.inhibitors[of.Inhibition], of) {
				name = "cause " + of.Key
			}
		case *waiting:
			name = "waiting " + of.channel
		}
		if at, ok := d.of.when(); ok && at == d.at && name != "" {
			out[fmt.Sprint(name, at)] = true
		}
	}
	return out
}

func TestFingerprintsThatEndedAreForgotten(t *testing.T) {
	p, now := onlyPhone(), start
	st, err := NewState(p, Saved{}, now)
	if err != nil {
		t.Fatal(err)
	}
	var fx Effects
	for i := range 20_000 {
		now = now.Add(time.Second)
		fx.Reset()
		p.Step(st, now, Arrived{&event.Incoming{ID: "x", Type: "disk_space_low", Data: map[string]any{"mount": fmt.Sprint(i)}}}, &fx)
		st.Commit()
	}
	// 300 cool down at any moment.
	if n, _ := st.Size(); n > 1000 {
		t.Errorf("%d fingerprints are remembered, want a few hundred", n)
	}
}
