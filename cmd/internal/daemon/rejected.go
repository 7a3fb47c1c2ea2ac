package daemon

import (
	"context"
	"os"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"

	"tocsin/engine/dispatch"
	"tocsin/engine/event"
)

// rejectedName is the file in the data folder that holds the revision of files
// that would not load and were told of: a restart does not tell it again.
const rejectedName = "rejected"

// tellRejected raises a notice about files that would not load, once for each
// state of them.
func (d *Daemon) tellRejected(ctx context.Context, on *disk) {
	name := filepath.Join(d.Data, rejectedName)
	if told, err := os.ReadFile(name); err == nil && string(told) == on.revision {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, commitTime)
	defer cancel()
	if o := d.post.Submit(ctx, dispatch.Submission{Event: rejection(on)})[0]; o.Err != nil {
		d.Log.Warn("the rejected configuration is told over no channel", "err", o.Err)
		return
	}
	if err := os.WriteFile(name, []byte(on.revision), 0o600); err != nil {
		d.Log.Warn("the rejected configuration may be told again after a restart", "err", err)
	}
}

// forgetRejected lets the same mistake be told again, now that it was mended.
func (d *Daemon) forgetRejected() { _ = os.Remove(filepath.Join(d.Data, rejectedName)) }

// rejection is the notice about files that would not load.
func rejection(on *disk) *event.Incoming {
	data := map[string]any{"count": float64(len(on.errors()))}
	if on.unread != nil {
		data["reason"] = on.unread.Error()
	}
	for _, g := range on.diags {
		if g.Severity == hcl.DiagError && g.Subject != nil {
			data["reason"], data["file"], data["line"] = g.Summary, g.Subject.Filename, float64(g.Subject.Start.Line)
			break
		}
	}
	return &event.Incoming{Type: "config_rejected", Source: "tocsin", Data: data}
}
