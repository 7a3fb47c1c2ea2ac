package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"tocsin/cmd/internal/daemon"
)

func (a *app) probeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "probe KIND NAME",
		Short: "Look once with a source that looks now and then",
		Long: `Look once with a source of the kinds command, http, file and cert, also with one
that is switched off, and print as JSON what was found (long texts are cut) and the
events that the very first look would raise. What holds only at a change, such as a
condition over result.changed, holds at no first look.

The look is made as the user who asks: what the daemon's user may read and run can be
less. Nothing is sent and nothing is kept.`,
		Example: `  tocsin probe file cluster_nodes
  tocsin probe command updates_pending --config ./conf`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			compiled, err := daemon.Compile(a.config, a.data, true)
			if err != nil {
				return err
			}
			config, err := compiled.Usable(a.err, false)
			if err != nil {
				return err
			}
			found, err := daemon.Probe(cmd.Context(), config, args[0], args[1])
			if err != nil {
				return err
			}
			out := json.NewEncoder(a.out)
			out.SetEscapeHTML(false)
			out.SetIndent("", "  ")
			return out.Encode(found)
		},
	}
}
