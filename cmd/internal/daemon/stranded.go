package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/hashicorp/hcl/v2"

	"tocsin/engine/store"
	"tocsin/rules"
)

// TellWaiting adds what the configuration would do to the messages that wait in
// a data folder: a warning about each channel for which some are stranded, and a
// note about each buffer that it gives up. Where no daemon has run, or somebody
// else's data cannot be read, there is nothing to add.
func (o *Offline) TellWaiting(ctx context.Context, data string) {
	if o.Config == nil || data == "" {
		return
	}
	waits, err := readWaits(ctx, o.Config, data)
	if err != nil {
		if !isOutOfReach(err) {
			o.Notes = append(o.Notes, fmt.Sprintf("whether messages wait for channels that are gone is not known: %v", err))
		}
		return
	}
	o.Diags = append(o.Diags, strandedBy(o.Config, waits)...)
	for _, w := range waits {
		o.Notes = append(o.Notes, givenUp(o.Config, w)...)
	}
}

func readWaits(ctx context.Context, config *rules.Config, data string) ([]store.Waits, error) {
	r, err := openArchive(ctx, config, data)
	if err != nil {
		return nil, err
	}
	waits, err := r.Waits(ctx)
	return waits, errors.Join(err, r.Close())
}

// isOutOfReach tells an archive that is not there, or not for this user, from
// one with which something is wrong.
func isOutOfReach(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, errStoreUnknown)
}

// strandedBy returns a warning for each channel that messages wait for and a
// configuration does not serve.
func strandedBy(config *rules.Config, waits []store.Waits) hcl.Diagnostics {
	totals := make(map[string]int, len(waits))
	for _, w := range waits {
		totals[w.Channel] = w.Total()
	}
	return config.Stranded(totals)
}

// givenUp tells which buffers of a channel are told at once, because the block
// that filled them is gone. It is how the operator wants it, so no warning.
func givenUp(config *rules.Config, w store.Waits) (notes []string) {
	for _, ch := range config.Policy.Channels {
		if ch.Name != w.Channel || !config.Policy.Enabled {
			continue
		}
		if w.Quiet > 0 && ch.Quiet == nil {
			notes = append(notes, fmt.Sprintf("channel %q has no quiet_hours any more: what waits for their end is told at once (messages: %d)", ch.Name, w.Quiet))
		}
		if w.Digest > 0 && ch.Digest == nil {
			when := "at once"
			if ch.Quiet != nil {
				when = "at once, or when its quiet hours end"
			}
			notes = append(notes, fmt.Sprintf("channel %q has no digest any more: what waits for it is told %s (messages: %d)", ch.Name, when, w.Digest))
		}
	}
	return notes
}

// tellStranded logs which channels messages wait for in vain since a
// configuration is in use, and returns the same as warnings.
func (d *Daemon) tellStranded(ctx context.Context, config *rules.Config) hcl.Diagnostics {
	waits, err := d.store.Waits(ctx)
	if err != nil {
		d.Log.Warn("whether messages wait for channels that are gone is not known", "err", err)
		return nil
	}
	var list []string
	for _, w := range waits {
		if !config.Serves(w.Channel) {
			list = append(list, fmt.Sprintf("%s (%d)", w.Channel, w.Total()))
		}
	}
	if len(list) == 0 {
		return nil
	}
	d.Log.Warn("messages wait for channels that are gone or switched off: bring these back, or move the messages with tocsin outbox retry --channel NAME --to NAME", "channels", list)
	return strandedBy(config, waits)
}
