package host

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"sync"
	"time"
)

// ticks are what the processors did since the host started, in a unit of the kernel.
type ticks struct {
	total, idle, wait, stolen float64
	cores                     int
}

// parseStat reads /proc/stat.
func parseStat(text []byte) (ticks, error) {
	var t ticks
	fieldsOf(text, 5, func(words []string) {
		switch name := words[0]; {
		case name == "cpu" && t.total == 0:
			// user nice system idle iowait irq softirq steal; guest times are in user's
			for i, word := range words[1:min(len(words), 9)] {
				n, _ := decimal(word)
				t.total += n
				switch i {
				case 3:
					t.idle = n
				case 4:
					t.wait = n
				case 7:
					t.stolen = n
				}
			}
		case len(name) > 3 && name[:3] == "cpu":
			t.cores++
		}
	})
	if t.total <= 0 || t.cores == 0 {
		return ticks{}, errors.New("/proc/stat does not tell what the processors did")
	}
	return t, nil
}

// since returns what the processors did since an earlier look.
func (t ticks) since(before ticks) (item, bool) {
	total := t.total - before.total
	if total <= 0 {
		return nil, false
	}
	it := item{"cores": float64(t.cores)}
	idle := max(t.idle-before.idle, 0) + max(t.wait-before.wait, 0) // iowait may go back
	for name, part := range map[string]float64{"used_percent": total - idle, "iowait_percent": t.wait - before.wait, "steal_percent": t.stolen - before.stolen} {
		n, ok := percent(part, total)
		put(it, name, n, ok)
	}
	return it, true
}

// cpuMeter remembers an earlier look, so that a reading tells of the time between.
type cpuMeter struct {
	mu     sync.Mutex
	at     time.Time
	before ticks
	last   item
}

const (
	shortest = time.Second      // between two looks
	longest  = 15 * time.Minute // after which an earlier look says nothing of now
	maxLooks = 5                // at counters that stand still
)

func readCPU(h *Host, ctx context.Context) ([]item, error) {
	m := &h.cpu
	m.mu.Lock()
	defer m.mu.Unlock()
	for range maxLooks {
		text, err := h.text("/proc/stat")
		if err != nil {
			return nil, err
		}
		now, err := parseStat(text)
		if err != nil {
			return nil, err
		}
		age := time.Since(m.at)
		fresh := !m.at.IsZero() && age <= longest
		if fresh && age < shortest && m.last != nil {
			return []item{maps.Clone(m.last)}, nil
		}
		if fresh && age >= shortest {
			if it, moved := now.since(m.before); moved {
				m.at, m.before, m.last = time.Now(), now, it
				return []item{maps.Clone(it)}, nil
			}
		}
		if !fresh || age >= shortest { // the first look, or one at which the counters stood still
			m.at, m.before, m.last = time.Now(), now, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(shortest):
		}
	}
	return nil, errors.New("the counters of /proc/stat stand still: what provides /proc here, such as lxcfs, does not count")
}

func readLoad(h *Host, _ context.Context) ([]item, error) {
	text, err := h.text("/proc/loadavg")
	if err != nil {
		return nil, err
	}
	words := bytes.Fields(text)
	if len(words) < 3 {
		return nil, errors.New("/proc/loadavg does not tell the load")
	}
	it := item{}
	for i, name := range []string{"load1", "load5", "load15"} {
		n, ok := decimal(string(words[i]))
		put(it, name, n, ok)
	}
	if text, err := h.text("/proc/stat"); err == nil {
		t, err := parseStat(text)
		put(it, "cores", float64(t.cores), err == nil)
	}
	return []item{it}, nil
}

func readUptime(h *Host, _ context.Context) ([]item, error) {
	text, err := h.text("/proc/uptime")
	if err != nil {
		return nil, err
	}
	up, err := parseUptime(text)
	if err != nil {
		return nil, err
	}
	it := item{"duration": span(up)}
	if text, err := h.text("/proc/stat"); err == nil {
		fieldsOf(text, 2, func(words []string) {
			if at, ok := decimal(words[1]); ok && words[0] == "btime" {
				it["booted"] = moment(number(at))
			}
		})
	}
	return []item{it}, nil
}

// parseUptime reads /proc/uptime.
func parseUptime(text []byte) (time.Duration, error) {
	words := bytes.Fields(text)
	if len(words) > 0 {
		if s, ok := decimal(string(words[0])); ok && s >= 0 && s < 1e10 {
			return seconds(s), nil
		}
	}
	return 0, errors.New("/proc/uptime does not tell how long the host is up")
}
