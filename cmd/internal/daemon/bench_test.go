package daemon

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tocsin/api"
)

// fastDoor lets the benchmark through as fast as it can post.
const fastDoor = `
api { rate = "1000000/s" }
channel "log" "sink" { rich = false }
`

// BenchmarkIngest measures how fast events are accepted over HTTP: judged,
// rendered and synced to the disk. Deliveries to one channel go on meanwhile.
func BenchmarkIngest(b *testing.B) {
	for _, c := range []struct{ connections, batch int }{{16, 1}, {64, 1}, {16, 100}, {64, 100}} {
		b.Run(fmt.Sprintf("connections=%d/batch=%d", c.connections, c.batch), func(b *testing.B) {
			h := newHouse(b, map[string]string{"tocsin.hcl": quietDefaults + fastDoor})
			h.ingest(c.connections, c.batch)
		})
	}
}

// ingest posts b.N requests over a number of connections.
func (h *house) ingest(connections, batch int) {
	b := h.t.(*testing.B)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	token := h.token()
	var next, n atomic.Int64
	var senders sync.WaitGroup
	before := cpu(b)
	b.ReportAllocs()
	b.ResetTimer()
	for range connections {
		senders.Go(func() {
			var body bytes.Buffer
			for next.Add(1) <= int64(b.N) {
				body.Reset()
				writeBatch(&body, batch, &n)
				req, err := http.NewRequest("POST", "http://"+h.daemon.Addr()+api.Prefix+"/send", bytes.NewReader(body.Bytes()))
				if err != nil {
					b.Error(err)
					return
				}
				req.Header.Set("Content-Type", "application/json")
				req.Header.Set("Authorization", "Bearer "+token)
				resp, err := client.Do(req)
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if resp.StatusCode != http.StatusAccepted {
					b.Errorf("status %d", resp.StatusCode)
					return
				}
			}
		})
	}
	senders.Wait()
	b.StopTimer()
	events := float64(b.N * batch)
	b.ReportMetric(events/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/events, "cpu-µs/event")
}

// cpu is the processor time of daemon and client together, which a busy machine
// stretches less than the clock's.
func cpu(b testing.TB) time.Duration {
	var use unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

func writeBatch(body *bytes.Buffer, batch int, n *atomic.Int64) {
	if batch > 1 {
		body.WriteByte('[')
	}
	for i := range batch {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(body, `{"event_type":"backup_complete","host":"pve1","data":{"vmid":%d,"storage":"nas","size":"1.5 GiB","duration":"3m 31s"}}`, n.Add(1))
	}
	if batch > 1 {
		body.WriteByte(']')
	}
}
