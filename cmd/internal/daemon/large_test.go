package daemon

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// largeFile is one of many files with ten blocks each.
func largeFile(n, version int) string {
	var s strings.Builder
	fmt.Fprintf(&s, "# version %d\n", version)
	for i := range 10 {
		fmt.Fprintf(&s, "rule \"site %[1]d guest %[2]d\" {\n  when     = \"event.severity >= 'WARNING' and event.data.vmid == %[1]d%[2]d and event.host startsWith 'site-%[1]d'\"\n  channels = [\"console\"]\n}\n", n, i)
	}
	return s.String()
}

func large(t testing.TB, files int) *house {
	all := map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": console}
	for n := range files {
		all[fmt.Sprintf("%04d.hcl", n)] = largeFile(n, 0)
	}
	return newHouse(t, all)
}

// TestEventsFlowWhileALargeConfigurationLoads changes every file and counts the
// events that are taken before the new version is in use.
func TestEventsFlowWhileALargeConfigurationLoads(t *testing.T) {
	h := large(t, 200)
	h.token()
	for n := range 200 {
		h.write(fmt.Sprintf("%04d.hcl", n), largeFile(n, 1))
	}
	loaded := make(chan error, 1)
	go func() {
		_, err := h.daemon.Reload(t.Context())
		loaded <- err
	}()
	taken := 0
	for {
		select {
		case err := <-loaded:
			if err != nil {
				t.Fatal(err)
			}
			if taken == 0 {
				t.Error("no event was taken while the files were loading")
			}
			t.Logf("%d events were taken meanwhile", taken)
			return
		default:
			if status := h.send(fmt.Sprintf(`{"event_type":"custom","data":{"message":"event %d"}}`, taken)); status != 202 {
				t.Fatalf("an event was answered with %d", status)
			}
			taken++
		}
	}
}

// BenchmarkReloadUnderLoad reloads a thousand files with ten thousand blocks and
// tells how long events wait meanwhile.
func BenchmarkReloadUnderLoad(b *testing.B) {
	h := large(b, 1000)
	h.token()
	var waits []time.Duration
	version := 0
	for b.Loop() {
		version++
		for n := range 1000 {
			h.write(fmt.Sprintf("%04d.hcl", n), largeFile(n, version))
		}
		loaded := make(chan error, 1)
		go func() {
			_, err := h.daemon.Reload(b.Context())
			loaded <- err
		}()
		for done := false; !done; {
			began := time.Now()
			if status := h.send(`{"event_type":"custom","data":{"message":"hello"}}`); status != 202 {
				b.Fatalf("an event was answered with %d", status)
			}
			waits = append(waits, time.Since(began))
			select {
			case err := <-loaded:
				if err != nil {
					b.Fatal(err)
				}
				done = true
			default:
			}
		}
	}
	slices.Sort(waits)
	b.ReportMetric(float64(len(waits))/float64(b.N), "events/reload")
	b.ReportMetric(float64(waits[len(waits)/2].Microseconds())/1000, "ms-median")
	b.ReportMetric(float64(waits[len(waits)-1].Microseconds())/1000, "ms-longest")
}
