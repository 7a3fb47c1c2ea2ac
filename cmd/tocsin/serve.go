package main

import (
	"errors"
	"log/slog"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"tocsin/cmd/internal/daemon"
)

func (a *app) serveCommand() *cobra.Command {
	var listen, root string
	var strict, verbose bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the daemon",
		Long: `Run the daemon: take events, decide by the configuration folder, deliver.

Edits of the folder are in use within a second. A broken edit changes nothing:
the last good version goes on, also after a restart, and every surface says so.`,
		Example: `  tocsin serve
  tocsin serve --config ./conf --data ./data --listen 127.0.0.1:8009`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			// A log that nobody reads any more, as when journald starts anew, must
			// not end the daemon.
			signal.Ignore(syscall.SIGPIPE)
			limitMemory()
			level := slog.LevelInfo
			if verbose {
				level = slog.LevelDebug
			}
			d, err := daemon.New(cmd.Context(), daemon.Options{
				Config: a.config, Data: a.data, Listen: listen, Strict: strict, Version: version(), Proxmox: "/", Root: root,
				Out: a.out, Err: a.err, Log: slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: level})),
			})
			if err != nil {
				return err
			}
			err = d.Run(cmd.Context())
			// Said here: its exit status is 1, so that it is started again.
			if errors.Is(err, daemon.ErrPanics) || errors.Is(err, daemon.ErrDamaged) {
				a.printError(err)
				return errNo
			}
			return err
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "", "address to listen on, in place of api.listen")
	cmd.Flags().StringVar(&root, "root", envOr("TOCSIN_ROOT", "/"), "folder in place of / of the host whose health is watched, as in a container")
	cmd.Flags().BoolVar(&strict, "strict", false, "refuse to start with a configuration that has errors")
	cmd.Flags().BoolVar(&verbose, "verbose", false, "log suppressed events, too")
	return cmd
}
