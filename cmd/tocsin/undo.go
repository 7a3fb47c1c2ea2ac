package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/rules/save"
)

func (a *app) undoCommand() *cobra.Command {
	e := &editing{app: a}
	var list bool
	cmd := &cobra.Command{
		Use:   "undo [ID]",
		Short: "Take a saved change back",
		Long: `Take the last saved change back, or the one with a number. Later changes stay: only
what it did is taken out of the files, unless something changed the same lines since,
which is told. Undoing is a change of its own. The last 50 are kept.`,
		Example: "  tocsin undo\n  tocsin undo --list\n  tocsin undo 12 --dry-run",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if list {
				return e.list()
			}
			id := ""
			if len(args) == 1 {
				id = args[0]
			} else if changes, err := e.desk().Changes(); err != nil {
				return err
			} else if len(changes) == 0 {
				return fmt.Errorf("no change is recorded in %s: those made by hand are git's to take back", e.data)
			} else {
				id = changes[0].ID
			}
			return e.request(cmd.Context(), save.Request{Undo: id, Note: e.note, SkipTests: e.skipTests})
		},
	}
	e.flags(cmd)
	cmd.Flags().BoolVar(&list, "list", false, "list the changes that are kept")
	return cmd
}

// list prints the changes that are kept.
func (e *editing) list() error {
	changes, err := e.desk().Changes()
	if err != nil {
		return err
	}
	if e.json {
		if changes == nil {
			changes = []*save.Change{}
		}
		return e.printJSON(map[string]any{"format_version": 1, "changes": changes})
	}
	if len(changes) == 0 {
		fmt.Fprintln(e.err, "no change is recorded yet")
		return nil
	}
	rows := [][]string{{"ID", "WHEN", "WHO", "FILES", "WHAT"}}
	for _, c := range changes {
		var files []string
		for _, f := range c.Files {
			files = append(files, f.Path)
		}
		rows = append(rows, []string{c.ID, moment(c.At), c.By, short(cmp.Or(strings.Join(files, ", "), "secrets"), 30), short(c.Title(), 70)})
	}
	table(e.out, rows)
	return nil
}

// printChange prints what one saved change did.
func (a *app) printChange(w io.Writer, id string) error {
	e := &editing{app: a}
	c, err := e.desk().Change(id)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"format_version": 1, "change": c, "diff": c.Diff()})
	}
	fmt.Fprintf(w, "change %s, %s, by %s\n", c.ID, moment(c.At), oneLine(c.By))
	if c.Note != "" {
		fmt.Fprintf(w, "  %s\n", oneLine(c.Note))
	}
	for _, line := range c.Effects {
		fmt.Fprintf(w, "  %s\n", oneLine(line))
	}
	fmt.Fprintf(w, "\n%s", clean(c.Diff()))
	return nil
}
