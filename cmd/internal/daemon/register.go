package daemon

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"tocsin/api"
	"tocsin/rules/textdiff"
	"tocsin/sources/pve/notifications"
	"tocsin/sources/pve/register"
)

// proxmox is how this tocsin stands among the targets of Proxmox VE, for the API.
type proxmox struct{ d *Daemon }

// host is the host whose files are meant.
func (p proxmox) host() (*register.Host, error) {
	h := &register.Host{Root: p.d.Proxmox, Backups: ProxmoxCopies(p.d.Data)}
	switch h.Root {
	case "":
		return nil, &register.Refusal{Why: "this daemon leaves the files of Proxmox VE alone", Do: "run as root: tocsin pve setup"}
	case "/":
		h.Live = true
	}
	return h, nil
}

// Registration implements api.Proxmox.
func (p proxmox) Registration(context.Context) (api.Registration, error) {
	h, err := p.host()
	if err != nil {
		return api.Registration{}, proxmoxError(err, "show")
	}
	seen, err := h.Look()
	if err != nil {
		return api.Registration{}, proxmoxError(err, "show")
	}
	st := seen.State
	return api.Registration{
		Registered: st.Registered, URL: st.URL, Secret: st.Secret, Routes: st.Routes, Troubles: append(st.Troubles, seen.Warnings...),
		Files: map[string]string{
			"/etc/pve/" + notifications.Public:  seen.Files.Public.Masked(),
			"/etc/pve/" + notifications.Private: seen.Files.Private.Masked(),
		},
	}, nil
}

// Register implements api.Proxmox.
func (p proxmox) Register(ctx context.Context, dryRun bool) (api.RegistrationChange, error) {
	c, err := p.change(ctx, dryRun, func(h *register.Host) (*register.Plan, error) {
		settings := p.d.running.Load().config.Settings
		settings.API.Listen = p.d.Addr() // what it really listens on
		target, err := ProxmoxTarget(&settings, false)
		if err != nil {
			return nil, err
		}
		return h.Setup(ctx, target)
	})
	return c, proxmoxError(err, "setup")
}

// Unregister implements api.Proxmox.
func (p proxmox) Unregister(ctx context.Context, dryRun bool) (api.RegistrationChange, error) {
	c, err := p.change(ctx, dryRun, (*register.Host).Removal)
	return c, proxmoxError(err, "remove")
}

// change plans and, unless it is a dry run, makes a change.
func (p proxmox) change(ctx context.Context, dryRun bool, plan func(*register.Host) (*register.Plan, error)) (c api.RegistrationChange, err error) {
	h, err := p.host()
	if err != nil {
		return c, err
	}
	made, err := plan(h)
	if err != nil {
		return c, err
	}
	c = api.RegistrationChange{Changes: []api.FileChange{}, Warnings: append([]string{}, made.Warnings...), Copies: []string{}}
	for _, f := range made.Changed() {
		c.Changes = append(c.Changes, api.FileChange{File: "/etc/pve/" + f.File, Diff: ProxmoxDiff(f)})
	}
	if dryRun || len(c.Changes) == 0 {
		return c, nil
	}
	copies, err := h.Apply(ctx, made)
	if err != nil {
		return api.RegistrationChange{}, err
	}
	c.Done, c.Copies = true, copies
	p.d.Log.Info("the files of Proxmox VE's notification targets were changed", "files", len(c.Changes), "copies", h.Backups)
	return c, nil
}

// ProxmoxDiff shows the change of a file, with secrets masked.
func ProxmoxDiff(c register.Change) string {
	return textdiff.Unified("a/etc/pve/"+c.File, "b/etc/pve/"+c.File, []byte(c.Before), []byte(c.After))
}

// proxmoxError says an error in the API's words, with the one command that helps where
// the daemon lacks the rights.
func proxmoxError(err error, command string) error {
	if refusal, ok := errors.AsType[*register.Refusal](err); ok {
		if refusal.Rights {
			return &api.Forbidden{Why: refusal.Why, Do: "run as root: tocsin pve " + command}
		}
		return &api.BadRequest{Why: refusal.Why, Do: refusal.Do}
	}
	if fault, ok := errors.AsType[*notifications.Fault](err); ok {
		return &api.BadRequest{Why: "/etc/pve/" + fault.Error(), Do: fault.Do}
	}
	return err
}

// turnedOn notes that the configuration switched notifications on.
func (d *Daemon) turnedOn(was, is *running) {
	if was.config.Policy.Enabled || !is.config.Policy.Enabled {
		return
	}
	select {
	case d.enabled <- struct{}{}:
	default: // noted already
	}
}

// followEnabled registers with Proxmox VE when notifications are switched on, where the
// daemon may. Whoever took the target out is not overruled by a restart, and a daemon
// that listens elsewhere than the files say registers nothing.
func (d *Daemon) followEnabled(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.enabled:
		}
		if d.Proxmox == "" || d.Listen != "" || !d.running.Load().config.Policy.Enabled {
			continue
		}
		if _, err := os.Stat(filepath.Join(d.Proxmox, "etc/pve")); err != nil {
			continue // no Proxmox VE here
		}
		_, err := proxmox{d}.Register(ctx, false)
		switch no, forbidden := errors.AsType[*api.Forbidden](err); {
		case err == nil || ctx.Err() != nil:
		case forbidden:
			d.Log.Info("notifications are on; Proxmox VE is told of tocsin by root", "do", no.Do)
		default:
			d.Log.Warn("notifications are on, but tocsin is not registered with Proxmox VE", "err", err, "do", "run as root: tocsin pve setup")
		}
	}
}
