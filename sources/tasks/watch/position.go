package watch

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"tocsin/sources/tasks"
	"tocsin/sources/textfile"
)

// position is where the watcher stands. Its text is kept with each event, so it is
// small.
type position struct {
	textfile.Place // in the list of finished tasks that is read

	Last  int64    `json:"last,omitempty"`  // latest end that was read, in seconds since 1970
	Floor int64    `json:"floor,omitempty"` // what ended before is known, since the place was lost; 0: it is not lost
	Began []string `json:"began,omitempty"` // tasks whose start is told, or was before the first look
	Ended []string `json:"ended,omitempty"` // tasks whose end is told, the latest
}

const maxTold = 128 // tasks in each list

// parsePosition reads what String wrote.
func parsePosition(text string) (*position, error) {
	p := &position{}
	if err := json.Unmarshal([]byte(text), p); err != nil {
		return nil, fmt.Errorf("read the position among tasks: %w", err)
	}
	if p.Offset < 0 || len(p.Began) > 2*maxTold || len(p.Ended) > 2*maxTold {
		return nil, fmt.Errorf("read the position among tasks: %w", errPosition)
	}
	return p, nil
}

// String returns the position as it is kept.
func (p *position) String() string {
	text, err := json.Marshal(p)
	if err != nil {
		panic(fmt.Sprintf("watch: %v", err)) // texts and numbers always marshal
	}
	return string(text)
}

// digest stands for a UPID in a position.
func digest(upid string) string {
	sum := sha256.Sum256([]byte(upid))
	return hex.EncodeToString(sum[:8])
}

func (p *position) began(upid string) bool { return slices.Contains(p.Began, digest(upid)) }
func (p *position) ended(upid string) bool { return slices.Contains(p.Ended, digest(upid)) }

func (p *position) begin(upid string) { p.Began = remember(p.Began, digest(upid)) }

// end notes that the end of a task is told; its start no longer matters.
func (p *position) end(upid string) {
	d := digest(upid)
	p.Ended = remember(p.Ended, d)
	p.Began = slices.DeleteFunc(p.Began, func(old string) bool { return old == d })
}

func remember(list []string, d string) []string {
	if list = append(list, d); len(list) > maxTold {
		list = slices.Delete(list, 0, len(list)-maxTold)
	}
	return list
}

// fresh is how long ago a task may have ended of which the list tells now. What the
// clock says then is what it says now, even if it was ahead before.
const fresh = 10 * time.Minute

// known reports whether a line of a list that is read again was read before.
func (p *position) known(t *tasks.Task) bool {
	if p.Floor == 0 {
		return false
	}
	if t.End.Unix() > p.Floor {
		p.Floor = 0 // the rest is newer still
		return p.ended(t.Text)
	}
	return t.End.Unix() < p.Floor && time.Since(t.End) > fresh || p.ended(t.Text)
}

// on moves to the start of another list.
func (p *position) on(l *list) {
	p.Place, p.Floor = l.Start(), l.floor
}
