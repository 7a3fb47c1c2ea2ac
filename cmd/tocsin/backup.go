package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"tocsin/cmd/internal/daemon"
	"tocsin/engine/event"
	"tocsin/engine/store"
	"tocsin/rules"
)

func (a *app) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the database, also while the daemon runs",
		Long: `Copy the database to a file: what waits to be sent, what is remembered, tokens, history
and decisions, as they are at one moment. The daemon goes on meanwhile. The copy is
looked through and on the disk when the command ends. For a store in PostgreSQL the
command tells how pg_dump is called, which does the same.

An existing file is not overwritten. The exit status is 1 when the database is damaged:
there is no whole copy of it. The configuration is not in the database; back up its
folder as well.

To restore one, stop the daemon, move the files of the data folder that begin with
tocsin.db elsewhere, put the copy there as tocsin.db, owned by the user of tocsin, and
start the daemon.`,
		Example: `  tocsin backup /var/backups/tocsin-monday.db
  tocsin backup --json tocsin.db.copy`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if a.addr != "" {
				return errors.New("backup reads the files of this host: run it on the host of the daemon, without --addr")
			}
			b, err := daemon.Backup(cmd.Context(), a.storeConfig(), a.data, args[0])
			if store.IsDamaged(err) { // an answer: there is no whole copy
				a.printError(err)
				return errNo
			}
			if err != nil {
				return err
			}
			return a.printBackup(b)
		},
	}
}

// storeConfig returns the configuration that says where the store is: the one
// that the daemon runs, or ran last, before the files as they are now.
func (a *app) storeConfig() *rules.Config {
	if o, _, err := daemon.CompileRunning(a.data, a.config); err == nil && o != nil && o.Config != nil {
		return o.Config
	}
	if o, err := daemon.Compile(a.config, a.data, false); err == nil {
		return o.Config
	}
	return nil
}

func (a *app) printBackup(b *store.Backup) error {
	if a.json {
		return a.printJSON(struct {
			FormatVersion int `json:"format_version"`
			*store.Backup
		}{1, b})
	}
	fmt.Fprintf(a.out, "%s: %s, schema %d\n", clean(b.Path), event.Bytes(b.Bytes), b.Schema)
	rows := [][]string{{"TABLE", "ROWS"}}
	for _, t := range b.Tables {
		if t.Rows > 0 {
			rows = append(rows, []string{t.Table, fmt.Sprint(t.Rows)})
		}
	}
	table(a.out, rows)
	return nil
}
