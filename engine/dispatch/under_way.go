package dispatch

import (
	"slices"
	"time"

	"tocsin/engine"
)

// markAfter is how long a send may take before it is noted in the outbox as under
// way. Most sends of a fast channel are settled by then and cost no transaction
// of their own; a kill in that time repeats the message without saying that it
// may have arrived before.
const markAfter = 5 * time.Millisecond

// underWay are the parcels that are being sent and that the outbox does not know
// of yet.
type underWay struct {
	parcels []engine.Sending
	since   time.Time // when the first of them began
}

func (u *underWay) add(parcel engine.Sending, now time.Time) {
	if len(u.parcels) == 0 {
		u.since = now
	}
	u.parcels = append(u.parcels, parcel)
}

// drop forgets a parcel that is settled.
func (u *underWay) drop(parcel int64) {
	u.parcels = slices.DeleteFunc(u.parcels, func(s engine.Sending) bool { return s.ID == parcel })
}

// due tells when they are to be noted, if there are any.
func (u *underWay) due() (time.Time, bool) { return u.since.Add(markAfter), len(u.parcels) > 0 }

// take hands them over.
func (u *underWay) take() []engine.Sending {
	list := u.parcels
	u.parcels = nil
	return list
}
