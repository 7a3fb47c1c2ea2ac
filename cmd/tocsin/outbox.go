package main

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"tocsin/engine/event"
)

func (a *app) outboxCommand() *cobra.Command {
	var limit int
	var channel, state, typ, id, since string
	cmd := &cobra.Command{
		Use:   "outbox",
		Short: "Show what no service has taken yet, and what was given up",
		Long: `Show what no service has taken, the newest first: what is queued or tried again,
what is held until a service takes messages again, what was given up (dead), and
what waits for the end of quiet hours or for a digest. Stranded is what has no
channel to go to any more: it waits until its channel is back, or until

  tocsin outbox retry --channel NAME --to OTHER

moves it.`,
		Example: "  tocsin outbox\n  tocsin outbox --channel phone --state dead --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			query := url.Values{"limit": {strconv.Itoa(limit)}}
			for name, v := range map[string]string{"channel": channel, "state": state, "event_type": typ, "event_id": id, "since": since} {
				if v != "" {
					query.Set(name, v)
				}
			}
			answer := outboxAnswer{FormatVersion: 1}
			if err := a.ask(cmd.Context(), "GET", "/outbox", query, nil, &answer); err != nil {
				return err
			}
			return a.printOutbox(&answer)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&limit, "limit", 50, "rows to show")
	flags.StringVar(&channel, "channel", "", "only of a channel")
	flags.StringVar(&state, "state", "", "queued, sending, retry, held, unknown, dead, quiet or digest")
	flags.StringVar(&typ, "type", "", "only of an event type")
	flags.StringVar(&id, "event", "", "only of one event, by its id")
	flags.StringVar(&since, "since", "", "a time, or a span such as 24h")
	cmd.AddCommand(a.outboxRetryCommand())
	return cmd
}

type outboxAnswer struct {
	FormatVersion int            `json:"format_version"`
	Outbox        []event.Unsent `json:"outbox"`
	Total         int            `json:"total"`
	Summary       []event.Tally  `json:"summary"`
}

func (a *app) printOutbox(answer *outboxAnswer) error {
	if a.json {
		return a.printJSON(answer)
	}
	for _, line := range outboxSummary(answer.Summary) {
		fmt.Fprintln(a.out, line)
	}
	if answer.Total == 0 {
		return nil
	}
	fmt.Fprintln(a.out)
	now := time.Now()
	rows := [][]string{{"ID", "CHANNEL", "STATE", "SEVERITY", "TYPE", "TITLE", "AGE", "NEXT TRY", "REASON"}}
	for i := range answer.Outbox {
		u := &answer.Outbox[i]
		rows = append(rows, []string{
			u.ID.String(), u.Channel, string(u.State), u.Severity.String(), u.Type, short(u.Title, 40), age(u.Accepted, now), nextTry(u, now), reasonOf(u),
		})
	}
	table(a.out, rows)
	if answer.Total > len(answer.Outbox) {
		fmt.Fprintf(a.err, "%d of %d; --limit shows more\n", len(answer.Outbox), answer.Total)
	}
	return nil
}

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// age is how long ago something was, by two units. The clock of a daemon
// elsewhere may be ahead.
func age(since, now time.Time) string {
	return event.Duration(max(now.Sub(since), time.Second).Truncate(time.Second)).String()
}

// nextTry is when a message is tried or told next.
func nextTry(u *event.Unsent, now time.Time) string {
	at := u.Due
	if u.ID.Buffer != "" {
		at = u.Until
	}
	switch {
	case u.State == event.Dead, u.Stranded, at.IsZero():
		return "-"
	case !at.After(now):
		return "now"
	case at.Sub(now) < 12*time.Hour:
		return at.Local().Format("15:04:05")
	}
	return at.Local().Format("Mon 15:04")
}

// reasonOf says why a message was not sent yet.
func reasonOf(u *event.Unsent) string {
	switch {
	case u.Stranded:
		return "stranded: its channel is gone or off"
	case u.ID.Buffer == event.QuietBuffer:
		return "quiet hours"
	case u.ID.Buffer == event.DigestBuffer:
		return "told in the digest"
	}
	return short(u.Error, 70)
}
