package engine

import (
	"time"

	"tocsin/engine/event"
)

const (
	failingAfter = 5                // failures in a row that make a channel a failing one
	failingSpan  = 10 * time.Minute // or so long without a success
)

// health is how a channel fares: its failures in a row.
type health struct {
	channel  string
	failures int
	since    time.Time // of the first
	at       instant   // the same by the monotonic clock
	told     bool      // channel_failing was raised
	why      event.SendError
}

// settle counts the failures of a channel and raises one notice when it fails
// for good, and one when it works again.
func (p *Policy) settle(st *State, now time.Time, in Settled, out *Effects) {
	h := st.health[in.Channel]
	switch {
	case in.Err == nil && h != nil:
		if h.told {
			out.Raised = append(out.Raised, channelNotice("channel_recovered", in.Channel, map[string]any{
				"failures": float64(h.failures), "duration": event.Duration(st.instant(now) - h.at).String(),
			}))
		}
		st.setHealth(in.Channel, nil, out)
	case in.Err != nil && in.Err.Class != event.Unfit: // one odd message says nothing about its channel
		next := health{channel: in.Channel, since: now, at: st.instant(now)}
		if h != nil {
			next = *h
		}
		next.failures++
		next.why = *in.Err
		if next.failures >= failingAfter {
			next.tell(out)
		}
		st.setHealth(in.Channel, &next, out)
	}
}

// tell raises the notice that a channel fails, once.
func (h *health) tell(out *Effects) {
	if h.told {
		return
	}
	h.told = true
	out.Raised = append(out.Raised, channelNotice("channel_failing", h.channel, map[string]any{
		"failures": float64(h.failures), "code": h.why.Code, "reason": h.why.Why, "remedy": h.why.Do,
	}))
}

// setHealth remembers how a channel fares; nil: well.
func (st *State) setHealth(channel string, h *health, out *Effects) {
	old := st.health[channel]
	st.note(func(st *State) {
		if old == nil {
			delete(st.health, channel)
			return
		}
		st.health[channel] = old
		if at, ok := old.when(); ok { // its deadline may have passed meanwhile
			st.push(at, old)
		}
	})
	kept := ChannelHealth{Channel: channel}
	if h == nil {
		delete(st.health, channel)
	} else {
		st.health[channel] = h
		kept.Failures, kept.Since, kept.Told = h.failures, h.since, h.told
		if at, ok := h.when(); ok && (old == nil || old.told) {
			st.push(at, h)
		}
	}
	out.Health = append(out.Health, kept)
}

// when is the moment at which a channel has failed for so long that it is told.
func (h *health) when() (instant, bool) { return h.at + failingSpan, !h.told }

// elapse tells a channel that has failed for long, however rarely it was tried.
// One that is gone is forgotten.
func (h *health) elapse(p *Policy, st *State, _ time.Time, out *Effects) {
	now := st.health[h.channel]
	if now == nil || now.at != h.at || now.told {
		return
	}
	if p.tables.channels[h.channel] == nil {
		st.setHealth(h.channel, nil, out)
		return
	}
	next := *now
	next.tell(out)
	st.setHealth(h.channel, &next, out)
}

func channelNotice(typ, channel string, data map[string]any) event.Incoming {
	data["channel"] = channel
	return event.Incoming{Type: typ, Source: "tocsin", Data: data, Except: channel}
}

// Failing tells how often in a row a channel has failed, since when, and whether
// a notice of it was raised.
func (st *State) Failing(channel string) (failures int, since time.Time, failing bool) {
	h := st.health[channel]
	if h == nil {
		return 0, time.Time{}, false
	}
	return h.failures, h.since, h.told
}

// restoreHealth takes over how channels fared before a restart.
func (st *State) restoreHealth(saved []ChannelHealth, now time.Time) {
	for _, s := range saved {
		age := min(max(now.Sub(s.Since), 0), failingSpan)
		h := &health{channel: s.Channel, failures: s.Failures, since: s.Since, at: -age, told: s.Told}
		h.why = event.SendError{Code: "unknown", Why: "it failed before tocsin was restarted, and since"}
		st.health[s.Channel] = h
		if at, ok := h.when(); ok {
			st.push(at, h)
		}
	}
}
