package api

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"tocsin/engine/event"
)

const (
	maxVia  = 16  // tocsins that an event may have passed
	maxTags = 100 // of a guest
)

// eventID is what the id of an event looks like, a ULID; viaName what tocsins
// call themselves among each other.
var (
	eventID = regexp.MustCompile(`^[0-7][0-9A-HJKMNP-TV-Z]{25}$`)
	viaName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

// isForwarded reports whether another tocsin sends the event on.
func (b *sendBody) isForwarded() bool { return len(b.Via) > 0 }

// checkForward looks at what only a forwarded event says of itself.
func (b *sendBody) checkForward() *Error {
	if b.ID != "" && !eventID.MatchString(b.ID) {
		return errMalformed.because("id is no ULID", "leave it out, and the event gets one")
	}
	bad := len(b.Via) > maxVia || slices.ContainsFunc(b.Via, func(name string) bool { return !viaName.MatchString(name) })
	if bad || b.isForwarded() && b.ID == "" {
		return errMalformed.because(fmt.Sprintf("via is no list of at most %d tocsins that an event with an id has passed", maxVia), "leave via to the tocsins that forward the event")
	}
	if (b.Cluster != "" || b.Guest != nil) && !b.isForwarded() {
		return errMalformed.because("cluster and guest are known to tocsin itself", "leave them out")
	}
	if len(b.Cluster) > maxHost {
		return errMalformed.because(fmt.Sprintf("cluster is longer than %d bytes", maxHost), "send the name of the cluster")
	}
	return nil
}

// forwarded is the event as it was admitted elsewhere: it keeps its id, host,
// cluster, guest, time and severity, and its data without the texts that were
// made of them.
func (b *sendBody) forwarded() *event.Incoming {
	return &event.Incoming{
		ID: b.ID, Type: b.Type, Severity: b.Severity, Source: "forward", Host: b.Host, Cluster: b.Cluster, Time: b.when,
		Guest: cleanGuest(b.Guest), Data: b.Data, Via: b.Via, Title: b.Title, Message: b.Message,
	}
}

// cleanGuest makes a stranger's words on a guest safe to show.
func cleanGuest(g *event.Guest) *event.Guest {
	if g == nil {
		return nil
	}
	clean := func(text string) string { return event.Clip(event.OneLine(event.Clean(text)), maxHost) }
	out := &event.Guest{ID: clean(g.ID), Name: clean(g.Name), Node: clean(g.Node), Pool: clean(g.Pool)}
	for _, tag := range g.Tags[:min(len(g.Tags), maxTags)] {
		out.Tags = append(out.Tags, clean(tag))
	}
	return out
}

// submit takes events, but for those that have passed this tocsin already: they
// go round in a circle, and were told on their first way through.
func (s *Server) submit(ctx context.Context, wait time.Duration, events []sendBody, list []Submission) []Outcome {
	outcomes := make([]Outcome, len(list))
	var fresh []Submission
	var places []int
	for i := range list {
		if s.Instance != "" && slices.Contains(events[i].Via, s.Instance) {
			outcomes[i] = Outcome{ID: events[i].ID, Repeat: true, Circles: true}
			continue
		}
		fresh, places = append(fresh, list[i]), append(places, i)
	}
	if len(fresh) == 0 {
		return outcomes
	}
	for i, o := range s.Intake.Submit(ctx, wait, fresh...) {
		outcomes[places[i]] = o
	}
	return outcomes
}
