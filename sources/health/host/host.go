package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"tocsin/engine/event"
	"tocsin/sources/guests"
	"tocsin/sources/health"
)

// Options are what a Host works with.
type Options struct {
	Root string // the folder in place of /; programs are looked for below it, too
	Log  *slog.Logger
}

// Host is the machine whose facts are read. Its methods may be called from many
// goroutines.
type Host struct {
	root   string
	log    *slog.Logger
	facts  map[string]health.Fact
	guests *guests.Reader
	probes prober
	cpu    cpuMeter
	agents map[string][]item // what agents of guests answered last, for readVMDisks alone

	mu       sync.Mutex
	readings map[string]*reading // under way, by fact
	warned   map[string]bool     // of what is told once
}

// item is one item of a fact.
type item = map[string]any

// reading is one that may be waited for by many.
type reading struct {
	within context.Context // what it has time for
	done   chan struct{}
	items  []item
	err    error
}

const (
	maxItems = 1000             // of a fact
	maxText  = 500              // bytes of a field
	maxList  = 200              // entries of a field
	maxTime  = 90 * time.Second // for a fact
)

// New returns a host.
func New(opts Options) *Host {
	h := &Host{
		root:     cmp.Or(opts.Root, "/"),
		log:      cmp.Or(opts.Log, slog.New(slog.DiscardHandler)),
		facts:    map[string]health.Fact{},
		readings: map[string]*reading{},
		warned:   map[string]bool{},
	}
	h.guests = guests.New(h.at(pve))
	for _, f := range health.Facts() {
		h.facts[f.Name] = f
	}
	return h
}

// Read returns the items of a fact, one for a fact that is no list. Values have the
// types of the fact's fields; what could not be told is left out. Who asks while it is
// being read gets the same answer.
func (h *Host) Read(ctx context.Context, fact string) ([]map[string]any, error) {
	f, known := h.facts[fact]
	if !known {
		return nil, fmt.Errorf("there is no fact %q of a host", fact)
	}
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	r := h.start(ctx, f)
	select {
	case <-r.done:
	case <-ctx.Done():
		return nil, late(fact, ctx.Err())
	case <-r.within.Done(): // of who asked first; it may hang since long
		select {
		case <-r.done:
		case <-ctx.Done():
			return nil, late(fact, ctx.Err())
		case <-time.After(lingering):
			return nil, late(fact, r.within.Err())
		}
	}
	if r.err != nil {
		return nil, fmt.Errorf("host.%s: %w", fact, r.err)
	}
	items := make([]item, len(r.items))
	for i := range items {
		items[i] = maps.Clone(r.items[i])
	}
	return items, nil
}

// late tells that a fact was not read in time.
func late(fact string, err error) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("host.%s: the reading was interrupted: %w", fact, err)
	}
	return fmt.Errorf("host.%s is still being read (%w): something it asks does not answer, such as a mount, a disk or /etc/pve", fact, err)
}

// start reads a fact, or joins who reads it already.
func (h *Host) start(ctx context.Context, f health.Fact) *reading {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r := h.readings[f.Name]; r != nil {
		return r
	}
	r := &reading{within: ctx, done: make(chan struct{})}
	h.readings[f.Name] = r
	go func() {
		items, err := readers()[f.Name](h, ctx)
		if err == nil {
			items = h.tidy(f, items)
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.readings, f.Name)
		r.items, r.err = items, err
		close(r.done)
	}()
	return r
}

// tidy puts the items in order, cleans their texts and bounds what there is of them.
func (h *Host) tidy(f health.Fact, items []item) []item {
	for _, it := range items {
		for name, v := range it {
			it[name] = tidyValue(v)
		}
	}
	if !f.Each {
		return items
	}
	slices.SortStableFunc(items, func(a, b item) int { return compareKeys(a[f.Key], b[f.Key]) })
	if len(items) > maxItems {
		h.log.Warn("a fact of the host has more items than are looked at", "fact", f.Name, "items", len(items), "limit", maxItems)
		items = items[:maxItems]
	}
	distinguish(items, f.Key)
	return items
}

// distinguish numbers items that are called the same, such as sensors of chips that are
// not told apart, so that none stands for another.
func distinguish(items []item, key string) {
	taken := map[any]bool{}
	for _, it := range items {
		name, isText := it[key].(string)
		for i := 2; isText && taken[it[key]]; i++ {
			it[key] = fmt.Sprintf("%s (%d)", name, i)
		}
		taken[it[key]] = true
	}
}

// warnOnce logs what people should know, but not each minute.
func (h *Host) warnOnce(what string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.warned[what] {
		h.warned[what] = true
		h.log.Warn(what, "err", err)
	}
}

func tidyValue(v any) any {
	switch v := v.(type) {
	case string:
		return event.Clip(event.OneLine(event.Clean(v)), maxText)
	case []any:
		v = v[:min(len(v), maxList)]
		for i := range v {
			v[i] = tidyValue(v[i])
		}
		return v
	}
	return v
}

func compareKeys(a, b any) int {
	if x, ok := a.(float64); ok {
		if y, ok := b.(float64); ok {
			return cmp.Compare(x, y)
		}
	}
	return cmp.Compare(event.Text(a), event.Text(b))
}

// reader reads the items of one fact.
type reader func(*Host, context.Context) ([]item, error)

// readers are the functions that read the facts, by name.
func readers() map[string]reader {
	return map[string]reader{
		"cpu":              readCPU,
		"load":             readLoad,
		"memory":           readMemory,
		"pressure":         readPressure,
		"temperatures":     readTemperatures,
		"uptime":           readUptime,
		"mounts":           readMounts,
		"remote_mounts":    readRemoteMounts,
		"pve_storages":     readStorages,
		"zfs_pools":        readPools,
		"arrays":           readArrays,
		"btrfs_devices":    readBtrfs,
		"thin_pools":       readThinPools,
		"disks":            readDisks,
		"guests":           readGuests,
		"container_disks":  readContainerDisks,
		"container_mounts": readContainerMounts,
		"vm_disks":         readVMDisks,
		"replication":      readReplication,
		"links":            readLinks,
		"gateways":         readGateways,
		"units":            readUnits,
		"cluster_nodes":    readNodes,
		"certificates":     readCertificates,
		"updates":          readUpdates,
		"bans":             readBans,
		"pci":              readPCI,
		"gpus":             readGPUs,
	}
}
