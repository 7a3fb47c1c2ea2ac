package engine

import (
	"time"

	"tocsin/engine/event"
)

// latest is how long after its moment a summary is still on time. Later, it says
// that it is late.
const latest = time.Minute

// waiting is what a channel keeps back: how much waits in its buffers, and when
// they are told. The messages themselves are in the store.
type waiting struct {
	channel string
	waitFigures
	next instant // when it must be looked at
	kept bool    // stands in State.waiting
}

// waitFigures change with every hold; an undo puts the old ones back.
type waitFigures struct {
	quiet, digest buffered
	day           string // local day of the last digest
	told          int    // summaries so far, for their ids
}

// buffered is one buffer.
type buffered struct {
	count  int
	oldest time.Time
	due    time.Time // wall clock; zero: nothing is due
	day    string    // of a digest: the local day that it is for
	late   bool      // the daemon was down when it was due
	early  bool      // an edit gave the buffer up
}

// wait notes one more notification in a buffer of a channel and returns when it
// is told.
func (st *State) wait(ch *Channel, buffer event.Buffer, until, now time.Time) time.Time {
	w := st.waitingOf(ch.Name)
	st.changeWaiting(w)
	b := &w.quiet
	if buffer == event.DigestBuffer {
		b = &w.digest
		if b.due.IsZero() {
			w.scheduleDigest(ch.Digest, now, false)
		}
	} else if b.count == 0 {
		b.due = until
	}
	if b.count == 0 {
		b.oldest = now
	}
	b.count++
	st.scheduleWaiting(w, now)
	return b.due
}

func (st *State) waitingOf(channel string) *waiting {
	w, ok := st.waiting[channel]
	if !ok {
		w = &waiting{channel: channel, next: never, kept: true}
		st.waiting[channel] = w
		st.note(func(st *State) {
			w.kept = false
			delete(st.waiting, channel)
		})
	}
	return w
}

// changeWaiting is called before every change of a channel's buffers.
func (st *State) changeWaiting(w *waiting) {
	old, next := w.waitFigures, w.next
	st.note(func(st *State) {
		w.waitFigures, w.next = old, next
		if next != never {
			st.push(next, w)
		}
	})
}

// never is an instant that does not come.
const never instant = 1<<63 - 1

func (st *State) scheduleWaiting(w *waiting, now time.Time) {
	next := never
	for _, b := range []*buffered{&w.quiet, &w.digest} {
		if !b.due.IsZero() {
			next = min(next, st.instant(now)+b.due.Sub(now))
		}
	}
	if next == w.next {
		return
	}
	w.next = next
	if next != never {
		st.push(next, w)
	}
}

func (w *waiting) when() (instant, bool) { return w.next, w.kept && w.next != never }

// elapse tells what is due: first what waited for the end of the quiet hours,
// then the digest.
func (w *waiting) elapse(p *Policy, st *State, now time.Time, out *Effects) {
	st.changeWaiting(w)
	ch := p.tables.channels[w.channel]
	if ch == nil { // its rows wait for it, or to be moved
		w.quiet.due, w.digest.due = time.Time{}, time.Time{}
		st.scheduleWaiting(w, now)
		return
	}
	if b := &w.quiet; !b.due.IsZero() && !b.due.After(now) {
		if b.count > 0 {
			w.gather(event.QuietBuffer, b, now, placeOfQuiet(ch), out)
		}
		*b = buffered{}
	}
	if b := &w.digest; !b.due.IsZero() && !b.due.After(now) {
		w.elapseDigest(ch, now, out)
	}
	st.scheduleWaiting(w, now)
}

func placeOfQuiet(ch *Channel) string {
	if ch.Quiet != nil {
		return ch.Quiet.Place
	}
	return ch.Place
}

// elapseDigest tells the digest, once a local day. In quiet hours it waits for
// their end.
func (w *waiting) elapseDigest(ch *Channel, now time.Time, out *Effects) {
	b := &w.digest
	if ch.Quiet != nil && ch.Quiet.Hours.Contains(now) {
		if end, ok := ch.Quiet.Hours.End(now); ok {
			b.due = end
			return
		}
	}
	place, day := ch.Place, b.day
	if ch.Digest != nil {
		place = ch.Digest.Place
	}
	if b.count > 0 {
		w.gather(event.DigestBuffer, b, now, place, out)
	} else if ch.Digest != nil {
		out.Decisions = append(out.Decisions, Decision{
			Time: now, Type: event.DigestType, Channel: w.channel, Stage: StageDigest, Outcome: Suppressed, Reason: ReasonEmptyDigest,
			Place: place, Detail: day,
		})
	}
	*b = buffered{}
	if ch.Digest == nil {
		return
	}
	if day != "" {
		w.day = day
		out.Digested = append(out.Digested, Digested{w.channel, day})
	}
	w.scheduleDigest(ch.Digest, now, false)
}

func (w *waiting) gather(buffer event.Buffer, b *buffered, now time.Time, place string, out *Effects) {
	w.told++
	out.Gathers = append(out.Gathers, Gather{
		ID: derivedID(now, string(buffer)+" "+w.channel, w.told), Channel: w.channel, Buffer: buffer, Holds: len(out.Holds),
		Late: b.late, Early: b.early, Place: place, was: *b,
	})
}

