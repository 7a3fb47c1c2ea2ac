package daemon

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/sources/pve"
)

// maxPost bounds a recorded notification, as the webhook does.
const maxPost = 1 << 20

// ReplayPosts takes bodies that Proxmox posted, one a file, through the sources of a
// configuration, and hands what they make to each, in the order of time. One without a
// time has its file's. A file named - is in.
func ReplayPosts(c *rules.Config, files []string, in io.Reader, each func(*Replayed) error) (Recording, error) {
	list, _ := specs[*pve.Rule](c, "pve")
	matcher := pve.NewMatcher(list)
	var rec Recording
	var found []*Replayed
	for _, file := range files {
		body, at, err := readPost(file, in)
		if err != nil {
			return rec, err
		}
		d, err := matcher.Decode(body)
		if len(body) > maxPost {
			err = errors.New("it is larger than 1 MiB")
		}
		if err != nil {
			if rec.Garbage++; rec.Garbage == 1 {
				rec.First = fmt.Sprintf("%s: %v", file, err)
			}
			continue
		}
		rec.Entries++
		for _, f := range d.Faults {
			rec.fault("%s: %s of source %q (%s): %v", file, f.Part, f.Rule.Name, f.Rule.Place, f.Err)
		}
		r := &Replayed{Incoming: d.Event, Origin: Origin{File: file, Source: "pve"}}
		if d.Rule != nil {
			r.Origin.Source, r.Origin.Place = "pve "+d.Rule.Name, d.Rule.Place
		}
		if r.Time.IsZero() {
			r.Time = at
		}
		settleSeverity(c, &r.Incoming)
		found = append(found, r)
	}
	slices.SortStableFunc(found, func(a, b *Replayed) int { return a.Time.Compare(b.Time) })
	for _, r := range found {
		rec.Events++
		if err := each(r); err != nil {
			return rec, err
		}
	}
	return rec, nil
}

func readPost(file string, in io.Reader) (body []byte, at time.Time, err error) {
	at = time.Now()
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, at, fmt.Errorf("open the recorded notification: %w", err)
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return nil, at, fmt.Errorf("read %s: %w", file, err)
		}
		in, at = f, info.ModTime()
	}
	body, err = io.ReadAll(io.LimitReader(in, maxPost+1))
	if err != nil {
		return nil, at, fmt.Errorf("read %s: %w", file, err)
	}
	return body, at.UTC(), nil
}

// settleSeverity says how severe an event is that counts upwards from the catalogue.
func settleSeverity(c *rules.Config, e *event.Incoming) {
	severity, known := event.ParseSeverity(e.Severity)
	if t := c.Policy.Types[e.Type]; t != nil && (!known || e.AtLeast) {
		severity, known = max(severity, t.Severity), true
	}
	if known {
		e.Severity, e.AtLeast = severity.String(), false
	}
}
