package engine

import "tocsin/engine/event"

// failingAfter is how many failures in a row make a channel a failing one.
const failingAfter = 5

// settle counts the failures of a channel and raises one notice when it fails
// for good, and one when it works again.
func (p *Policy) settle(st *State, in Settled, out *Effects) {
	h := st.health[in.Channel]
	old := h
	if in.Err == nil {
		if h.told {
			out.Raised = append(out.Raised, channelNotice("channel_recovered", in.Channel, map[string]any{"failures": float64(h.failures)}))
		}
		h = health{}
	} else if in.Err.Class != event.Unfit { // one odd message says nothing about its channel
		h.failures++
		if h.failures >= failingAfter && !h.told {
			h.told = true
			out.Raised = append(out.Raised, channelNotice("channel_failing", in.Channel, map[string]any{
				"failures": float64(h.failures), "code": in.Err.Code, "reason": in.Err.Why, "remedy": in.Err.Do,
			}))
		}
	}
	if h == old {
		return
	}
	st.health[in.Channel] = h
	st.note(func(st *State) { st.health[in.Channel] = old })
}

func channelNotice(typ, channel string, data map[string]any) event.Incoming {
	data["channel"] = channel
	return event.Incoming{Type: typ, Source: "tocsin", Data: data, Except: channel}
}

// Failing reports whether a channel has failed so often in a row that a notice
// was raised, and how often.
func (st *State) Failing(channel string) (failures int, failing bool) {
	h := st.health[channel]
	return h.failures, h.told
}
