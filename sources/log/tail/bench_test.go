package tail

import (
	"strings"
	"testing"
	"time"

	"tocsin/sources/textfile"
)

// BenchmarkLines reads a log of which no line means anything, from the disk on.
func BenchmarkLines(b *testing.B) {
	h := newHost(b)
	const count = 200_000
	h.add("app.log", strings.Repeat("2026-02-11 09:14:01,310 fail2ban.filter         [611]: INFO    [sshd] Found 198.51.100.92 - 2026-02-11 09:14:01\n", count))
	h.position = position{h.path("app.log"): []textfile.Place{}}.String()
	for b.Loop() {
		tail := h.tail()
		tail.notices = func() *notices { return nil }
		r := tail.begin(b.Context(), &h.desk)
		r.moved = time.Now() // a position alone is not what is measured
		for more := true; more; {
			var err error
			if more, err = r.look(); err != nil {
				b.Fatal(err)
			}
		}
		if at := r.files[0].parts[0]; at.at.Offset != at.file.Size {
			b.Fatal("it is not read to its end")
		}
		r.end()
	}
	b.ReportMetric(float64(count*b.N)/b.Elapsed().Seconds(), "lines/s")
}
