package daemon

import (
	"errors"
	"fmt"
	"io"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/rules/ruletest"
	"tocsin/sources/journal"
	"tocsin/sources/journal/follow"
	"tocsin/sources/pattern"
)

// Replayed is an event that recorded input makes.
type Replayed struct {
	event.Incoming
	Origin Origin `json:"origin"`
	// When the events are judged, too:
	Sent      []string         `json:"sent,omitempty"`      // channels that it goes to at once
	Decisions []event.Decision `json:"decisions,omitempty"` // what held it back, or changed it
}

// Origin is where a replayed event comes from.
type Origin struct {
	File   string `json:"file"` // -: standard input
	Line   int    `json:"line,omitempty"`
	Cursor string `json:"cursor,omitempty"`
	UPID   string `json:"upid,omitempty"`
	Source string `json:"source"` // KIND NAME of the block
	Place  string `json:"place"`  // file:line of it
}

// Recording tells what was found in recorded input.
type Recording struct {
	Entries, Garbage, Huge int // entries that were read, and lines that were not
	Events                 int
	First                  string   // the first line that was none, and why
	Faults                 []string // conditions and templates that failed, the first few
}

const maxFaults = 10

// ReplayJournal takes lines of journalctl --output=json through the sources of a
// configuration, and hands what they make to each.
func ReplayJournal(c *rules.Config, file string, in io.Reader, each func(*Replayed) error) (Recording, error) {
	list, _ := specs[*journal.Rule](c, "journal")
	matcher := journal.NewMatcher(list)
	var rec Recording
	err := rec.lines(file, in, func(n int, line []byte) error {
		if len(line) == 0 {
			return nil
		}
		matches, faults, err := matcher.Match(line)
		if err != nil {
			if rec.Garbage++; rec.Garbage == 1 {
				rec.First = fmt.Sprintf("line %d: %v", n, err)
			}
			return nil
		}
		rec.Entries++
		return rec.take(c, Origin{File: file, Line: n, Cursor: matcher.Cursor(), Source: "journal"}, matches, faults, each)
	})
	return rec, err
}

// lines calls each for the lines of a file, with their numbers. It counts those that
// are too long.
func (r *Recording) lines(file string, in io.Reader, each func(n int, line []byte) error) error {
	lines := follow.NewLines(in)
	for n := 1; ; n++ {
		line, err := lines.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", file, err)
		}
		huge := lines.Huge()
		r.Huge, n = r.Huge+huge, n+huge
		if err := each(n, line); err != nil {
			return err
		}
	}
}

// take hands over what a line makes. The origin names the kind of the source.
func (r *Recording) take(c *rules.Config, from Origin, matches []pattern.Match, faults []pattern.Fault, each func(*Replayed) error) error {
	for _, f := range faults {
		r.fault("line %d: %s of source %q (%s): %v", from.Line, f.Part, f.Rule.Name, f.Rule.Place, f.Err)
	}
	for i := range matches {
		r.Events++
		m := &matches[i]
		settleSeverity(c, &m.Event)
		origin := from
		origin.Source, origin.Place = from.Source+" "+m.Rule.Name, m.Rule.Place
		if err := each(&Replayed{Incoming: m.Event, Origin: origin}); err != nil {
			return err
		}
	}
	return nil
}

// Hindsight judges replayed events on virtual time, as if nothing had been told
// before the first of them.
type Hindsight struct {
	config    *rules.Config
	world     *ruletest.World
	told      []ToldThen
	decisions []event.Decision
	count     int
}

// ToldThen is a message that would have gone out.
type ToldThen struct {
	Time     time.Time `json:"time"`
	Channel  string    `json:"channel"`
	Type     string    `json:"event_type"`
	Severity string    `json:"severity"`
	Title    string    `json:"title"`
	EventID  string    `json:"event_id"`
}

// NewHindsight returns a judge with the policy of a configuration.
func NewHindsight(c *rules.Config) *Hindsight { return &Hindsight{config: c} }

// Judge judges an event. It returns the messages that were due before it, such as
// the summary of a burst, and those that the event itself makes; what else becomes
// of it is noted in r.
func (h *Hindsight) Judge(r *Replayed) (before, now []ToldThen) {
	if h.world == nil {
		h.begin(r.Time)
	}
	h.count++
	if r.ID == "" {
		r.ID = fmt.Sprintf("replay-%d", h.count)
	}
	before = h.until(r.Time)
	h.world.Arrive(r.Incoming)
	now, h.told = h.told, nil
	for _, m := range now {
		if m.EventID == r.ID {
			r.Sent = append(r.Sent, m.Channel)
		}
	}
	for _, d := range h.decisions {
		if d.EventID == r.ID {
			r.Decisions = append(r.Decisions, d)
		}
	}
	h.decisions = nil
	return before, now
}

// End lets a day pass and returns the messages that it brings.
func (h *Hindsight) End() []ToldThen {
	if h.world == nil {
		return nil
	}
	return h.until(h.world.Now.Add(25 * time.Hour))
}

func (h *Hindsight) until(at time.Time) []ToldThen {
	h.world.Until(at)
	told := h.told
	h.told, h.decisions = nil, nil
	return told
}

func (h *Hindsight) begin(at time.Time) {
	h.world = ruletest.NewWorld(h.config.Policy, h.config.Templates, at)
	h.world.Told = func(channel string, m event.Message) {
		h.told = append(h.told, ToldThen{h.world.Now, channel, m.Type, m.Severity.String(), m.Title, m.EventID})
	}
	h.world.Decided = func(d *engine.Decision) { h.decisions = append(h.decisions, d.Record()) }
}
