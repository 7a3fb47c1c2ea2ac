package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/cmd/internal/daemon"
	"tocsin/rules"
	"tocsin/sources/pve/notifications"
	"tocsin/sources/pve/register"
)

// registering are the flags of the commands over Proxmox VE's files.
type registering struct {
	*app
	root                           string
	yes, dryRun, secret, assumeNew bool
}

func (a *app) pveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "pve",
		Short: "Register tocsin as a notification target of Proxmox VE",
		Long: `Register tocsin as a notification target of Proxmox VE, look at it, remove it. That is
a webhook named tocsin, which posts to this host, and a matcher named tocsin-matcher,
which sends it everything. They stand in /etc/pve/notifications.cfg and in
priv/notifications.cfg beside it, which all nodes of a cluster share: each node posts
to the tocsin that runs on it.

Every byte of the files that is not tocsin's stays. Copies of both are kept in the
folder pve of the data folder. A file that Proxmox VE itself would refuse is left as
it is, and told with its line: until it is mended nobody is notified of anything. The
exit status is 1 when the change is refused, 2 when the files may not be looked at.`,
		Example: "  tocsin pve setup --dry-run\n  tocsin pve setup\n  tocsin pve show\n  tocsin pve remove",
	}
	r := &registering{app: a}
	cmd.PersistentFlags().StringVar(&r.root, "root", "", "a folder in place of /; mount, quorum and versions are not looked at")
	cmd.AddCommand(r.setupCommand(), r.showCommand(), r.removeCommand())
	return cmd
}

func (r *registering) setupCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "setup",
		Short: "Register tocsin with Proxmox VE",
		Long: `Register tocsin with Proxmox VE, at the port that api.listen has. The change is shown
first. What is registered already is left as it is, with rules that somebody gave to
the matcher. All nodes must have Proxmox VE 8.3 or later: an older one refuses the
whole file as soon as a webhook stands in it.

With --secret, and where webhook { loopback = "secret" } asks for it, Proxmox VE also
sends the shared secret (webhook.secret), so that no other program of this host can
post in its name. It is kept in priv/notifications.cfg, which only root can read.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return r.do(cmd, r.setup) },
	}
	r.changeFlags(cmd)
	cmd.Flags().BoolVar(&r.secret, "secret", false, "also send the shared secret")
	cmd.Flags().BoolVar(&r.assumeNew, "assume-current", false, "take a node that cannot be asked for 8.3 or later")
	return cmd
}

func (r *registering) removeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "remove",
		Short: "Remove tocsin from Proxmox VE's targets",
		Long: `Remove tocsin from Proxmox VE's targets: the target, its matcher, its section in the
private file, and the lines by which other matchers send to it. The files are those of
the whole cluster, so this reaches every node.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.do(cmd, func(_ context.Context, h *register.Host) (*register.Plan, error) { return h.Removal() })
		},
	}
	r.changeFlags(cmd)
	return cmd
}

