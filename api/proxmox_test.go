package api

import "testing"

func TestProxmox(t *testing.T) {
	f := newFront(t)
	f.proxmox.change = func(removes, dryRun bool) (RegistrationChange, error) {
		if removes && !dryRun {
			return RegistrationChange{}, &Forbidden{Why: "the files are root's", Do: "run as root: tocsin pve remove"}
		}
		return RegistrationChange{Done: !dryRun, Changes: []FileChange{{File: "/etc/pve/notifications.cfg", Diff: "+x"}}}, nil
	}
	const setup, cleanup = Prefix + "/proxmox/setup-webhook", Prefix + "/proxmox/cleanup-webhook"
	f.do("POST", setup, "", f.as(ScopeAdmin)).want(t, 200, `"done":true`, `"file":"/etc/pve/notifications.cfg"`)
	f.do("POST", setup+"?dry_run=1", "", f.as(ScopeAdmin)).want(t, 200, `"done":false`)
	f.do("POST", setup+"?dry_run=perhaps", "", f.as(ScopeAdmin)).want(t, 400, "dry_run=1")
	f.do("POST", cleanup, "", f.as(ScopeAdmin)).want(t, 403, `"no_rights"`, "run as root: tocsin pve remove")
	f.do("POST", cleanup+"?dry_run=1", "", f.as(ScopeAdmin)).want(t, 200, `"done":false`)
	f.proxmox.look = func() (Registration, error) {
		return Registration{}, &BadRequest{Why: "notifications.cfg:3: no header", Do: "mend it"}
	}
	f.do("GET", Prefix+"/proxmox/read-cfg", "", f.as(ScopeAdmin)).want(t, 422, "notifications.cfg:3", "mend it")
}
