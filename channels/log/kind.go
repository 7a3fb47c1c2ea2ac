package log

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"tocsin/channels"
	"tocsin/engine/event"
)

// sendLimit is how long a write may take.
const sendLimit = 15 * time.Second

// Kind returns the kind "log". Its channels without a path write to stdout, one
// at a time.
func Kind(stdout io.Writer) channels.Kind {
	shared := newOutlet(stream{stdout})
	return channels.Kind{
		Name: "log",
		Doc:  "Writes to standard output or to the end of a file; needs nothing, so it is good for a first try.",
		Fields: []channels.Field{{
			Name: "path", Type: channels.String,
			Doc:     "The file to append to; it is made, readable by its owner alone, when it is missing.",
			Example: `"/var/lib/tocsin/messages.log"`, Default: "standard output",
		}},
		HostOnly: func(v channels.Values) bool { return v.String("path", "") != "" },
		New: func(v channels.Values) (channels.Channel, error) {
			path := v.String("path", "")
			if path == "" {
				return &channel{name: "standard output", out: shared}, nil
			}
			if err := checkPath(path); err != nil {
				return nil, err
			}
			return &channel{name: path, out: newOutlet(file{filepath.Clean(path)})}, nil
		},
	}
}

// checkPath refuses what is certainly wrong; whether a path can be written to
// shows in the first message, by the user that the service runs as.
func checkPath(path string) error {
	wrong := func(detail string) error {
		return &channels.FieldError{Field: "path", Summary: "invalid path", Detail: detail}
	}
	switch {
	case strings.ContainsFunc(path, func(r rune) bool { return r < 0x20 || r == 0x7f }):
		return wrong("It holds a control character.")
	case !filepath.IsAbs(path):
		return wrong(fmt.Sprintf("%q depends on where tocsin is started; give the whole path from the root.", path))
	case strings.HasSuffix(path, "/"):
		return wrong(fmt.Sprintf("%q is a folder; name a file in it.", path))
	}
	return nil
}

// channel writes to one place.
type channel struct {
	name string // for people
	out  *outlet
}

// String tells where the channel writes to.
func (c *channel) String() string { return "log to " + c.name }

// Send implements channels.Channel.
func (c *channel) Send(ctx context.Context, m *event.Message) (event.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	maybe, err := c.out.write(ctx, []byte(block(m)))
	if err == nil {
		return event.Receipt{}, nil
	}
	e := fault(c.name, err)
	e.Maybe = maybe && e.Class == event.Temporary
	return event.Receipt{}, e
}
