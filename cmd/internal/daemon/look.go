package daemon

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tocsin/api"
	"tocsin/engine"
	"tocsin/engine/dispatch"
	"tocsin/engine/store"
	"tocsin/rules"
)

// Events lists the catalogue that is loaded.
func (d *Daemon) Events() []api.CatalogueEntry { return events(d.running.Load().config) }

func events(c *rules.Config) []api.CatalogueEntry {
	list := make([]api.CatalogueEntry, 0, len(c.Catalogue.Events))
	for _, e := range c.Catalogue.Events {
		info := api.CatalogueEntry{
			Type: e.Name, Group: e.Group, Severity: e.Severity, Enabled: e.Enabled, Live: e.Live, Outcome: e.Outcome,
			Icon: e.Icon, Summary: e.Summary, Fields: map[string]string{}, Source: sourceOf(e.Place),
		}
		for name, kind := range e.Fields {
			info.Fields[name] = string(kind)
		}
		list = append(list, info)
	}
	return list
}

// Channels lists the channels with how they are doing, and those that are gone
// or switched off but still have messages.
func (d *Daemon) Channels(ctx context.Context) ([]api.ChannelState, error) {
	config := d.running.Load().config
	queues, err := d.queues(ctx)
	if err != nil {
		return nil, err
	}
	_, _, health, err := d.post.Status(ctx)
	if err != nil {
		return nil, submitError(err)
	}
	list := make([]api.ChannelState, 0, len(config.Policy.Channels))
	for _, ch := range config.Policy.Channels {
		list = append(list, channelInfo(ch, config.Channels[ch.Name], queues[ch.Name], health[ch.Name]))
		delete(queues, ch.Name)
		delete(health, ch.Name)
	}
	for name, h := range health {
		if _, known := queues[name]; !known && h.Waits != (engine.Waits{}) {
			queues[name] = store.Queue{Channel: name}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(queues)) {
		list = append(list, stranded(name, config.Channels[name], queues[name], health[name].Waits))
	}
	return list, nil
}

func channelInfo(ch *engine.Channel, c *rules.Channel, q store.Queue, h dispatch.Health) api.ChannelState {
	info := api.ChannelState{
		Name: ch.Name, Kind: ch.Kind, State: "ok", Rich: c.Rich, Queue: queueOf(q, h.Waits), Settings: shown(c.Values),
		Source: sourceOf(ch.Place), Failures: h.Failures, Note: h.Note,
	}
	if when, ok := ch.When.(fmt.Stringer); ok {
		info.When = when.String()
	}
	switch {
	case c.Held != "":
		info.State, info.Reason = "waiting", c.Held
	case h.Failing || q.Held > 0:
		info.State, info.Reason = "failing", q.Error
	case h.Failures > 0:
		info.Reason = q.Error
	}
	if !h.Since.IsZero() {
		info.Since = &h.Since
	}
	return info
}

// stranded is a channel that nothing delivers to any more, with messages left. c
// is nil when its block is gone.
func stranded(name string, c *rules.Channel, q store.Queue, waits engine.Waits) api.ChannelState {
	info := api.ChannelState{
		Name: name, State: "stranded", Reason: "the channel is gone from the configuration, its messages are kept", Queue: queueOf(q, waits),
	}
	if c != nil {
		info.Kind, info.Rich, info.Settings, info.Source = c.Kind, c.Rich, shown(c.Values), sourceOf(c.Place)
		info.Reason = "the channel is switched off, its messages are kept"
	}
	return info
}

func (d *Daemon) queues(ctx context.Context) (map[string]store.Queue, error) {
	rows, err := d.store.Queues(ctx)
	if err != nil {
		return nil, storeError(err)
	}
	queues := make(map[string]store.Queue, len(rows))
	for _, q := range rows {
		queues[q.Channel] = q
	}
	return queues, nil
}

func queueOf(q store.Queue, waits engine.Waits) api.Queue {
	out := api.Queue{
		Waiting: q.Waiting + q.Held, Dead: q.Dead, Code: q.Code, Error: q.Error,
		Quiet: bufferOf(waits.Quiet, waits.QuietAt), Digest: bufferOf(waits.Digest, waits.DigestAt),
	}
	if !q.Oldest.IsZero() {
		out.Oldest = &q.Oldest
	}
	return out
}

func bufferOf(n int, at time.Time) *api.Buffer {
	b := &api.Buffer{Messages: n}
	if n == 0 {
		return nil
	}
	if !at.IsZero() {
		b.At = &at
	}
	return b
}

// Status tells how the daemon is doing.
func (d *Daemon) Status(ctx context.Context) (api.Status, error) {
	config := d.running.Load().config
	st := api.Status{
		Version: d.Version, DisplayName: config.Policy.Host, Started: d.started.Round(time.Second), Enabled: config.Policy.Enabled,
		Config: d.configRun(), Store: "ok", Channels: len(config.Channels), Heartbeat: d.heart.report(),
		Sources: d.sourceStates(),
		History: recordsOf(d.store.Records()), Certificate: d.front.cert.report(),
	}
	st.Engine, st.Place = d.store.Engine()
	if err := d.store.Check(ctx); err != nil {
		st.Store = err.Error()
	}
	if d.store.IsShared() {
		st.Role = api.StandsBy
		if d.store.IsJudge() {
			st.Role = api.Judges
		}
		st.Nodes, _ = d.nodeStates(ctx) // why they are not known is why the store is not ok
	}
	channels, err := d.Channels(ctx)
	if cannot, ok := errors.AsType[*api.Unavailable](err); ok { // also then there is something to tell
		st.Store = cannot.Why
		return st, nil
	}
	if err != nil {
		return st, err
	}
	for _, c := range channels {
		st.Waiting += c.Queue.Waiting
		st.Dead += c.Queue.Dead
		switch {
		case c.State == "failing", c.State == "waiting":
			st.Failing = append(st.Failing, c.Name)
		case c.State == "stranded" && c.Queue.Waits():
			st.Stranded = append(st.Stranded, c.Name)
		}
	}
	st.Fingerprints, st.Bursts, _, err = d.post.Status(ctx)
	return st, submitError(err)
}

// sourceOf reads a place, as FILE:LINE.
func sourceOf(place string) api.Source {
	i := strings.LastIndexByte(place, ':')
	if i < 0 {
		return api.Source{File: place}
	}
	line := 0
	for _, c := range place[i+1:] {
		if c < '0' || c > '9' {
			break
		}
		line = line*10 + int(c-'0')
	}
	return api.Source{File: place[:i], Line: line}
}
