package tail

import (
	"encoding/json"
	"fmt"

	"tocsin/sources/textfile"
)

// maxParts bounds what is followed of one file: the file, and those that had its name
// before and are read to their end so far.
const maxParts = 8

// position is where the tail stands, by file: in the parts of it that are not read to
// their end yet, oldest first. One without parts was not there so far.
type position map[string][]textfile.Place

// parsePosition reads what String wrote.
func parsePosition(text string) (position, error) {
	p := position{}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return nil, fmt.Errorf("read the position in log files: %w", err)
	}
	for path, places := range p {
		for _, at := range places {
			if at.Offset < 0 || len(places) > maxParts+maxRotated+1 {
				return nil, fmt.Errorf("read the position in log files: %s has an impossible one", path)
			}
		}
	}
	return p, nil
}

// String returns the position as it is kept.
func (p position) String() string {
	text, err := json.Marshal(p)
	if err != nil {
		panic(fmt.Sprintf("tail: %v", err)) // texts and numbers always marshal
	}
	return string(text)
}
