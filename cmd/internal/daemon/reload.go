package daemon

import (
	"context"
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2"

	"tocsin/api"
	"tocsin/rules/diag"
)

// use makes a version the running one, for everything that looks it up.
func (d *Daemon) use(v *running) {
	d.running.Store(v)
	d.metrics.reloaded(!v.disk.bad(), v.loaded)
	d.heart.edit()
	d.news.configured(d.configRun())
}

// Reload looks at the files because somebody asked for it. When they changed and
// load, they are in use from now on; when they have errors, the version before
// goes on and every surface says so.
func (d *Daemon) Reload(ctx context.Context) (api.ReloadResult, error) {
	notifyReloading()
	defer d.front.refreshCertificate()
	defer notify("READY=1")
	return d.reload(ctx)
}

func (d *Daemon) reload(ctx context.Context) (api.ReloadResult, error) {
	d.reloading.Lock()
	defer d.reloading.Unlock()
	old := d.running.Load()
	v, good, on := d.loader.read()
	if v == nil {
		d.reject(ctx, old, on)
		return resultOf(&on, false), nil
	}
	if v.revision == old.revision && !old.disk.bad() {
		return resultOf(&on, false), nil
	}
	v.inherit(old)
	if err := d.post.Reload(ctx, v.plan()); err != nil {
		return api.ReloadResult{}, submitError(err)
	}
	d.use(v)
	d.collect(v.config)
	d.turnedOn(old, v)
	d.forgetRejected()
	d.loader.print(&on)
	d.loader.keep(good, v.revision)
	d.noteRestart(old, v)
	d.Log.Info("configuration reloaded", "revision", v.revision, "channels", len(v.config.Channels))
	on.diags = slices.Concat(on.diags, d.tellStranded(ctx, v.config))
	return resultOf(&on, true), nil
}

// reject goes on with the version before. It speaks up once for each new state
// of the files.
func (d *Daemon) reject(ctx context.Context, old *running, on disk) {
	if old.disk.bad() && old.disk.revision == on.revision {
		return
	}
	next := *old
	next.disk = on
	d.use(&next)
	d.loader.print(&on)
	d.Log.Error("the changed configuration has errors: the version before goes on", "errors", len(on.errors()))
	d.tellRejected(ctx, &on)
}

// noteRestart says what a reload cannot change.
func (d *Daemon) noteRestart(old, v *running) {
	was, is := old.config.Settings, v.config.Settings
	listens := d.Listen == "" && was.API.Listen != is.API.Listen
	if listens || (was.API.TLSCert == "") != (is.API.TLSCert == "") || was.Store.URL != is.Store.URL {
		d.Log.Warn("a changed listen address or store, and TLS switched on or off, is used after a restart")
	}
}

func resultOf(on *disk, changed bool) api.ReloadResult {
	r := api.ReloadResult{OK: !on.bad(), Changed: changed}
	if len(on.diags) > 0 || on.unread != nil {
		r.Text = on.text()
	}
	r.Diagnostics = diagnosticsOf(on.diags, on.sources)
	return r
}

// diagnosticsOf are diagnostics as the API tells them.
func diagnosticsOf(diags hcl.Diagnostics, sources map[string][]byte) []api.Diagnostic {
	var list []api.Diagnostic
	for _, g := range diag.NewReport(diags, sources).Diagnostics {
		out := api.Diagnostic{Severity: g.Severity, Code: g.Code, Summary: g.Summary, Detail: g.Detail}
		if g.Place != nil {
			out.File, out.Line, out.Column = g.Place.File, g.Place.Start.Line, g.Place.Start.Column
			out.EndLine, out.EndCol = g.Place.End.Line, g.Place.End.Column
		}
		list = append(list, out)
	}
	return list
}

// configRun tells which configuration runs.
func (d *Daemon) configRun() api.ConfigRun {
	v := d.running.Load()
	c := api.ConfigRun{Folder: d.Config, State: "ok", Loaded: v.loaded.Round(time.Second), Revision: v.revision}
	if v.disk.bad() {
		c.State, c.Errors = "last_good", v.disk.errors()
	}
	return c
}
