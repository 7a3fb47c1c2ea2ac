package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/api"
	"tocsin/engine/event"
)

func (a *app) eventsCommand() *cobra.Command {
	var group string
	cmd := &cobra.Command{
		Use:     "events [TYPE]",
		Short:   "List the event types that are loaded",
		Example: "  tocsin events\n  tocsin events --group backups",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var answer struct {
				Events []api.CatalogueEntry `json:"events"`
			}
			if err := a.ask(cmd.Context(), "GET", "/events", nil, nil, &answer); err != nil {
				return err
			}
			var chosen []api.CatalogueEntry
			for _, e := range answer.Events {
				if (group == "" || e.Group == group) && (len(args) == 0 || e.Type == args[0]) {
					chosen = append(chosen, e)
				}
			}
			if len(chosen) == 0 {
				return fmt.Errorf("no such event type is loaded: tocsin events lists them")
			}
			return a.printEvents(chosen, len(args) == 1)
		},
	}
	cmd.Flags().StringVar(&group, "group", "", "only those of a group")
	return cmd
}

func (a *app) printEvents(list []api.CatalogueEntry, one bool) error {
	if a.json {
		return a.printJSON(map[string]any{"format_version": 1, "events": list})
	}
	if one {
		return a.printEvent(&list[0])
	}
	rows := [][]string{{"", "TYPE", "GROUP", "SEVERITY", "ON", "WHAT IT SAYS"}}
	for _, e := range list {
		rows = append(rows, []string{e.Icon, e.Type, e.Group, e.Severity.String(), yesNo(e.Enabled), e.Summary})
	}
	table(a.out, rows)
	return nil
}

func (a *app) printEvent(e *api.CatalogueEntry) error {
	fields := make([]string, 0, len(e.Fields))
	for name, kind := range e.Fields {
		fields = append(fields, name+" ("+kind+")")
	}
	table(a.out, [][]string{
		{e.Icon + " " + e.Type, e.Summary},
		{"group", e.Group}, {"severity", e.Severity.String()}, {"on", yesNo(e.Enabled)},
		{"fields", strings.Join(sorted(fields), ", ")}, {"from", fmt.Sprintf("%s:%d", e.Source.File, e.Source.Line)},
	})
	return nil
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func (a *app) channelsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "channels",
		Short:   "Show the channels and how they are doing",
		Example: "  tocsin channels\n  tocsin channels test phone",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var answer channelsAnswer
			if err := a.ask(cmd.Context(), "GET", "/channels", nil, nil, &answer); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"format_version": 1, "channels": answer.Channels})
			}
			a.printChannels(answer.Channels)
			return nil
		},
	}
	cmd.AddCommand(a.channelsTestCommand())
	return cmd
}

type channelsAnswer struct {
	Channels []api.ChannelState `json:"channels"`
}

func (a *app) printChannels(list []api.ChannelState) {
	rows := [][]string{{"CHANNEL", "KIND", "STATE", "WAITING", "HELD", "DEAD", "FROM", "REASON"}}
	for i := range list {
		c := &list[i]
		from := "-"
		if c.Source.File != "" {
			from = fmt.Sprintf("%s:%d", c.Source.File, c.Source.Line)
		}
		rows = append(rows, []string{
			c.Name, c.Kind, c.State, strconv.Itoa(c.Queue.Waiting), heldWords(&c.Queue), strconv.Itoa(c.Queue.Dead), from, short(c.Reason, 60),
		})
	}
	table(a.out, rows)
	a.printTroubles(list)
}

// heldWords tells what a channel is not told yet: "3 until 07:00".
func heldWords(q *api.Queue) string {
	var parts []string
	for _, b := range []*api.Buffer{q.Quiet, q.Digest} {
		if b == nil {
			continue
		}
		text := strconv.Itoa(b.Messages)
		if b.At != nil {
			text += " until " + b.At.Local().Format("Mon 15:04")
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return "0"
	}
	return strings.Join(parts, ", ")
}

func (a *app) channelsTestCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:     "test NAME",
		Short:   "Send a test message over a channel",
		Example: "  tocsin channels test phone\n  tocsin channels test --all",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if all == (len(args) == 1) {
				return fmt.Errorf("name one channel, or say --all")
			}
			body := map[string]any{}
			if len(args) == 1 {
				body["channel"] = args[0]
			}
			var answer struct {
				Results []api.TestResult `json:"results"`
			}
			if err := a.ask(cmd.Context(), "POST", "/test", nil, body, &answer); err != nil {
				return err
			}
			return a.printTests(answer.Results)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "every channel")
	return cmd
}

