package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/api"
	"tocsin/engine/event"
)

// retryChoice is what is to be tried again, as the API takes it.
type retryChoice struct {
	IDs     []event.UnsentID `json:"ids,omitempty"`
	Channel string           `json:"channel,omitempty"`
	State   string           `json:"state,omitempty"`
	Type    string           `json:"event_type,omitempty"`
	All     bool             `json:"all,omitempty"`
	To      string           `json:"to,omitempty"`
}

func (a *app) outboxRetryCommand() *cobra.Command {
	var choice retryChoice
	var yes bool
	cmd := &cobra.Command{
		Use:   "retry ID… | --channel NAME | --state STATE | --type TYPE | --all",
		Short: "Try messages again now, also those that were given up, or move them",
		Long: `Try messages again now: what waits for another try or is held becomes due, what was
given up is queued anew. With --to they move to another channel, as do those that
wait for the end of quiet hours or for a digest, and those whose channel is gone.
It shows what it will do and asks.`,
		Example: `  tocsin outbox retry 12 13
  tocsin outbox retry --state dead --yes
  tocsin outbox retry --channel pager --to phone`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := choice.read(args); err != nil {
				return err
			}
			return a.retry(cmd.Context(), &choice, yes)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&choice.Channel, "channel", "", "those of a channel")
	flags.StringVar(&choice.State, "state", "", "those in a state: retry, held, dead …")
	flags.StringVar(&choice.Type, "type", "", "those of an event type")
	flags.BoolVar(&choice.All, "all", false, "everything")
	flags.StringVar(&choice.To, "to", "", "channel that they go to in place of their own")
	flags.BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// read takes the ids, and refuses what chooses nothing or in two ways.
func (c *retryChoice) read(args []string) error {
	for _, arg := range args {
		id, err := event.ParseUnsentID(arg)
		if err != nil {
			return fmt.Errorf("%w: tocsin outbox lists them", err)
		}
		c.IDs = append(c.IDs, id)
	}
	filtered := c.Channel != "" || c.State != "" || c.Type != ""
	switch {
	case len(c.IDs) == 0 && !filtered && !c.All:
		return errors.New("say which: ids of tocsin outbox, --channel, --state, --type or --all")
	case len(c.IDs) > 0 && (filtered || c.All), filtered && c.All:
		return errors.New("choose by ids, by --channel, --state and --type, or with --all, not in two of these ways")
	}
	return nil
}

// retry shows what there is to do, asks, and does it.
func (a *app) retry(ctx context.Context, choice *retryChoice, yes bool) error {
	var plan, result api.RetryResult
	if err := a.ask(ctx, "POST", "/outbox/retry", url.Values{"dry_run": {"1"}}, choice, &plan); err != nil {
		return err
	}
	a.showRetry(&plan, choice.To)
	if err := a.confirm("go on?", yes); err != nil {
		return err
	}
	if err := a.ask(ctx, "POST", "/outbox/retry", nil, choice, &result); err != nil {
		return err
	}
	if err := a.printRetry(result.Moved, choice.To); err != nil {
		return err
	}
	if result.Moved == 0 { // they went out meanwhile
		return errNo
	}
	return nil
}

func (a *app) printRetry(moved int, to string) error {
	if a.json {
		return a.printJSON(map[string]int{"format_version": 1, "moved": moved})
	}
	what := verb(moved, "is", "are") + " tried again now"
	if to != "" {
		what = "moved to " + oneLine(to)
	}
	_, err := fmt.Fprintf(a.out, "%s %s\n", countOf(moved), what)
	return err
}

func countOf(n int) string { return fmt.Sprintf("%d %s", n, verb(n, "message", "messages")) }

// showRetry says what a retry would do: how many of what, and the first of them.
func (a *app) showRetry(plan *api.RetryResult, to string) {
	what := "try again now"
	if to != "" {
		what = "move to " + oneLine(to)
	}
	fmt.Fprintf(a.err, "%s to %s:\n", countOf(plan.Moved), what)
	for _, t := range plan.Summary {
		fmt.Fprintf(a.err, "  %d %s of %s\n", t.Count, stateWords(t.State), oneLine(t.Channel))
	}
	var rows [][]string
	for i := range plan.Outbox {
		u := &plan.Outbox[i]
		rows = append(rows, []string{u.ID.String(), u.Channel, string(u.State), u.Type, short(u.Title, 50)})
	}
	var text strings.Builder
	table(&text, rows)
	fmt.Fprint(a.err, indent(text.String(), "    "))
	if more := plan.Moved - len(plan.Outbox); more > 0 {
		fmt.Fprintf(a.err, "    … and %d more\n", more)
	}
	for _, t := range plan.Left {
		fmt.Fprintf(a.err, "left as it is: %d of %s, %s\n", t.Count, oneLine(t.Channel), leftWords(&t))
	}
}

// leftWords says why messages are left as they are.
func leftWords(t *event.Tally) string {
	switch {
	case t.Stranded:
		return "which is gone or off: --to NAME moves them"
	case t.State == event.Sending:
		return "being sent at this moment"
	}
	return stateWords(t.State) + ": --to NAME moves them"
}

// stateWords says a state as a person does.
func stateWords(s event.ParcelState) string {
	switch s {
	case event.Retry:
		return "waiting for another try"
	case event.Dead:
		return "given up"
	case event.ParcelState(event.QuietBuffer):
		return "kept for the end of quiet hours"
	case event.ParcelState(event.DigestBuffer):
		return "kept for a digest"
	}
	return oneLine(string(s))
}
