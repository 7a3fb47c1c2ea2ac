package main

import (
	"github.com/spf13/cobra"

	"tocsin/cmd/internal/daemon"
)

func (a *app) checkCommand() *cobra.Command {
	var opts daemon.CheckOptions
	cmd := &cobra.Command{
		Use:   "check [DIR]",
		Short: "Check a configuration folder",
		Long: `Check a configuration folder and print every error and warning with its place and
a remedy. The exit status is 1 when there are errors, or with --strict warnings.
No daemon is needed, and nothing is changed.

Where the data folder holds messages that wait for a channel which the folder has
not, or has switched off, that is a warning: nobody would be told of them. With
--data '' no data folder is looked at.`,
		Example: `  tocsin check
  tocsin check ./conf --no-secrets --format github
  tocsin check /srv/checkout --data /var/lib/tocsin`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Config, opts.Data, opts.Out, opts.Colour = a.config, a.data, a.out, a.colour()
			opts.Version = version()
			if len(args) == 1 {
				opts.Config = args[0]
			}
			if a.json {
				opts.Format = "json"
			}
			ok, err := daemon.Check(cmd.Context(), opts)
			if err != nil {
				return err
			}
			if !ok {
				return errNo
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.Format, "format", "human", "human, json, github or sarif")
	flags.BoolVar(&opts.Strict, "strict", false, "warnings count as errors")
	flags.BoolVar(&opts.NoSecrets, "no-secrets", false, "do not ask for secrets, nor for programs that channels need, as in a test away from the host")
	return cmd
}