func (a *app) printTests(results []api.TestResult) error {
	failed := false
	for _, r := range results {
		failed = failed || !r.Success
	}
	if a.json {
		if err := a.printJSON(map[string]any{"format_version": 1, "results": results}); err != nil {
			return err
		}
	} else {
		for _, r := range results {
			if r.Success {
				fmt.Fprintf(a.out, "%s: delivered in %d ms\n", r.Channel, r.Latency)
				continue
			}
			fmt.Fprintf(a.out, "%s: failed[%s]: %s\n  do: %s\n", r.Channel, r.Error.Code, clean(r.Error.Why), clean(r.Error.Do))
		}
	}
	if failed {
		return errNo
	}
	return nil
}

func (a *app) historyCommand() *cobra.Command {
	var limit int
	filter := map[string]*string{}
	var again resendFlags
	cmd := &cobra.Command{
		Use:   "history",
		Short: "Show what was sent and what failed, and send it again",
		Long: `Show what was sent and what failed, an attempt a row. With --resend messages are
sent again by the ids of their rows, with --resend-all those that the filters
choose, at most 1,000: each message once, however often it was tried, and none that
still waits in the outbox. It shows how many go where, and asks; what comes says
that it was sent again by hand.`,
		Example: `  tocsin history --channel phone --status failed --since 24h
  tocsin history --resend 812 813
  tocsin history --since 2h --channel phone --resend-all --to mail`,
		RunE: func(cmd *cobra.Command, args []string) error {
			chosen := map[string]string{}
			for name, v := range filter {
				if *v != "" {
					chosen[name] = *v
				}
			}
			wanted, err := again.wanted(args, chosen, cmd.Flags().Changed("limit"))
			switch {
			case err != nil:
				return err
			case wanted:
				return a.resend(cmd.Context(), &again, args, chosen)
			}
			return a.showHistory(cmd.Context(), limit, chosen)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&limit, "limit", 20, "rows to show")
	for _, f := range [][3]string{
		{"channel", "channel", "only of a channel"}, {"severity", "severity", "only of a severity"}, {"type", "type", "only of an event type"},
		{"status", "status", "ok or failed"}, {"since", "since", "a time, or a span such as 24h"}, {"until", "until", "a time, or a span such as 24h"},
		{"q", "search", "part of the title or message"},
	} {
		filter[f[0]] = flags.String(f[1], "", f[2])
	}
	again.add(cmd)
	return cmd
}

func (a *app) showHistory(ctx context.Context, limit int, filter map[string]string) error {
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	for name, v := range filter {
		query.Set(name, v)
	}
	var answer historyAnswer
	if err := a.ask(ctx, "GET", "/history", query, nil, &answer); err != nil {
		return err
	}
	return a.printHistory(&answer)
}

type historyAnswer struct {
	FormatVersion int              `json:"format_version"`
	History       []event.Delivery `json:"history"`
	Total         int              `json:"total"`
}

func (a *app) printHistory(answer *historyAnswer) error {
	if a.json {
		answer.FormatVersion = 1
		return a.printJSON(answer)
	}
	rows := [][]string{{"ID", "SENT", "CHANNEL", "SEVERITY", "TYPE", "TITLE", "RESULT"}}
	for _, d := range answer.History {
		result := "delivered"
		if d.Success && d.Error != "" {
			result += "; " + short(d.Error, 60)
		}
		if !d.Success {
			result = fmt.Sprintf("attempt %d failed: %s", d.Attempt, short(d.Error, 60))
		}
		rows = append(rows, []string{strconv.FormatInt(d.ID, 10), moment(d.SentAt), d.Channel, d.Severity.String(), d.Type, short(d.Title, 48), result})
	}
	table(a.out, rows)
	if answer.Total > len(answer.History) {
		fmt.Fprintf(a.err, "%d of %d; --limit shows more\n", len(answer.History), answer.Total)
	}
	return nil
}
