package exec

import (
	"context"
	"strings"
	"time"

	"tocsin/channels/document"
	"tocsin/channels/program"
	"tocsin/engine/event"
)

// channel is one program.
type channel struct {
	command []string
	env     []string // the whole environment, which may hold secrets
	hidden  []string // values of it that no error may show
	dir     string
	timeout time.Duration
}

// String names the channel without its fields.
func (c *channel) String() string { return "exec" }

// GoString hides the fields from %#v.
func (c *channel) GoString() string { return c.String() }

// Send delivers m as described by channels.Channel.
func (c *channel) Send(ctx context.Context, m *event.Message) (event.Receipt, error) {
	path, err := program.Find(c.command[0]) // each time: it may have come, or gone
	if err != nil {
		return event.Receipt{}, &event.SendError{
			Class: event.Target, Code: "not_runnable", Why: c.command[0] + " " + err.Error(),
			Do: "install the program, or correct command in the channel block",
		}
	}
	text, err := document.Of(m).JSON()
	if err != nil {
		return event.Receipt{}, &event.SendError{
			Class: event.Unfit, Code: "internal", Why: "the event could not be written as JSON", Do: "this is a fault in tocsin, please report it",
		}
	}
	result, err := program.Run(ctx, program.Command{
		Path: path, Args: c.command[1:], Env: c.env, Dir: c.dir, Stdin: append(text, '\n'), Within: c.timeout,
	})
	if err != nil {
		return event.Receipt{}, err
	}
	if result.Code == 0 {
		return event.Receipt{}, nil
	}
	return event.Receipt{}, c.failure(result)
}

// reason returns what a program said last: on standard error, else on standard
// output. What repeats a secret is not shown.
func (c *channel) reason(r program.Result) string {
	const shortest = 4 // what is shorter stands in any text
	said := program.LastLine(r.Stderr)
	if said == "" {
		said = program.LastLine(r.Stdout)
	}
	for _, secret := range c.hidden {
		if len(secret) >= shortest && strings.Contains(said, event.OneLine(event.Clean(secret))) {
			return ""
		}
	}
	return said
}
