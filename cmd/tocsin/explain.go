package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tocsin/api"
	"tocsin/cmd/internal/daemon"
	"tocsin/engine/event"
	"tocsin/rules"
)

// question is what explain is asked.
type question struct {
	typ, severity, host, at, file string
	data                          []string
	offline                       bool // --config names a folder to judge with
}

func (a *app) explainCommand() *cobra.Command {
	var q question
	cmd := &cobra.Command{
		Use:   "explain [ID]",
		Short: "Why was an event (not) told, or what would become of one",
		Long: `Explain what became of an event, by its id, or what would become of one that is made
up: the answer first, then every stage with the values that it compared and the line
that decided, then what would change it.

With a daemon it is judged with everything that the daemon remembers; nothing is
sent and nothing is changed. With --config, or without a daemon, the files of the
folder judge, with what the data folder keeps.`,
		Example: `  tocsin explain 01JQ8X0Z7R3M6V9K2T4B5N8P0D
  tocsin explain --type backup_complete --data vmid=101 --data storage=nas
  tocsin explain --type auth_fail --severity CRITICAL --at 2026-03-01T03:00:00Z --config ./conf`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.offline = cmd.Flags().Changed("config")
			q.data = a.takeDataFolder(q.data)
			id := ""
			if len(args) == 1 {
				id = args[0]
			}
			x, err := a.explain(cmd.Context(), id, &q)
			if err != nil {
				return err
			}
			return a.printExplanation(x)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&q.typ, "type", "", "type of a made-up event")
	flags.StringVar(&q.severity, "severity", "", "its severity; default: the catalogue's")
	flags.StringVar(&q.host, "host", "", "its host; default: this one")
	flags.StringArrayVar(&q.data, "data", nil, "key=value of its data, may be repeated; a path is the data folder, as everywhere")
	flags.StringVar(&q.at, "at", "", "judge at that time, RFC 3339")
	flags.StringVar(&q.file, "json-event", "", "read the event from a file with JSON as for the API, - for standard input")
	return cmd
}

// takeDataFolder returns the words that are data of the event. The flag --data
// names the data folder in every other command: a word that is a path still does.
func (a *app) takeDataFolder(words []string) []string {
	return slices.DeleteFunc(words, func(word string) bool {
		info, err := os.Stat(word)
		folder := err == nil && info.IsDir() || !strings.Contains(word, "=") && strings.ContainsRune(word, os.PathSeparator)
		if folder {
			a.data = word
		}
		return folder
	})
}

// explain asks the daemon, or works the answer out here.
func (a *app) explain(ctx context.Context, id string, q *question) (*event.Explanation, error) {
	made, err := a.madeUp(q)
	switch {
	case err != nil:
		return nil, err
	case (id == "") == (made == nil):
		return nil, errors.New("name one event by its id, or make one up with --type or --json-event")
	}
	body := map[string]any{}
	if id != "" {
		body["id"] = id
	} else {
		body["event"] = made
	}
	if q.at != "" {
		body["at"] = q.at
	}
	if !q.offline {
		var x event.Explanation
		err := a.ask(ctx, "POST", "/explain", nil, body, &x)
		if known, ok := errors.AsType[*apiError](err); ok && known.Status == 404 {
			fmt.Fprintf(a.err, "no event %s is on record: tocsin history and tocsin decisions list ids, which are kept for some days\n", clean(id))
			return nil, errNo
		}
		if err == nil || a.addr != "" || !isNoDaemon(err) {
			return &x, err
		}
	}
	return a.explainOffline(ctx, id, made, q)
}

// madeUp returns the event that the flags describe, or nil.
func (a *app) madeUp(q *question) (map[string]any, error) {
	made := map[string]any{}
	if q.file != "" {
		text, err := a.readInput(q.file)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &made); err != nil {
			return nil, fmt.Errorf("%s holds no JSON object: %w", q.file, err)
		}
	}
	for name, v := range map[string]string{"event_type": q.typ, "severity": q.severity, "host": q.host} {
		if v != "" {
			made[name] = v
		}
	}
	data, _ := made["data"].(map[string]any)
	for _, word := range q.data {
		key, v, ok := strings.Cut(word, "=")
		if !ok || key == "" {
			return nil, fmt.Errorf("--data takes key=value, not %q", word)
		}
		if data == nil {
			data = map[string]any{}
		}
		data[key] = valueOf(v)
	}
	if data != nil {
		made["data"] = data
	}
	if made["event_type"] == nil {
		if len(made) > 0 {
			return nil, errors.New("the event has no type: add --type")
		}
		return nil, nil
	}
	return made, nil
}

