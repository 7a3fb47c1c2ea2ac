package watch

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// position is where the watcher stands. Its text is kept with each event, so it is
// small.
type position struct {
	// The list of finished tasks that is read, and how far. A list that was replaced
	// may get the number of one that is gone, so what it begins with counts, too.
	Device uint64 `json:"dev,omitempty"`
	Inode  uint64 `json:"ino,omitempty"` // 0: there was no list yet
	Offset int64  `json:"off,omitempty"`
	Head   string `json:"head,omitempty"`

	Last  int64    `json:"last,omitempty"`  // latest end that was read, in seconds since 1970
	Floor int64    `json:"floor,omitempty"` // below Below, what ended before is known already
	Below int64    `json:"below,omitempty"` // up to there the list was written before its place was lost
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
	if p.Offset < 0 || p.Below < 0 || len(p.Began) > 2*maxTold || len(p.Ended) > 2*maxTold {
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

// known reports whether a line of the list was read before the place was lost.
func (p *position) known(at int64, end time.Time, upid string) bool {
	return at < p.Below && (end.Unix() < p.Floor || p.ended(upid))
}

// on moves to the start of another list.
func (p *position) on(id fileID) {
	p.Device, p.Inode, p.Offset, p.Head, p.Floor, p.Below = id.device, id.inode, 0, "", 0, 0
}
