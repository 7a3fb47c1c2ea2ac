package rules_test

import (
	"fmt"
	"maps"
	"runtime"
	"strings"
	"testing"

	"tocsin/builtin"
	"tocsin/rules"
)

// TestBuiltinPack: the pack that is shipped has nothing to complain about.
func TestBuiltinPack(t *testing.T) {
	c, diags := rules.Load(rules.Input{Pack: builtin.Files(), Files: map[string][]byte{"tocsin.hcl": []byte("tocsin {\n  enabled = true\n}\n")}})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if len(c.Catalogue.Groups) < 11 || len(c.Catalogue.Events) < 70 || len(c.Policy.Types) != len(c.Catalogue.Events) {
		t.Errorf("%d groups, %d events, %d types", len(c.Catalogue.Groups), len(c.Catalogue.Events), len(c.Policy.Types))
	}
}

func BenchmarkLoadPack(b *testing.B) {
	in := rules.Input{Pack: builtin.Files(), Files: map[string][]byte{"tocsin.hcl": []byte("tocsin {\n  enabled = true\n}\n")}}
	b.ReportAllocs()
	for b.Loop() {
		mustLoad(b, new(rules.Loader), in)
	}
}

// BenchmarkLoadBig loads a thousand files with ten thousand blocks.
func BenchmarkLoadBig(b *testing.B) {
	in := bigInput(1000, 10)
	b.ReportAllocs()
	for b.Loop() {
		mustLoad(b, new(rules.Loader), in)
	}
}

// BenchmarkReloadBig loads the same again with one file in a hundred changed.
func BenchmarkReloadBig(b *testing.B) {
	in := bigInput(1000, 10)
	var l rules.Loader
	mustLoad(b, &l, in)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		for i := range 10 {
			in.Files[fmt.Sprintf("%04d.hcl", i)] = append(bigFile(i, 10), fmt.Sprintf("# %d\n", n)...)
		}
		mustLoad(b, &l, in)
	}
}

// TestABigConfigurationFitsIntoMemory holds the memory of a thousand files with
// ten thousand blocks, while they load and when they are in use.
func TestABigConfigurationFitsIntoMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("loads ten thousand blocks")
	}
	const limit = 300 << 20
	in := bigInput(1000, 10)
	var l rules.Loader
	before := heapInUse(true)
	c := mustLoad(t, &l, in)
	peak := heapInUse(false) - before // nothing was collected since the last collection
	kept := heapInUse(true) - before
	t.Logf("%d MiB after loading, %d MiB kept", peak>>20, kept>>20)
	if kept > limit || peak > limit {
		t.Errorf("%d MiB after loading, %d MiB kept: want at most %d", peak>>20, kept>>20, limit>>20)
	}
	runtime.KeepAlive(c)
	runtime.KeepAlive(&l)
}

// heapInUse returns the bytes of the heap, garbage included unless it is
// collected first.
func heapInUse(collect bool) int64 {
	if collect {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse)
}

func mustLoad(tb testing.TB, l *rules.Loader, in rules.Input) *rules.Config {
	tb.Helper()
	c, diags := l.Load(in)
	if c == nil {
		tb.Fatal(diags)
	}
	return c
}

func bigInput(files, blocks int) rules.Input {
	in := rules.Input{Pack: builtin.Files(), Kinds: testKinds(), Files: map[string][]byte{"tocsin.hcl": []byte("tocsin {\n  enabled = true\n}\n")}}
	in.Pack = maps.Clone(in.Pack)
	for i := range files {
		in.Files[fmt.Sprintf("%04d.hcl", i)] = bigFile(i, blocks)
	}
	return in
}

func bigFile(n, blocks int) []byte {
	var s strings.Builder
	for i := range blocks / 2 {
		fmt.Fprintf(&s, `# Rule %[2]d of file %[1]d.
rule "site %[1]d, guest %[2]d" {
  events   = ["backup_fail", "backup_warning"]
  when     = "event.severity >= 'WARNING' and event.data.vmid == %[1]d and event.host startsWith 'site-%[2]d' or event.data.storage in ['nas-%[1]d', 'tank']"
  channels = ["site %[1]d"]
  data     = { owner = "site %[1]d" }
}

`, n, i)
	}
	fmt.Fprintf(&s, `silence "site %[1]d" {
  events = ["services"]
  when   = "event.host == 'site-%[1]d' and not during(event.time, 'mon-fri 09:00-18:00')"
  hours  = "sun 02:00-05:00"
}

`, n)
	for i := range blocks - blocks/2 - 2 {
		fmt.Fprintf(&s, `# Event %[2]d of file %[1]d.
event "probe_%[1]d_%[2]d" {
  group       = "health"
  severity    = "WARNING"
  summary     = "Probe %[2]d of site %[1]d did not answer in time."
  fields      = { storage = "string", size = "bytes", duration = "duration" }
  fingerprint = ["storage"]
  title       = "Probe %[2]d of site %[1]d: {{ .data.storage }}"
  body        = "{{ .data.size }} in {{ .data.duration }}"
  details     = { Storage = "{{ .data.storage }}", Site = "%[1]d" }
}

`, n, i)
	}
	fmt.Fprintf(&s, `channel "note" "site %[1]d" {
  when = "event.severity >= 'WARNING' and event.host == 'site-%[1]d'"
  to   = "site-%[1]d@farm.example"

  toggles {
    backups = false
  }
  quiet_hours {
    hours = "22:00-07:00"
    pass  = "event.group == 'security'"
  }
}
`, n)
	return []byte(s.String())
}
