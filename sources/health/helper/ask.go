package helper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"syscall"

	"tocsin/engine/event"
	"tocsin/sources/health"
)

// Asker reads facts: those that need root's rights by the helper, all others itself.
type Asker struct {
	host   Reader
	facts  map[string]health.Fact // that need root's rights
	client *http.Client
}

// New returns an Asker. path is the helper's socket, host reads everything else, and
// what the helper would where none listens.
func New(path string, host Reader) *Asker {
	a := &Asker{host: host, facts: map[string]health.Fact{}}
	for _, f := range health.Facts() {
		if f.Root {
			a.facts[f.Name] = f
		}
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}
	a.client = &http.Client{Timeout: patience, Transport: &http.Transport{DialContext: dial, MaxIdleConns: 1, DisableKeepAlives: true}}
	return a
}

// Read returns the items of a fact.
func (a *Asker) Read(ctx context.Context, fact string) ([]map[string]any, error) {
	f, needed := a.facts[fact]
	if !needed {
		return a.host.Read(ctx, fact)
	}
	items, err := a.ask(ctx, f)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return a.host.Read(ctx, fact)
	}
	return items, err
}

// ask asks the helper.
func (a *Asker) ask(ctx context.Context, f health.Fact) ([]map[string]any, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://helper/"+f.Name, nil)
	if err != nil {
		return nil, err
	}
	response, err := a.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("host.%s: ask the helper: %w", f.Name, errors.Unwrap(err)) // without the made-up address
	}
	defer response.Body.Close()
	var got answer
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("host.%s: the helper does not know it: restart it, as it is of another version", f.Name)
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, maxAnswer)).Decode(&got); err != nil {
		return nil, fmt.Errorf("host.%s: the helper's answer cannot be read: %w", f.Name, err)
	}
	if got.Error != "" {
		return nil, errors.New(got.Error)
	}
	return typed(f, got.Items), nil
}

// typed gives the values the types that the fact's fields have. What is none of them
// was never promised and is left out.
func typed(f health.Fact, items []map[string]any) []map[string]any {
	out := make([]map[string]any, 0, len(items))
	for _, it := range items {
		clean := make(map[string]any, len(it))
		for name, v := range it {
			if t, declared := f.Fields[name]; declared {
				if v, ok := event.Coerce(v, t); ok {
					clean[name] = v
				}
			}
		}
		out = append(out, clean)
	}
	return out
}
