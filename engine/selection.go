package engine

import "tocsin/engine/event"

// Selection chooses messages that wait, for a change by hand. A zero field
// chooses all.
type Selection struct {
	IDs     []int64 // of their rows; not empty: the other fields do not count
	Channel string
	State   event.ParcelState // of parcels
	Type    string            // of the event
}