func (a *app) readInput(path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(a.in)
	}
	return os.ReadFile(path)
}

// explainOffline judges with the files of the configuration folder.
func (a *app) explainOffline(ctx context.Context, id string, made map[string]any, q *question) (*event.Explanation, error) {
	o, err := daemon.Compile(a.config, a.data, false)
	if err != nil && id == "" {
		return nil, err
	}
	ask := api.Question{ID: id}
	if q.at != "" {
		if ask.At, err = time.Parse(time.RFC3339, q.at); err != nil {
			return nil, fmt.Errorf("--at is no time such as 2026-03-01T03:00:00Z")
		}
	}
	if id != "" {
		var config *rules.Config // nil: the store is in the data folder
		if o != nil {
			config = o.Config
		}
		x, found, err := daemon.ExplainOffline(ctx, config, a.data, ask)
		if err == nil && !found {
			fmt.Fprintf(a.err, "no event %s is on record in %s\n", clean(id), a.data)
			return nil, errNo
		}
		return &x, err
	}
	config, err := o.Usable(a.err, a.colour())
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(made)
	if err != nil {
		return nil, err
	}
	if ask.Event, err = api.ReadEvent(text); err != nil {
		return nil, err
	}
	x, _, err := daemon.ExplainOffline(ctx, config, a.data, ask)
	return &x, err
}

// printExplanation writes the answer, then a line a stage and channel, then what
// would change it.
func (a *app) printExplanation(x *event.Explanation) error {
	if a.json {
		return a.printJSON(struct {
			FormatVersion int `json:"format_version"`
			*event.Explanation
		}{1, x})
	}
	fmt.Fprintln(a.out, paint(a.colour(), clean(x.Verdict), "1"))
	if e := x.Event; e != nil {
		fmt.Fprintf(a.out, "%s %s on %s, %s\n", e.Severity, oneLine(e.Type), oneLine(e.Host), moment(e.Time))
	} else if x.Told != nil {
		in := &x.Told.Incoming
		fmt.Fprintf(a.out, "%s %s on %s, %s\n", cmp.Or(in.Severity, "severity of the catalogue:"), oneLine(in.Type), oneLine(cmp.Or(in.Host, "this host")), moment(x.Told.Arrived))
	}
	if x.Basis != "" {
		fmt.Fprintln(a.out, clean(x.Basis))
	}
	fmt.Fprintln(a.out)
	rows := [][]string{}
	for i := range x.Steps {
		d := &x.Steps[i]
		why := d.Reason
		if d.Count > 1 {
			why += fmt.Sprintf(" ×%d", d.Count)
		}
		rows = append(rows, []string{d.Stage, mark(d), orDash(d.Channel), why, orDash(d.Place)})
	}
	for _, f := range x.Channels {
		if decided(x, f.Channel) {
			continue
		}
		rows = append(rows, []string{"deliver", markOf(f.Fate), f.Channel, fateWords(&f), orDash(f.Place)})
	}
	var steps strings.Builder
	table(&steps, rows)
	fmt.Fprint(a.out, indent(steps.String(), "  "))
	if len(x.Remedies) > 0 {
		fmt.Fprintln(a.out, "\nWhat would change it:")
		for _, r := range x.Remedies {
			fmt.Fprintf(a.out, "  - %s\n", clean(r))
		}
	}
	return nil
}

// decided reports whether a step tells of a channel by itself.
func decided(x *event.Explanation, channel string) bool {
	last := false
	for i := range x.Steps {
		last = last || x.Steps[i].Channel == channel && x.Steps[i].Outcome != "changed"
	}
	for _, f := range x.Channels {
		if f.Channel == channel && !f.At.IsZero() {
			return false
		}
	}
	return last || len(x.Steps) > 0 && x.Event != nil
}

func fateWords(f *event.Fate) string {
	text := f.Reason
	if !f.At.IsZero() {
		text += ", " + moment(f.At)
	}
	return text
}

// mark shows at a glance what a stage did.
func mark(d *event.Decision) string {
	if d.Code == "not_matched" {
		return "·"
	}
	switch d.Outcome {
	case "suppressed", "dead":
		return "✗"
	case "held", "folded":
		return "…"
	case "changed":
		return "~"
	}
	return "✓"
}

func markOf(fate string) string {
	switch fate {
	case "sent", "passed_on":
		return "✓"
	case "held", "queued":
		return "…"
	}
	return "✗"
}
