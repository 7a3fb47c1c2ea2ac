package engine

import (
	"fmt"
	"testing"
	"time"

	"tocsin/engine/event"
)

// BenchmarkStep measures one event of each fate.
func BenchmarkStep(b *testing.B) {
	in := func(i int) *event.Incoming {
		return &event.Incoming{ID: "event", Type: "disk_space_low", Host: "pve1", Data: map[string]any{"mount": fmt.Sprint("/srv/", i), "used": "1.2 GiB"}}
	}
	run := func(b *testing.B, p *Policy, spread int, step time.Duration) {
		p.Index()
		st, err := NewState(p, Saved{}, start)
		if err != nil {
			b.Fatal(err)
		}
		events := make([]*event.Incoming, spread)
		for i := range events {
			events[i] = in(i)
		}
		var fx Effects
		now, n := start, 0
		b.ReportAllocs()
		for b.Loop() {
			fx.Reset()
			now = now.Add(step)
			p.Step(st, now, Arrived{events[n%spread]}, &fx)
			st.Commit()
			n++
		}
	}
	b.Run("suppressed", func(b *testing.B) { run(b, testPolicy(), 1, time.Nanosecond) })
	b.Run("told", func(b *testing.B) { run(b, testPolicy(), 1000, time.Second) })
	b.Run("off", func(b *testing.B) {
		p := testPolicy()
		p.Toggles.Groups = map[string]Setting[Toggle]{"storage": {Off, "tocsin.hcl:1"}}
		run(b, p, 1, time.Second)
	})
	for _, types := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("told/types=%d", types), func(b *testing.B) {
			p := testPolicy()
			for i := range types {
				name := fmt.Sprint("type_", i)
				p.Types[name] = &Type{Name: name, Enabled: true}
			}
			run(b, p, 1000, time.Second)
		})
	}
}

// BenchmarkRules measures one event against more and more rules, of which three
// could match it.
func BenchmarkRules(b *testing.B) {
	for _, rules := range []int{10, 1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(rules), func(b *testing.B) {
			p := testPolicy()
			for i := range rules {
				typ := fmt.Sprint("type_", i)
				if i%(rules/3) == 1 && i < rules-1 {
					typ = "disk_space_low"
				}
				key := Key{Attr: "type", Value: typ}
				p.Rules = append(p.Rules, &Rule{
					Name: fmt.Sprint("rule ", i), Place: "rules.hcl:1", Channels: []string{"mail"},
					Condition: Condition{When: has(key), Keys: []Key{key}},
				})
			}
			p.Index()
			st, err := NewState(p, Saved{}, start)
			if err != nil {
				b.Fatal(err)
			}
			in := &event.Incoming{ID: "event", Type: "disk_space_low", Host: "pve1", Data: map[string]any{"mount": "/srv", "used": "1.2 GiB"}}
			var fx Effects
			now := start
			b.ReportAllocs()
			for b.Loop() {
				fx.Reset()
				now = now.Add(time.Hour)
				p.Step(st, now, Arrived{in}, &fx)
				st.Commit()
			}
		})
	}
}
