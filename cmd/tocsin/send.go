package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/spf13/cobra"

	"tocsin/engine/event"
)

func (a *app) sendCommand() *cobra.Command {
	var severity, host string
	var wait time.Duration
	var dry bool
	cmd := &cobra.Command{
		Use:   "send TYPE [KEY=VALUE…]",
		Short: "Emit an event",
		Long: `Emit an event. TYPE is one of tocsin events, or any other name; the words behind
it are the event's data. A value that is JSON is taken as such: count=3,
list='["a","b"]'. What would not come back as it was written, such as 1.10 or
007, is text.

While no daemon runs here, the event waits in the data folder and is told when one
starts, with the time of now. With --addr nothing waits: the command fails.`,
		Example: `  tocsin send custom title="Door opened" message="The rack door is open." --severity warning
  tocsin send backup_fail vmid=101 storage=nas reason="no space left" --wait 5s`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := dataOf(args[1:])
			if err != nil {
				return err
			}
			body := map[string]any{"event_type": args[0], "severity": severity, "host": host, "data": data}
			if dry {
				var x event.Explanation
				if err := a.ask(cmd.Context(), "POST", "/explain", nil, map[string]any{"event": body}, &x); err != nil {
					return err
				}
				return a.printExplanation(&x)
			}
			return a.send(cmd.Context(), body, wait)
		},
	}
	cmd.Flags().StringVar(&severity, "severity", "", "INFO, WARNING or CRITICAL; the catalogue's when left out")
	cmd.Flags().StringVar(&host, "host", "", "host that the event is about; this one when left out")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "send nothing: explain what would become of it")
	cmd.Flags().DurationVar(&wait, "wait", 0, "wait that long for the deliveries, and fail when one fails")
	return cmd
}

// send emits an event. It gets its id here: when the daemon is not there, or goes in
// the middle, the event waits under that id in the spool and is taken once.
func (a *app) send(ctx context.Context, body map[string]any, wait time.Duration) error {
	id := ulid.Make().String()
	body["id"] = id
	query := url.Values{}
	if wait > 0 {
		query.Set("wait", wait.String())
	}
	var answer sendAnswer
	err := a.ask(ctx, "POST", "/send", query, body, &answer)
	switch {
	case isNoDaemon(err) && ctx.Err() == nil:
		return a.spool(id, body, wait, err)
	case err != nil:
		return err
	}
	return a.printSend(&answer, wait)
}

// sendAnswer is what the daemon says to an event.
type sendAnswer struct {
	ID         string           `json:"id"`
	Spooled    bool             `json:"spooled,omitempty"` // no daemon answers, the next one tells it
	Pending    bool             `json:"pending,omitempty"`
	Channels   []string         `json:"channels"`
	Decisions  []event.Decision `json:"decisions"`
	Deliveries []event.Delivery `json:"deliveries"`
}

// dataOf reads KEY=VALUE words.
func dataOf(words []string) (map[string]any, error) {
	data := map[string]any{}
	for _, word := range words {
		key, text, ok := strings.Cut(word, "=")
		if !ok || key == "" {
			return nil, fmt.Errorf("%q is not KEY=VALUE", word)
		}
		data[key] = valueOf(text)
	}
	return data, nil
}

func valueOf(text string) any {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	if n, ok := v.(float64); ok && event.Text(n) != text {
		return text // a version, an id with many digits
	}
	return v
}

func (a *app) printSend(answer *sendAnswer, wait time.Duration) error {
	if a.json {
		if err := a.printJSON(answer); err != nil {
			return err
		}
	} else {
		a.describeSend(answer)
	}
	if wait <= 0 {
		return nil
	}
	if answer.Pending {
		return errNo
	}
	delivered := map[string]bool{}
	for _, d := range answer.Deliveries {
		delivered[d.Channel] = d.Success
	}
	for _, channel := range answer.Channels {
		if !delivered[channel] {
			return errNo
		}
	}
	return nil
}

func (a *app) describeSend(answer *sendAnswer) {
	fmt.Fprintf(a.out, "accepted %s\n", answer.ID)
	if answer.Pending {
		fmt.Fprintf(a.out, "  the node that judges decides the rest: tocsin explain %s\n", answer.ID)
	}
	told := map[string]bool{}
	for _, d := range answer.Deliveries {
		told[d.Channel] = true
		if d.Success {
			fmt.Fprintf(a.out, "  %s: delivered\n", d.Channel)
		} else {
			fmt.Fprintf(a.out, "  %s: not delivered: %s\n", d.Channel, oneLine(d.Error))
		}
	}
	for _, channel := range answer.Channels {
		if !told[channel] {
			fmt.Fprintf(a.out, "  %s: on its way\n", channel)
		}
	}
	for _, d := range answer.Decisions {
		place := ""
		if d.Place != "" {
			place = " (" + d.Place + ")"
		}
		fmt.Fprintf(a.out, "  %s: %s: %s%s\n", d.Stage, d.Outcome, oneLine(d.Reason), place)
	}
}
