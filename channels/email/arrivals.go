package email

import (
	"net/mail"
	"slices"
)

// mostArrivals is how many messages an arrivals remembers.
const mostArrivals = 256

// arrivals remembers who already has a message that others still lack, so that
// the next attempt does not reach anybody twice. It forgets the oldest message
// when there are too many, and everything with the process: then a recipient
// may get a second copy, with the same Message-ID.
type arrivals struct {
	ids  []string // in the order of their first arrival
	have map[string][]*mail.Address
}

// missing returns those of all who do not have message id.
func (a *arrivals) missing(id string, all []*mail.Address) []*mail.Address {
	have := a.have[id]
	return slices.DeleteFunc(slices.Clone(all), func(b *mail.Address) bool { return slices.Contains(have, b) })
}

// add notes that who have message id.
func (a *arrivals) add(id string, who []*mail.Address) {
	if a.have == nil {
		a.have = map[string][]*mail.Address{}
	}
	if _, ok := a.have[id]; !ok {
		if len(a.ids) == mostArrivals {
			a.forget(a.ids[0])
		}
		a.ids = append(a.ids, id)
	}
	a.have[id] = append(a.have[id], who...)
}

// forget drops message id.
func (a *arrivals) forget(id string) {
	if i := slices.Index(a.ids, id); i >= 0 {
		a.ids = slices.Delete(a.ids, i, i+1)
	}
	delete(a.have, id)
}

// count returns how many have message id.
func (a *arrivals) count(id string) int { return len(a.have[id]) }
