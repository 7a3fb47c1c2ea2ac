package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"

	"tocsin/engine/event"
)

func (a *app) decisionsCommand() *cobra.Command {
	var limit int
	var id, typ, channel, stage, outcome, code, since string
	var follow bool
	cmd := &cobra.Command{
		Use:   "decisions",
		Short: "Show what stopped, held, changed or merged events, and why",
		Long: `Show the decisions about events that did not simply go out: at which stage, why,
with the values compared, and the file:line that decided. A flood of the same
decision is one row with a count. They are kept for 30 days.

With --follow those to come are shown as they are made, after those since --since
if that is given.`,
		Example: `  tocsin decisions --since 24h --outcome suppressed
  tocsin decisions --event 01JQ8X0Z7R3M --json
  tocsin decisions --channel phone --follow`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			query := url.Values{"limit": {strconv.Itoa(limit)}}
			for name, v := range map[string]string{"event": id, "type": typ, "channel": channel, "stage": stage, "outcome": outcome, "code": code, "since": since} {
				if v != "" {
					query.Set(name, v)
				}
			}
			if follow {
				f := follower{ask: a.askDecisions, print: a.printFollowed, warn: a.err}
				return f.run(cmd.Context(), query)
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
	flags.StringVar(&outcome, "outcome", "", "suppressed, held, folded, changed, passed or dead")
	flags.StringVar(&code, "code", "", "only with a reason, by its word in --json")
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
	why := short(d.Reason, 90)
	if d.Count > 1 {
		why += fmt.Sprintf(" ×%d", d.Count)
	}
	return []string{moment(d.Time), d.Type, orDash(d.Channel), d.Stage, d.Outcome, why, d.Place}
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func (a *app) printFollowed(d *event.Decision) error {
	if a.json {
		return a.printLine(d)
	}
	row := decisionRow(d)
	for i := range row {
		row[i] = oneLine(row[i])
	}
	_, err := fmt.Fprintf(a.out, "%s  %s  %s  %s %s: %s  %s\n", row[0], row[1], row[2], row[3], row[4], row[5], row[6])
	return err
}
