package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"tocsin/engine/event"
)

func (a *app) decisionsCommand() *cobra.Command {
	var limit int
	var id, typ, channel, stage, outcome, since string
	var follow bool
	cmd := &cobra.Command{
		Use:   "decisions",
		Short: "Show what stopped, held, changed or merged events, and why",
		Long: `Show the decisions about events that did not simply go out: at which stage, why,
with the values compared, and the file:line that decided. A flood of the same
decision is one row with a count. They are kept for 30 days.`,
		Example: `  tocsin decisions --since 24h --outcome suppressed
  tocsin decisions --event 01JQ8X0Z7R3M --json
  tocsin decisions --channel phone --follow`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			query := url.Values{"limit": {strconv.Itoa(limit)}}
			for name, v := range map[string]string{"event": id, "type": typ, "channel": channel, "stage": stage, "outcome": outcome, "since": since} {
				if v != "" {
					query.Set(name, v)
				}
			}
			if follow {
				return a.followDecisions(cmd.Context(), query)
			}
			answer, err := a.askDecisions(cmd.Context(), query)
			if err != nil {
				return err
			}
			return a.printDecisions(answer)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&limit, "limit", 20, "rows to show")
	flags.StringVar(&id, "event", "", "only about one event, by its id")
	flags.StringVar(&typ, "type", "", "only about an event type")
	flags.StringVar(&channel, "channel", "", "only of a channel")
	flags.StringVar(&stage, "stage", "", "only of a stage: rules, silence, dedup, cooldown, burst, channel, quiet, digest …")
	flags.StringVar(&outcome, "outcome", "", "suppressed, held, folded, changed or passed")
	flags.StringVar(&since, "since", "", "a time, or a span such as 24h")
	flags.BoolVar(&follow, "follow", false, "go on with those to come, until Ctrl-C")
	return cmd
}

type decisionsAnswer struct {
	FormatVersion int              `json:"format_version"`
	Decisions     []event.Decision `json:"decisions"`
	Total         int              `json:"total"`
}

func (a *app) askDecisions(ctx context.Context, query url.Values) (*decisionsAnswer, error) {
	answer := &decisionsAnswer{FormatVersion: 1}
	return answer, a.ask(ctx, "GET", "/decisions", query, nil, answer)
}

func (a *app) printDecisions(answer *decisionsAnswer) error {
	if a.json {
		return a.printJSON(answer)
	}
	rows := [][]string{{"TIME", "EVENT", "CHANNEL", "STAGE", "OUTCOME", "WHY", "FROM"}}
	for i := range answer.Decisions {
		rows = append(rows, decisionRow(&answer.Decisions[i]))
	}
	table(a.out, rows)
	if answer.Total > len(answer.Decisions) {
		fmt.Fprintf(a.err, "%d of %d; --limit shows more\n", len(answer.Decisions), answer.Total)
	}
	return nil
}

func decisionRow(d *event.Decision) []string {
	why := d.Reason
	if d.Count > 1 {
		why += fmt.Sprintf(" ×%d", d.Count)
	}
	return []string{moment(d.Time), d.Type, orDash(d.Channel), d.Stage, d.Outcome, short(why, 90), d.Place}
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// followEvery is how often new decisions are asked for.
const followEvery = time.Second

// followDecisions prints decisions as they are made. They are kept within a
// second of that, so that a row may come late but not twice.
func (a *app) followDecisions(ctx context.Context, query url.Values) error {
	seen := map[event.Decision]time.Time{}
	query.Set("limit", "1000")
	if query.Get("since") == "" {
		query.Set("since", time.Now().Format(time.RFC3339Nano))
	}
	ticker := time.NewTicker(followEvery)
	defer ticker.Stop()
	for {
		answer, err := a.askDecisions(ctx, query)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		slices.Reverse(answer.Decisions)
		for i := range answer.Decisions {
			d := answer.Decisions[i]
			if _, known := seen[d]; known {
				continue
			}
			seen[d] = d.Time
			if err := a.followed(&d); err != nil {
				return err
			}
		}
		query.Set("since", time.Now().Add(-followBack).Format(time.RFC3339Nano))
		forget(seen, time.Now().Add(-2*followBack))
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// followBack is how far back new decisions are looked for.
const followBack = 10 * time.Second

func (a *app) followed(d *event.Decision) error {
	if a.json {
		return a.printLine(d)
	}
	row := decisionRow(d)
	_, err := fmt.Fprintf(a.out, "%s  %s  %s  %s %s: %s  %s\n", row[0], oneLine(row[1]), oneLine(row[2]), row[3], row[4], row[5], row[6])
	return err
}

// forget drops what is older than a moment.
func forget(seen map[event.Decision]time.Time, before time.Time) {
	for d, at := range seen {
		if at.Before(before) {
			delete(seen, d)
		}
	}
}
