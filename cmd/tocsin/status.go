package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tocsin/api"
)

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

func (a *app) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show how the daemon is doing",
		Long: `Show how the daemon is doing. The exit status is 1 when something needs
attention: the configuration on disk is not the one in use, a channel fails,
messages are stranded on one that is gone or off, a source cannot read what it
watches, events cannot be kept or the history not be written, or the heartbeat
is not heard or tells of trouble.`,
		Example: "  tocsin status\n  tocsin status --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var st api.Status
			if err := a.ask(cmd.Context(), "GET", "/status", nil, nil, &st); err != nil {
				return err
			}
			if a.json {
				if err := a.printJSON(st); err != nil {
					return err
				}
			} else if err := a.printStatus(cmd.Context(), &st); err != nil {
				return err
			}
			if needsAttention(&st) {
				return errNo
			}
			return nil
		},
	}
}

func needsAttention(st *api.Status) bool {
	beats := st.Heartbeat == nil || st.Heartbeat.Degraded == "" && st.Heartbeat.Error == ""
	ails := slices.ContainsFunc(st.Sources, func(c api.Collector) bool { return c.State != "ok" })
	led := st.Role == "" || slices.ContainsFunc(st.Nodes, func(n api.Node) bool { return n.Judges })
	shown := st.Certificate == nil || st.Certificate.Problem == "" && time.Now().Before(st.Certificate.Expires)
	return !led || !shown || st.Config.State != "ok" || st.Store != "ok" || st.History != nil || len(st.Failing)+len(st.Stranded) > 0 || !beats || ails
}

func (a *app) printStatus(ctx context.Context, st *api.Status) error {
	sending := "yes"
	if !st.Enabled {
		sending = "no: tocsin.enabled is false, nothing is dispatched"
	}
	config := fmt.Sprintf("%s, in use since %s", st.Config.Folder, moment(st.Config.Loaded))
	if st.Config.State != "ok" {
		config = fmt.Sprintf("the files have errors; the version of %s goes on", moment(st.Config.Loaded))
	}
	rows := [][]string{
		{"tocsin", st.Version + ", up since " + moment(st.Started)},
		{"host", st.DisplayName},
		{"sending", sending},
		{"configuration", config},
		{"store", storeWords(st)},
		{"channels", fmt.Sprint(st.Channels)},
		{"waiting", fmt.Sprintf("%d messages, %d given up", st.Waiting, st.Dead)},
	}
	if st.Role != "" {
		rows = append(rows, []string{"role", roleWords(st)}, []string{"nodes", nodeWords(st.Nodes)})
	}
	if st.History != nil {
		rows = append(rows, []string{"history", historyWords(st.History)})
	}
	if st.Certificate != nil {
		rows = append(rows, []string{"certificate", certificateWords(st.Certificate)})
	}
	if len(st.Failing) > 0 {
		rows = append(rows, []string{"failing", strings.Join(st.Failing, ", ")})
	}
	if len(st.Stranded) > 0 {
		rows = append(rows, []string{"stranded", strings.Join(st.Stranded, ", ")})
	}
	if st.Heartbeat != nil {
		rows = append(rows, []string{"heartbeat", heartbeatWords(st.Heartbeat)})
	}
	for _, s := range st.Sources {
		rows = append(rows, []string{"source " + s.Name, sourceWords(&s)})
	}
	table(a.out, rows)
	for _, e := range st.Config.Errors {
		fmt.Fprintln(a.out, "  "+clean(e))
	}
	if len(st.Failing)+len(st.Stranded) == 0 {
		return nil
	}
	var answer channelsAnswer
	if err := a.ask(ctx, "GET", "/channels", nil, nil, &answer); err != nil {
		return err
	}
	a.printTroubles(answer.Channels)
	return nil
}

// sourceWords tells how a source is doing.
func sourceWords(s *api.Collector) string {
	words := fmt.Sprintf("%d events since %s", s.Events, moment(s.Since))
	if s.Last != nil {
		words += ", the last at " + moment(*s.Last)
	}
	if s.State != "ok" {
		words = "failing since " + moment(s.Since) + ": " + clean(s.Reason)
	}
	return words
}

// storeWords tells how the store is doing, and which it is.
func storeWords(st *api.Status) string {
	if st.Store != "ok" {
		return st.Store
	}
	return "ok, " + st.Place
}

// roleWords tells whether this node judges, and who else does.
func roleWords(st *api.Status) string {
	if st.Role == api.Judges {
		return "judges"
	}
	for _, n := range st.Nodes {
		if n.Judges {
			return "stands by; " + n.Host + " judges"
		}
	}
	return "stands by; nobody judges at the moment: what is accepted waits"
}

func nodeWords(nodes []api.Node) string {
	var words []string
	for _, n := range nodes {
		word := fmt.Sprintf("%s %s, up since %s", n.Host, n.Version, moment(n.Started))
		if n.Self {
			word += " (this one)"
		}
		words = append(words, word)
	}
	return strings.Join(words, "; ")
}

// historyWords tells what is missing in the records.
func historyWords(h *api.Records) string {
	return fmt.Sprintf("not written since %s, messages are delivered all the same: %s (%d rows lost in %s)",
		moment(h.Since), h.Why, h.Lost, strings.Join(h.Tables, ", "))
}

// certificateWords tells how long the certificate is good.
func certificateWords(c *api.Certificate) string {
	words := "good until " + moment(c.Expires)
	if c.Expires.Before(time.Now()) {
		words = "expired at " + moment(c.Expires)
	}
	if c.Problem != "" {
		words += "; the changed files are not in use: " + c.Problem
	}
	return words
}

// heartbeatWords tells how the heartbeat is doing.
func heartbeatWords(h *api.Heartbeat) string {
	words := "never heard to say that all is well"
	if h.Last != nil {
		words = "all well at " + moment(*h.Last)
	}
	if h.Degraded != "" {
		words += ", tells of trouble: " + h.Degraded
	}
	if h.Error != "" {
		words += ", not heard: " + h.Error
	}
	return words
}

func (a *app) reloadCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "reload",
		Short:   "Use the configuration files as they are now",
		Long:    "Use the configuration files as they are now. When they have errors, the exit\nstatus is 1 and the version in use goes on.",
		Example: "  tocsin reload\n  tocsin reload --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var result api.ReloadResult
			if err := a.ask(cmd.Context(), "POST", "/reload", nil, struct{}{}, &result); err != nil {
				return err
			}
			switch {
			case a.json:
				if err := a.printJSON(result); err != nil {
					return err
				}
			case !result.OK:
				fmt.Fprint(a.err, result.Text)
			case result.Changed:
				fmt.Fprintln(a.out, "reloaded")
			default:
				fmt.Fprintln(a.out, "nothing changed")
			}
			if !result.OK {
				return errNo
			}
			return nil
		},
	}
}
