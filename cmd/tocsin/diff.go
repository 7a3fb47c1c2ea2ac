package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tocsin/cmd/internal/daemon"
	"tocsin/engine/event"
	"tocsin/rules/diag"
	"tocsin/rules/textdiff"
)

func (a *app) diffCommand() *cobra.Command {
	var replay, change string
	cmd := &cobra.Command{
		Use:   "diff",
		Short: "Show what the files on disk change, against what runs",
		Long: `Compare the configuration folder with the configuration that the daemon runs, or ran
last: the lines, the blocks, what waits for channels that are gone, and with --replay
what either makes of the events that were recorded meanwhile. With --change it is what a
saved change did. Literal secrets are masked. The exit status is 1 when they differ.`,
		Example: "  tocsin diff\n  tocsin diff --replay 7d\n  tocsin diff --change 12",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if change != "" {
				return a.printChange(a.out, change)
			}
			var span time.Duration
			if replay != "" {
				var ok bool
				if span, ok = event.ParseDuration(replay); !ok || span <= 0 {
					return fmt.Errorf(`--replay takes a span such as "7d", not %q`, replay)
				}
			}
			d, err := a.difference(cmd.Context(), span)
			if err != nil {
				return err
			}
			if a.json {
				err = a.printJSON(d)
			} else {
				d.print(a)
			}
			if err == nil && d.Differs {
				return errNo
			}
			return err
		},
	}
	cmd.Flags().StringVar(&change, "change", "", "show what the saved change with that number did")
	cmd.Flags().StringVar(&replay, "replay", "", "judge the events of that time again, with both")
	return cmd
}

// difference is what the files on disk change.
type difference struct {
	FormatVersion int             `json:"format_version"`
	Differs       bool            `json:"differs"`
	Running       time.Time       `json:"running_since"`
	Files         []fileDiff      `json:"files"`
	Blocks        []daemon.Change `json:"blocks"`
	Errors        int             `json:"errors"` // of the files on disk
	Warnings      int             `json:"warnings"`
	Replay        *daemon.Replay  `json:"replay,omitempty"`

	disk *daemon.Offline
}

type fileDiff struct {
	Path string `json:"path"`
	Diff string `json:"diff"` // unified; empty: only a literal secret differs
}

func (a *app) difference(ctx context.Context, span time.Duration) (*difference, error) {
	running, since, err := daemon.CompileRunning(a.data, a.config)
	switch {
	case err != nil:
		return nil, err
	case running == nil:
		return nil, fmt.Errorf("no configuration has run from %s yet: start the daemon, or name its data folder with --data", a.data)
	}
	disk, err := daemon.Compile(a.config, a.data, false)
	if err != nil {
		return nil, err
	}
	disk.TellWaiting(ctx, a.data)
	d := &difference{FormatVersion: 1, Running: since, disk: disk, Files: []fileDiff{}}
	d.Errors, d.Warnings = diag.Count(disk.Diags)
	before, after := running.Masked(), disk.Masked()
	for _, path := range daemon.ChangedFiles(running.Texts, disk.Texts) {
		d.Files = append(d.Files, fileDiff{path, textdiff.Unified("running/"+path, "disk/"+path, before[path], after[path])})
	}
	d.Blocks = daemon.CompareBlocks(running.Texts, disk.Texts)
	d.Differs = len(d.Files) > 0
	if span > 0 && running.Config != nil && disk.Config != nil {
		d.Replay, err = daemon.ReplayEvents(ctx, a.data, time.Now().Add(-span), running.Config, disk.Config)
	}
	return d, err
}

func (d *difference) print(a *app) {
	if !d.Differs {
		fmt.Fprintf(a.out, "nothing differs from what runs since %s\n", moment(d.Running))
	}
	for _, f := range d.Files {
		if f.Diff == "" {
			fmt.Fprintf(a.out, "%s: only a secret written in it differs\n", clean(f.Path))
		}
		fmt.Fprint(a.out, clean(f.Diff))
	}
	if len(d.Blocks) > 0 {
		fmt.Fprintf(a.out, "\nAgainst what runs since %s:\n", moment(d.Running))
		var rows [][]string
		for _, c := range d.Blocks {
			rows = append(rows, []string{c.What, c.Block, c.Place})
		}
		var b strings.Builder
		table(&b, rows)
		fmt.Fprint(a.out, indent(b.String(), "  "))
	}
	if d.Errors+d.Warnings+len(d.disk.Notes) > 0 {
		fmt.Fprintln(a.out)
		_ = d.disk.Print(a.out, a.colour()) // the terminal is gone: nobody reads it
	}
	if d.Replay != nil {
		printReplay(a, d.Replay)
	}
}

func printReplay(a *app, r *daemon.Replay) {
	fmt.Fprintf(a.out, "\n%d events since %s, judged by both:\n", r.Events, moment(r.Since))
	rows := [][]string{{"CHANNEL", "RUNNING", "DISK"}}
	names := slices.Collect(maps.Keys(r.Before))
	for name := range r.After {
		if _, known := r.Before[name]; !known {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		rows = append(rows, []string{name, strconv.Itoa(r.Before[name]), strconv.Itoa(r.After[name])})
	}
	var b strings.Builder
	table(&b, rows)
	fmt.Fprint(a.out, indent(b.String(), "  "))
	if r.Differ == 0 {
		fmt.Fprintln(a.out, "  every event fares alike")
		return
	}
	fmt.Fprintf(a.out, "  otherwise fare %d:\n", r.Differ)
	for _, s := range r.Samples {
		title := s.Title
		if title != "" {
			title = " " + short(title, 50)
		}
		fmt.Fprintf(a.out, "    %s %s%s: %s was %s, would be %s\n", moment(s.Time), oneLine(s.Type), title, oneLine(s.Channel), s.Before, s.After)
	}
	if r.More {
		fmt.Fprintln(a.out, "    …")
	}
}