func (r *registering) showCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "Show how tocsin is registered with Proxmox VE",
		Long: `Show how tocsin is registered with Proxmox VE, and what keeps it from working. Secrets
are masked. The exit status is 1 when it is not registered or cannot work.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return r.show(r.host(cmd)) },
	}
}

func (r *registering) changeFlags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&r.yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&r.dryRun, "dry-run", false, "show what would change and change nothing")
}

// host is the host whose files are meant. The copies of a folder in place of / lie in
// it too, unless another place is named.
func (r *registering) host(cmd *cobra.Command) *register.Host {
	data := r.data
	if r.root != "" && !cmd.Flags().Changed("data") && os.Getenv("TOCSIN_DATA") == "" {
		data = filepath.Join(r.root, data)
	}
	return &register.Host{Root: r.root, Live: r.root == "", Backups: daemon.ProxmoxCopies(data), AssumeCurrent: r.assumeNew}
}

// setup plans to register what the configuration says.
func (r *registering) setup(ctx context.Context, h *register.Host) (*register.Plan, error) {
	settings, err := r.settings()
	if err != nil {
		return nil, err
	}
	target, err := daemon.ProxmoxTarget(settings, r.secret)
	if err != nil {
		return nil, err
	}
	return h.Setup(ctx, target)
}

// settings are those of the configuration; nil when there is none yet.
func (r *registering) settings() (*rules.Settings, error) {
	if _, err := os.Stat(r.config); errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(r.err, "note: there is no configuration in %s; the port is that of a new one\n", clean(r.config))
		return nil, nil
	}
	compiled, err := daemon.Compile(r.config, r.data, true)
	if err != nil {
		return nil, err
	}
	config, err := compiled.Usable(r.err, r.colour())
	if err != nil {
		return nil, err
	}
	return &config.Settings, nil
}

// do plans a change, shows it, asks and makes it.
func (r *registering) do(cmd *cobra.Command, plan func(context.Context, *register.Host) (*register.Plan, error)) error {
	if r.addr != "" {
		return errors.New("pve changes the files of this host: run it on a node of Proxmox VE, without --addr")
	}
	h := r.host(cmd)
	p, err := plan(cmd.Context(), h)
	if err != nil {
		return r.refused(err)
	}
	changes := p.Changed()
	end := r.dryRun || len(changes) == 0
	if r.json && (end || !r.yes) {
		if err := r.printJSON(planResult(p, nil, false)); err != nil {
			return err
		}
	} else if !r.json {
		r.tell(cmd.Name(), p, changes)
	}
	if end {
		return nil
	}
	if err := r.confirm("Change these files of Proxmox VE?", r.yes); err != nil {
		return err
	}
	copies, err := h.Apply(cmd.Context(), p)
	if err != nil {
		return r.refused(err)
	}
	if r.json {
		return r.printJSON(planResult(p, copies, true))
	}
	fmt.Fprintf(r.err, "done; copies of the files as they were lie in %s\n", clean(h.Backups))
	return nil
}

// tell prints a plan for a person: the diff on standard output, all else beside it.
func (r *registering) tell(what string, p *register.Plan, changes []register.Change) {
	for _, c := range changes {
		if diff := daemon.ProxmoxDiff(c); diff != "" {
			fmt.Fprint(r.out, clean(diff))
		} else {
			fmt.Fprintf(r.err, "%s: only the shared secret changes\n", c.File)
		}
	}
	for _, w := range p.Warnings {
		fmt.Fprintf(r.err, "warning: %s\n", w)
	}
	switch {
	case len(changes) == 0:
		fmt.Fprintln(r.err, "nothing changes: it is like that already")
	case what == "remove":
		fmt.Fprintln(r.err, "This reaches every node of the cluster: none posts to tocsin any more.")
	default:
		fmt.Fprintln(r.err, "This reaches every node of the cluster: each posts to the tocsin that runs on it.")
	}
}

// planResult is a plan for programs.
func planResult(p *register.Plan, copies []string, done bool) map[string]any {
	files := []map[string]string{}
	for _, c := range p.Changed() {
		files = append(files, map[string]string{"file": "/etc/pve/" + c.File, "diff": daemon.ProxmoxDiff(c)})
	}
	return map[string]any{
		"format_version": 1, "done": done, "changes": files, "state": p.After.State(),
		"warnings": append([]string{}, p.Warnings...), "copies": append([]string{}, copies...),
	}
}

// show prints how tocsin is registered.
func (r *registering) show(h *register.Host) error {
	seen, err := h.Look()
	if err != nil {
		return r.refused(err)
	}
	st := seen.State
	trouble := append(st.Troubles, seen.Warnings...)
	if r.json {
		err = r.printJSON(map[string]any{
			"format_version": 1, "state": st, "warnings": append([]string{}, seen.Warnings...),
			"files": map[string]string{notifications.Public: seen.Files.Public.Masked(), notifications.Private: seen.Files.Private.Masked()},
		})
	} else {
		r.tellState(st)
		for _, line := range trouble {
			fmt.Fprintf(r.out, "trouble: %s\n", clean(line))
		}
	}
	if err == nil && (!st.Registered || len(trouble) > 0) {
		return errNo
	}
	return err
}

func (r *registering) tellState(st notifications.State) {
	if st.URL == "" {
		fmt.Fprintln(r.out, "tocsin is not registered with Proxmox VE: tocsin pve setup does that")
		return
	}
	secret := "none is sent"
	if st.Secret {
		secret = "is sent along"
	}
	rows := [][]string{{"target", notifications.TargetID}, {"posts to", st.URL}, {"secret", secret}, {"matchers", strings.Join(st.Routes, ", ")}}
	table(r.out, rows)
}

// refused gives an error its remedy. That something is not done for a reason is an
// answer, which is no; that it may not be looked at is none.
func (r *registering) refused(err error) error {
	if refusal, ok := errors.AsType[*register.Refusal](err); ok {
		known := &apiError{Message: refusal.Why, Do: refusal.Do}
		if refusal.Rights {
			return known
		}
		r.printError(known)
		return errNo
	}
	if fault, ok := errors.AsType[*notifications.Fault](err); ok {
		r.printError(&apiError{Message: "/etc/pve/" + fault.Error(), Do: fault.Do + "; nothing was changed"})
		return errNo
	}
	return err
}
