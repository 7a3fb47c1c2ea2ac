package engine

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"time"

	"github.com/oklog/ulid/v2"

	"tocsin/engine/event"
)

const (
	criticalWait = 10 * time.Second // longest wait of a folded CRITICAL event for its first summary
	maxInterval  = time.Hour        // longest time between two summaries of one flood
)

// burst decides whether an event that got past cooldown goes out now, waits for
// the end of the burst's window, or is folded into a summary. It reports true
// when the event is to be told by itself now.
func (p *Policy) burst(st *State, now time.Time, e *event.Event, t *Type, to []string, out *Effects) bool {
	if t.Burst == nil {
		return true
	}
	key := st.bucketKey(t.Burst, e)
	b, ok := st.buckets[key]
	if !ok {
		b = newBucket(key, t.Burst, e, st.instant(now), now)
		b.add(e, t.Fingerprint)
		b.reach(to)
		b.Told = 1
		st.open(b)
		return true
	}
	st.change(b)
	b.add(e, t.Fingerprint)
	b.reach(to)
	switch {
	case e.Severity == event.Critical && b.Count <= b.Threshold:
		b.Told++
		return true
	case b.Count < b.Threshold && st.held+Weight(e.Data) > maxHeld:
		b.Told++
		return true
	case b.Count < b.Threshold:
		st.hold(now, b, e, out)
	default:
		st.fold(now, b, e, out)
	}
	return false
}

func (st *State) hold(now time.Time, b *bucket, e *event.Event, out *Effects) {
	st.weigh(Weight(e.Data))
	b.held = append(b.held[:len(b.held):len(b.held)], e)
	out.Held = append(out.Held, Held{b.key, e})
	out.decide(now, e, Decision{
		Stage: StageBurst, Outcome: Holding, Reason: ReasonBurstWait, Place: b.Place, Limit: b.Interval, Count: b.Count, Detail: b.Burst,
	})
}

// fold counts e into the next summary; from here on nothing is held any more,
// as the summary is certain.
func (st *State) fold(now time.Time, b *bucket, e *event.Event, out *Effects) {
	st.merge(now, b, out)
	if e.Severity == event.Critical && !b.ToldHigh && !b.Critical {
		b.Critical = true
		if soon := st.instant(now) + criticalWait; soon < b.deadline {
			st.schedule(b, now, soon)
		}
	}
	out.decide(now, e, Decision{
		Stage: StageBurst, Outcome: Folded, Reason: ReasonBurstFold, Place: b.Place, Fingerprint: bucketPrint(b.key), Count: b.Count, Detail: b.Burst,
	})
}

// merge lets what was held go into the summary that has become certain.
func (st *State) merge(now time.Time, b *bucket, out *Effects) {
	for _, e := range b.held {
		out.decide(now, e, Decision{
			Stage: StageBurst, Outcome: Folded, Reason: ReasonBurstMerged, Place: b.Place, Fingerprint: bucketPrint(b.key), Detail: b.Burst,
		})
	}
	st.release(b, out)
}

func (st *State) release(b *bucket, out *Effects) {
	for _, e := range b.held {
		out.Released = append(out.Released, e.ID)
		st.weigh(-Weight(e.Data))
	}
	b.held = nil
}

// weigh counts what held events weigh.
func (st *State) weigh(n int) {
	st.held += n
	st.note(func(st *State) { st.held -= n })
}

// count notes an event that dedup or cooldown suppressed in the bucket that is
// open for it, if there is one.
func (st *State) count(e *event.Event, t *Type) {
	if t.Burst == nil || len(st.buckets) == 0 {
		return
	}
	if b, ok := st.buckets[st.bucketKey(t.Burst, e)]; ok {
		st.change(b)
		b.add(e, t.Fingerprint)
	}
}

func (st *State) schedule(b *bucket, now time.Time, at instant) {
	b.deadline = at
	b.Deadline = now.Add(at - st.instant(now))
	st.push(at, b.key)
}

