package look

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"tocsin/channels/program"
	"tocsin/engine/event"
	"tocsin/sources/probe"
)

// command runs the program of a rule.
func command(ctx context.Context, r *probe.Rule) probe.Result {
	path, err := program.Find(r.Command[0])
	if err != nil {
		return probe.Missing("%s %v", r.Command[0], err)
	}
	env := []string{}
	for _, name := range slices.Sorted(maps.Keys(program.Environment())) {
		env = append(env, name+"="+program.Environment()[name])
	}
	began := time.Now()
	out, err := program.Run(ctx, program.Command{Path: path, Args: r.Command[1:], Env: env, Within: r.Timeout, Most: probe.MaxText + 1})
	switch failed, ok := errors.AsType[*event.SendError](err); {
	case ok:
		return probe.Failed("%s", failed.Why)
	case err != nil:
		return probe.Failed("%s did not run", r.Command[0])
	case out.Signal != 0:
		return probe.Failed("%s was ended by the signal %v", r.Command[0], out.Signal)
	}
	stdout, err := probe.NewText("", out.Stdout)
	if err != nil {
		return probe.Failed("what %s writes is not read: %v", r.Command[0], err)
	}
	return probe.Result{
		Values: map[string]any{
			"code": float64(out.Code), "stdout": stdout.Body, "stderr": event.Clean(string(end(out.Stderr, 16<<10))),
			"duration": event.Duration(time.Since(began)),
		},
		Texts: []probe.Text{stdout},
		Mark:  mark(fmt.Sprint(out.Code), stdout.Body),
	}
}

// end returns the end of a text.
func end(text []byte, most int) []byte { return text[max(len(text)-most, 0):] }
