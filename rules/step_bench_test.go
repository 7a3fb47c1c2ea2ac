package rules_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tocsin/builtin"
	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules"
)

// BenchmarkStepWithRules judges one event with more and more rules as they are
// written, of which one could match it.
func BenchmarkStepWithRules(b *testing.B) {
	for _, n := range []int{10, 1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var s strings.Builder
			s.WriteString("tocsin {\n  enabled = true\n}\nchannel \"note\" \"phone\" {\n  to = \"x\"\n}\n")
			for i := range n {
				fmt.Fprintf(&s, "rule \"guest %[1]d\" {\n  events   = [\"backups\"]\n  when     = \"event.severity >= 'WARNING' and event.data.vmid == %[1]d and event.host startsWith 'pve'\"\n  channels = [\"phone\"]\n}\n", i)
			}
			in := rules.Input{Pack: builtin.Files(), Kinds: testKinds(), Files: map[string][]byte{"rules.hcl": []byte(s.String())}}
			p := mustLoad(b, new(rules.Loader), in).Policy
			now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			st, err := engine.NewState(p, engine.Saved{}, now)
			if err != nil {
				b.Fatal(err)
			}
			e := &event.Incoming{ID: "event", Type: "backup_fail", Host: "pve1", Data: map[string]any{"vmid": 7.0, "storage": "nas"}}
			var fx engine.Effects
			b.ReportAllocs()
			for b.Loop() {
				fx.Reset()
				now = now.Add(time.Hour)
				p.Step(st, now, engine.Arrived{Event: e}, &fx)
				st.Commit()
			}
		})
	}
}