// elapse ends every window whose time has come.
func (p *Policy) elapse(st *State, now time.Time, out *Effects) {
	for len(st.due) > 0 && st.due[0].at <= st.instant(now) {
		d := st.due[0]
		st.pop()
		b, ok := st.buckets[d.key]
		if !ok || b.deadline != d.at {
			continue // closed or moved meanwhile
		}
		st.change(b)
		switch {
		case b.Count < b.Threshold:
			p.releaseSingly(st, now, b, out)
		case b.Count > b.Told:
			p.summarize(st, now, b, out)
		default: // the flood is over
			st.close(b, out)
		}
	}
}

// summarize tells the flood so far and waits, longer than before, for more.
func (p *Policy) summarize(st *State, now time.Time, b *bucket, out *Effects) {
	st.merge(now, b, out)
	b.Ordinal++
	b.Told = b.Count
	b.ToldHigh = b.ToldHigh || b.Highest == event.Critical
	b.Critical = false
	p.tellSummary(now, b, out)
	b.Interval = min(2*b.Interval, maxInterval)
	st.schedule(b, now, st.instant(now)+b.Interval)
}

// tellSummary sends the flood so far to the channels of its events, but for those
// that are gone or off by now: nothing would ever take it from their queues.
func (p *Policy) tellSummary(now time.Time, b *bucket, out *Effects) {
	n := b.summary(now)
	fp := bucketPrint(b.key)
	if !p.Enabled {
		out.decide(now, n.Event, Decision{Stage: StageEnabled, Outcome: Suppressed, Reason: ReasonOff, Place: p.Place, Fingerprint: fp})
		return
	}
	for _, name := range b.Channels {
		if !slices.ContainsFunc(p.Channels, func(ch *Channel) bool { return ch.Name == name }) {
			out.decide(now, n.Event, Decision{
				Stage: StageChannel, Outcome: Suppressed, Reason: ReasonGone, Channel: name, Place: b.Place, Fingerprint: fp,
			})
			continue
		}
		out.Sends = append(out.Sends, Send{Channel: name, Notification: n, Place: b.Place})
	}
}

// releaseSingly lets the events of a burst that never became one go on by
// themselves, each as the policy of now sees it.
func (p *Policy) releaseSingly(st *State, now time.Time, b *bucket, out *Effects) {
	for _, e := range b.held {
		out.decide(now, e, Decision{
			Stage: StageBurst, Outcome: Passed, Reason: ReasonBurstSingle, Place: b.Place, Limit: b.Window, Count: b.Count, Detail: b.Burst,
		})
		t := p.TypeOf(e.Type)
		fp := event.FingerprintOf(e, t.Fingerprint)
		if !p.off(now, e, t, fp, out) {
			p.tell(now, e, p.route(now, e, t, fp, out), out)
		}
	}
	st.release(b, out)
	st.close(b, out)
}

// bucketKey is the digest of what makes one flood: the burst, the cluster and
// the values of the by fields. When strangers' values open too many buckets,
// one takes them all.
func (st *State) bucketKey(b *Burst, e *event.Event) string {
	split := event.Event{Type: b.Name, Cluster: e.Cluster, Host: e.Host, Data: map[string]any{}}
	by := b.By
	for _, field := range by {
		if field == "type" {
			split.Data["type"] = e.Type
		} else if v, ok := e.Data[field]; ok {
			split.Data[field] = v
		}
	}
	if by == nil {
		by = []string{}
	}
	key := event.FingerprintOf(&split, by).String()
	if _, open := st.buckets[key]; open || len(st.buckets) < maxBuckets {
		return key
	}
	return event.FingerprintOf(&split, []string{}).String()
}

func bucketPrint(key string) event.Fingerprint {
	var f event.Fingerprint
	_, _ = hex.Decode(f[:], []byte(key)) // a key is always a fingerprint in hexadecimal
	return f
}

// derivedID is the id of a summary: a ULID made of its time, the id of the
// flood's first event and the summary's number, so that the judge needs no
// randomness.
func derivedID(now time.Time, origin string, ordinal int) string {
	h := sha256.New()
	h.Write([]byte(origin))
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(ordinal))
	h.Write(n[:])
	var id ulid.ULID
	_ = id.SetTime(uint64(max(now.UnixMilli(), 0))) // fails only after the year 10889
	copy(id[6:], h.Sum(nil))
	return id.String()
}
