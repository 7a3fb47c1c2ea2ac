package engine

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
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
func (h *hearing) burst(to []string) bool {
	st, e, block := h.st, h.e, h.t.Burst
	if block == nil {
		return true
	}
	key := st.bucketKey(block, e)
	b, ok := st.buckets[key]
	if !ok {
		b = newBucket(key, block, e, st.instant(h.now), h.now)
		b.add(e, h.t.Fingerprint)
		b.reach(to)
		b.Told = 1
		st.openBucket(b)
		if h.out.Explain {
			h.decide(Decision{Stage: StageBurst, Outcome: Passed, Reason: ReasonBurstFirst, Place: b.Place, Limit: b.Window, Count: b.Threshold, Detail: b.Burst})
		}
		return true
	}
	st.change(b)
	b.add(e, h.t.Fingerprint)
	b.reach(to)
	switch {
	case e.Severity == event.Critical && b.Count <= b.Threshold:
		b.Told++
		return true
	case b.Count < b.Threshold && st.held+Weight(e.Data) > maxHeld:
		b.Told++
		return true
	case b.Count < b.Threshold:
		st.hold(h.now, b, Held{Bucket: b.key, Event: e, Channels: h.rules.channels()}, h.out)
	default:
		st.fold(h.now, b, e, h.out)
	}
	return false
}

func (st *State) hold(now time.Time, b *bucket, held Held, out *Effects) {
	st.weigh(Weight(held.Event.Data))
	b.held = append(b.held[:len(b.held):len(b.held)], held)
	out.Held = append(out.Held, held)
	out.decide(now, held.Event, Decision{
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
	for _, held := range b.held {
		out.decide(now, held.Event, Decision{
			Stage: StageBurst, Outcome: Folded, Reason: ReasonBurstMerged, Place: b.Place, Fingerprint: bucketPrint(b.key), Detail: b.Burst,
		})
	}
	st.release(b, out)
}

func (st *State) release(b *bucket, out *Effects) {
	for _, held := range b.held {
		out.Released = append(out.Released, held.Event.ID)
		st.weigh(-Weight(held.Event.Data))
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
	st.push(at, b)
}

func (b *bucket) when() (instant, bool) { return b.deadline, true }

// elapse ends the bucket's window.
func (b *bucket) elapse(p *Policy, st *State, now time.Time, out *Effects) {
	if st.buckets[b.key] != b {
		return // closed
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

// summarize tells the flood so far and waits, longer than before, for more.
func (p *Policy) summarize(st *State, now time.Time, b *bucket, out *Effects) {
	st.merge(now, b, out)
	b.Ordinal++
	b.Told = b.Count
	b.ToldHigh = b.ToldHigh || b.Highest == event.Critical
	b.Critical = false
	p.tellSummary(st, now, b, out)
	b.Interval = min(2*b.Interval, maxInterval)
	st.schedule(b, now, st.instant(now)+b.Interval)
}

// tellSummary hands the flood so far to the channels of its events, but for those
// that are gone or off by now: nothing would ever take it from their queues.
func (p *Policy) tellSummary(st *State, now time.Time, b *bucket, out *Effects) {
	n := b.summary(now)
	fp := bucketPrint(b.key)
	if !p.Enabled {
		out.decide(now, n.Event, Decision{Stage: StageEnabled, Outcome: Suppressed, Reason: ReasonOff, Place: p.Place, Fingerprint: fp})
		return
	}
	t := p.TypeOf(b.Type)
	for _, name := range b.Channels {
		ch := p.tables.channels[name]
		if ch == nil {
			out.decide(now, n.Event, Decision{
				Stage: StageChannel, Outcome: Suppressed, Reason: ReasonGone, Channel: name, Place: b.Place, Fingerprint: fp,
			})
			continue
		}
		first := event.Event{Type: b.Type, Group: t.Group, Severity: n.Event.Severity}
		handing{Policy: p, st: st, now: now, out: out, fp: fp, ch: ch, n: n, place: b.Place, toggle: p.switches(&first, t, ch), live: t.Live}.hand()
	}
}

// releaseSingly lets the events of a burst that never became one go on by
// themselves, over the channels that took them and still do.
func (p *Policy) releaseSingly(st *State, now time.Time, b *bucket, out *Effects) {
	for _, held := range b.held {
		e, t := held.Event, p.TypeOf(held.Event.Type)
		fp := event.FingerprintOf(e, t.Fingerprint)
		h := &hearing{Policy: p, st: st, now: now, at: now, out: out, e: e, t: t, fp: fp, key: fp}
		h.decide(Decision{Stage: StageBurst, Outcome: Passed, Reason: ReasonBurstSingle, Place: b.Place, Limit: b.Window, Count: b.Count, Detail: b.Burst})
		if !h.off() {
			h.tell(h.still(held.Channels))
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
