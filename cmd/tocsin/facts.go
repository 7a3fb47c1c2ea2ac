package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/cmd/internal/daemon"
	"tocsin/engine/event"
	"tocsin/sources/health"
)

func (a *app) factsCommand() *cobra.Command {
	var serve bool
	cmd := &cobra.Command{
		Use:   "facts [NAME]",
		Short: "Show what is known of this host, as checks of its health see it",
		Long: `Show what is known of this host, as checks of its health see it. NAME is a fact, read
in a source "health" as host.NAME; without one they are listed with their fields. No
daemon is needed. What only root may read is asked of the helper, where it runs.

With --serve this is the helper: it answers on the socket that systemd hands over, and
reads nothing but the facts that need root.`,
		Example: "  tocsin facts\n  tocsin facts mounts\n  tocsin facts disks --json",
		Args:    cobra.MaximumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, f := range health.Facts() {
				if len(args) == 0 {
					names = append(names, f.Name+"\t"+f.Doc)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case serve:
				return daemon.ServeFacts(cmd.Context(), slog.New(slog.NewTextHandler(a.err, nil)))
			case len(args) == 0:
				return a.listFacts()
			}
			return a.showFact(cmd.Context(), args[0])
		},
	}
	cmd.Flags().BoolVar(&serve, "serve", false, "answer on the socket from systemd")
	return cmd
}

// listFacts prints which facts there are.
func (a *app) listFacts() error {
	if a.json {
		list := []map[string]any{}
		for _, f := range health.Facts() {
			list = append(list, map[string]any{"name": f.Name, "doc": f.Doc, "list": f.Each, "key": f.Key, "root": f.Root, "fields": f.Fields})
		}
		return a.printJSON(map[string]any{"format_version": 1, "facts": list})
	}
	for i, f := range health.Facts() {
		if i > 0 {
			fmt.Fprintln(a.out)
		}
		fmt.Fprintf(a.out, "%s\n  %s\n  %s\n", f.Name, f.Doc, strings.Join(fieldsOf(f), ", "))
	}
	return nil
}

// fieldsOf lists the fields of a fact, the key first.
func fieldsOf(f health.Fact) []string {
	names := slices.Sorted(maps.Keys(f.Fields))
	if i := slices.Index(names, f.Key); i > 0 {
		names = slices.Insert(slices.Delete(names, i, i+1), 0, f.Key)
	}
	return names
}

// showFact reads one fact and prints its items.
func (a *app) showFact(ctx context.Context, name string) error {
	i := slices.IndexFunc(health.Facts(), func(f health.Fact) bool { return f.Name == name })
	if i < 0 {
		return &apiError{Message: fmt.Sprintf("there is no fact %q", name), Do: "tocsin facts lists them"}
	}
	f := health.Facts()[i]
	items, err := daemon.NewFacts(slog.New(slog.NewTextHandler(a.err, nil))).Read(ctx, name)
	if err != nil {
		return err
	}
	if a.json {
		if items == nil {
			items = []map[string]any{}
		}
		return a.printJSON(map[string]any{"format_version": 1, "fact": name, "items": items})
	}
	if len(items) == 0 {
		fmt.Fprintln(a.err, "nothing: this host has none")
		return nil
	}
	table(a.out, factRows(f, items))
	return nil
}

// factRows are the rows of a list, under the names of the fields that some item has,
// or of a fact that is no list a row for each field.
func factRows(f health.Fact, items []map[string]any) [][]string {
	fields := slices.DeleteFunc(fieldsOf(f), func(field string) bool {
		return !slices.ContainsFunc(items, func(item map[string]any) bool { _, has := item[field]; return has })
	})
	if !f.Each {
		var rows [][]string
		for _, field := range fields {
			rows = append(rows, []string{field, factText(items[0][field])})
		}
		return rows
	}
	rows := [][]string{strings.Split(strings.ToUpper(strings.Join(fields, " ")), " ")}
	for _, item := range items {
		row := make([]string, len(fields))
		for n, field := range fields {
			row[n] = factText(item[field])
		}
		rows = append(rows, row)
	}
	return rows
}

// factText writes a value as people read it.
func factText(v any) string {
	if n, isNumber := v.(float64); isNumber {
		return strconv.FormatFloat(math.Round(n*100)/100, 'f', -1, 64)
	}
	return event.Text(v)
}
