package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"tocsin/engine/event"
	"tocsin/sources/boot"
	"tocsin/sources/boot/host"
)

// bootName is the file in the data folder that holds the last boot that was
// announced.
const bootName = "boot"

const (
	// partingWait is how long the end of the host waits for its news to go out.
	partingWait = 5 * time.Second

	// youngHost is how long a host may be up whose boots nobody noted: on one that is
	// older, tocsin was installed and the host did not start.
	youngHost = 10 * time.Minute
)

func (a *app) announceCommand() *cobra.Command {
	var root string
	cmd := &cobra.Command{
		Use:   "announce startup|shutdown",
		Short: "Tell that the host has started, or that it goes down",
		Long: `Tell that the host has started, or that it goes down. tocsin-announce.service
does both, so hardly anybody needs it by hand.

startup waits until guests and units have started, for five minutes at most, and
raises system_startup with what came up and what did not; once for each boot,
however often it is called. shutdown asks systemd whether the host goes down, raises
system_reboot or system_shutdown, and waits five seconds for the deliveries; when
only a service is restarted, it does nothing.`,
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"startup", "shutdown"},
		RunE: func(cmd *cobra.Command, args []string) error {
			h := host.New(root, "systemctl")
			if args[0] == "startup" {
				return a.announceStart(cmd.Context(), h)
			}
			return a.announceEnd(cmd.Context(), h)
		},
	}
	cmd.Flags().StringVar(&root, "root", "/", "folder in place of /")
	return cmd
}

// announceStart reports a boot that was not reported before.
func (a *app) announceStart(ctx context.Context, h *host.Host) error {
	id, up, err := h.Boot()
	if err != nil {
		return err
	}
	path := filepath.Join(a.data, bootName)
	last, err := os.ReadFile(path)
	switch {
	case err == nil && string(last) == id:
		fmt.Fprintln(a.err, "this boot was announced before")
		return nil
	case errors.Is(err, fs.ErrNotExist) && up > youngHost:
		fmt.Fprintln(a.err, "the host started a while ago: boots are announced from the next one on")
		return a.noteBoot(path, id)
	}
	facts, err := h.Settle(ctx)
	if err != nil {
		return err
	}
	if err := a.send(ctx, bodyOf(boot.Report(facts)), 0); err != nil {
		return err
	}
	return a.noteBoot(path, id)
}

// announceEnd tells that the host goes down, when it does.
func (a *app) announceEnd(ctx context.Context, h *host.Host) error {
	typ, err := h.Ending(ctx)
	if err != nil {
		return err
	}
	if typ == "" {
		fmt.Fprintln(a.err, "the host does not go down: nothing to tell")
		return nil
	}
	return a.send(ctx, bodyOf(&event.Incoming{Type: typ}), partingWait)
}

func bodyOf(in *event.Incoming) map[string]any {
	return map[string]any{"event_type": in.Type, "severity": in.Severity, "data": in.Data}
}

// noteBoot keeps what was announced. It is swapped in whole, as an empty file would let
// the boot be announced again.
func (a *app) noteBoot(path, id string) error {
	fresh := path + ".new"
	_ = os.Remove(fresh) // of one that was killed
	f, err := os.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("note that this boot was announced: %w", err)
	}
	defer os.Remove(fresh) // gone when it was renamed
	_, err = f.WriteString(id)
	if info, unknown := os.Stat(a.data); unknown == nil {
		err = errors.Join(err, keepOwner(f, info))
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		return fmt.Errorf("note that this boot was announced: %w", err)
	}
	return nil
}