// postponed is how long a buffer waits that could not be read.
const postponed = time.Minute

// Postpone takes a Gather back: the buffer could not be read, and is told a
// little later. It belongs to the batch of the Gather.
func (st *State) Postpone(g Gather, now time.Time) {
	w := st.waitingOf(g.Channel)
	st.changeWaiting(w)
	b := w.bufferOf(g.Buffer)
	count := b.count
	*b = g.was
	b.count, b.due = g.was.count+count, now.Add(postponed)
	st.scheduleWaiting(w, now)
}

// scheduleDigest works out when the next digest is due: at its minute of the
// first local day that has had none. When something waits since before a minute
// that passed without a digest, it is due now.
func (w *waiting) scheduleDigest(d *Digest, now time.Time, restarted bool) {
	b, last := &w.digest, w.day
	if last > d.At.Day(now.AddDate(0, 0, 2)) {
		last = "" // the clock was wrong then
	}
	if b.count > 0 {
		if missed := d.At.Next(earlier(b.oldest, now)); !missed.After(now) && d.At.Day(missed) > last {
			b.due, b.day, b.late = now, d.At.Day(missed), restarted && now.Sub(missed) > latest
			return
		}
	}
	due := d.At.Next(now)
	for d.At.Day(due) <= last {
		due = d.At.Next(due)
	}
	b.due, b.day = due, d.At.Day(due)
}

// retime times anew what waits, as the channels of the policy say. It is called
// at start, after an edit and when the clock was set.
func (p *Policy) retime(st *State, now time.Time, restarted bool) {
	for _, ch := range p.Channels {
		if _, ok := st.waiting[ch.Name]; ok || ch.Digest != nil {
			w := st.waitingOf(ch.Name)
			st.changeWaiting(w)
			w.timeQuiet(ch, now, restarted)
			w.timeDigest(ch, now, restarted)
			st.scheduleWaiting(w, now)
		}
	}
}

func (w *waiting) timeQuiet(ch *Channel, now time.Time, restarted bool) {
	b := &w.quiet
	b.due, b.late, b.early = time.Time{}, false, false
	if b.count == 0 {
		return
	}
	b.due = now
	if ch.Quiet == nil {
		b.early = true
		return
	}
	end, ok := ch.Quiet.Hours.End(earlier(b.oldest, now))
	if ok && end.After(now) {
		b.due = end
		return
	}
	b.late = ok && restarted && now.Sub(end) > latest
	if end, ok := ch.Quiet.Hours.End(now); ok { // quiet hours again, or the window moved
		b.due = end
	}
}

// earlier returns the earlier of two moments: what waits since a moment to come
// was held while the clock was ahead.
func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func (w *waiting) timeDigest(ch *Channel, now time.Time, restarted bool) {
	b := &w.digest
	b.due, b.late, b.early = time.Time{}, false, false
	switch {
	case ch.Digest != nil:
		w.scheduleDigest(ch.Digest, now, restarted)
	case b.count > 0:
		b.due, b.early = now, true
	}
}

// Waits tells what waits in the buffers of one channel.
type Waits struct {
	Quiet, Digest     int       // messages
	QuietAt, DigestAt time.Time // when they are told; zero: not as long as the channel is off or gone
}

// Waits tells what waits, by channel. Channels with nothing are left out.
func (st *State) Waits() map[string]Waits {
	out := map[string]Waits{}
	for name, w := range st.waiting {
		if w.quiet.count+w.digest.count > 0 {
			out[name] = Waits{w.quiet.count, w.digest.count, w.quiet.due, w.digest.due}
		}
	}
	return out
}

// restoreWaiting takes over what waited before a restart.
func (st *State) restoreWaiting(p *Policy, saved Saved, now time.Time) {
	for _, s := range saved.Pending {
		b := buffered{count: s.Count, oldest: s.Oldest}
		if w := st.waitingOf(s.Channel); s.Buffer == event.QuietBuffer {
			w.quiet = b
		} else {
			w.digest = b
		}
	}
	for _, s := range saved.Digested {
		st.waitingOf(s.Channel).day = s.Day
	}
	p.retime(st, now, true)
}

// Rebuffered takes over what waits in one of the buffers of every channel, after
// it was moved by hand. An Edited step then works out when it is told.
func (st *State) Rebuffered(buffer event.Buffer, now []Pending) {
	for _, w := range st.waiting {
		st.changeWaiting(w)
		b := w.bufferOf(buffer)
		b.count = 0
	}
	for _, p := range now {
		if p.Buffer != buffer {
			continue
		}
		w := st.waitingOf(p.Channel)
		st.changeWaiting(w)
		b := w.bufferOf(buffer)
		b.count, b.oldest = p.Count, p.Oldest
	}
	st.Commit()
}

func (w *waiting) bufferOf(buffer event.Buffer) *buffered {
	if buffer == event.DigestBuffer {
		return &w.digest
	}
	return &w.quiet
}
