package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"tocsin/sources/boot"
	"tocsin/sources/guests"
	"tocsin/sources/tasks"
	"tocsin/sources/tasks/watch"
)

// Host is a host to look at.
type Host struct {
	root   string
	guests *guests.Reader
	ask    func(ctx context.Context, args ...string) (string, error) // systemctl
}

// New returns the host whose files are below root; "/" is this one. Its units are
// always this one's, asked for by a program such as systemctl.
func New(root, systemctl string) *Host {
	return &Host{root: root, guests: guests.New(filepath.Join(root, guests.Root)), ask: func(ctx context.Context, args ...string) (string, error) {
		return ask(ctx, systemctl, args...)
	}}
}

// Boot tells one boot from another: by the kernel's id, and by when the first process
// began, as that of a container does anew under the same kernel.
func (h *Host) Boot() (id string, up time.Duration, err error) {
	kernel, err := h.file("proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", 0, fmt.Errorf("tell this boot from others: %w", err)
	}
	id = strings.TrimSpace(kernel)
	first, _ := h.file("proc/1/stat") // where it is hidden, the kernel's id is enough
	const began = 19                  // behind the name, which may hold blanks
	if field := strings.Fields(first[strings.LastIndexByte(first, ')')+1:]); len(field) > began {
		id += "." + field[began]
	}
	up, err = h.uptime()
	return id, up, err
}

func (h *Host) uptime() (time.Duration, error) {
	text, err := h.file("proc/uptime")
	if err != nil {
		return 0, err
	}
	word, _, _ := strings.Cut(text, " ")
	seconds, err := strconv.ParseFloat(word, 64)
	if err != nil || seconds < 0 || seconds > 1e10 {
		return 0, errors.New("the kernel does not say since when it runs")
	}
	return time.Duration(seconds * float64(time.Second)), nil
}

const (
	pause   = 2 * time.Second // between two looks
	patient = 5 * time.Minute // until the report is made anyway
	slack   = time.Minute     // a clock that was set after the boot may differ by so much
)

// Settle waits until the host has started its guests and units, for five minutes at
// most, and returns what came of it.
func (h *Host) Settle(ctx context.Context) (boot.Facts, error) {
	id, up, err := h.Boot()
	if err != nil {
		return boot.Facts{}, err
	}
	from, limit := time.Now().Add(-up-slack), time.Now().Add(patient)
	quiet := 0 // looks in a row
	for {
		list, err := watch.Since(filepath.Join(h.root, watch.Dir), from)
		busy := err == nil && boot.Busy(list) || h.starting(ctx)
		if busy || quiet == 0 {
			up, _ = h.uptime() // it was read before
		}
		if quiet++; busy {
			quiet = 0
		}
		if quiet >= h.enough() || !time.Now().Before(limit) {
			f := h.facts(ctx, id, list, err)
			f.Took, f.GaveUp = up, busy
			return f, nil
		}
		select {
		case <-ctx.Done():
			return boot.Facts{}, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// enough is how many looks must find nothing to wait for: between two tasks of a list
// there is a moment without one, and the figures of a storage come a while after it.
func (h *Host) enough() int {
	if missing, err := h.missing(); len(missing) > 0 || err != nil {
		return 20
	}
	return 2
}

// starting reports whether systemd still starts units.
func (h *Host) starting(ctx context.Context) bool {
	state, _ := h.ask(ctx, "is-system-running") // its status is about degraded ones
	state = strings.TrimSpace(state)
	return state == "starting" || state == "initializing"
}

func (h *Host) facts(ctx context.Context, id string, list []tasks.Task, unread error) boot.Facts {
	f := boot.Facts{ID: id, Tasks: list}
	note := func(err error) {
		if err != nil {
			f.Unread = append(f.Unread, err.Error())
		}
	}
	note(unread)
	var err error
	f.Guests, err = h.locals()
	note(err)
	text, err := h.ask(ctx, "list-units", "--failed", "--no-legend", "--plain", "--no-pager")
	note(err)
	f.Units = boot.FailedUnits(text)
	f.Storages, err = h.missing()
	note(err)
	return f
}

// locals returns the guests of this host, and whether they run: then they have a
// control group.
func (h *Host) locals() ([]boot.Guest, error) {
	list, err := h.guests.Locals()
	if err != nil {
		return nil, fmt.Errorf("the guests: %w", err)
	}
	out := make([]boot.Guest, len(list))
	for i, g := range list {
		group := filepath.Join("sys/fs/cgroup/qemu.slice", g.ID+".scope")
		if g.Container {
			group = filepath.Join("sys/fs/cgroup/lxc", g.ID)
		}
		_, err := os.Stat(filepath.Join(h.root, group))
		out[i] = boot.Guest{ID: g.ID, Name: g.Name, Container: g.Container, OnBoot: g.OnBoot, Running: err == nil}
	}
	return out, nil
}

// missing returns the storages of this node that Proxmox VE does not reach.
func (h *Host) missing() ([]string, error) {
	node := h.guests.Node()
	if node == "" {
		return nil, nil
	}
	config, err := h.file("etc/pve/storage.cfg")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the storages: %w", err)
	}
	figures, err := h.file("etc/pve/.rrd")
	if err != nil {
		return nil, fmt.Errorf("the storages: %w", err)
	}
	missing, known := boot.Missing(boot.Storages(config, node), figures, node)
	if !known {
		return nil, errors.New("the storages: Proxmox VE has no figures of them yet")
	}
	return missing, nil
}

// Ending tells by which event the host goes down; empty: it does not.
func (h *Host) Ending(ctx context.Context) (string, error) {
	jobs, err := h.ask(ctx, "list-jobs", "--no-legend", "--no-pager")
	if err != nil {
		return "", err
	}
	return boot.Ending(jobs), nil
}

// Bounds of what is asked and read.
const (
	askTime = 10 * time.Second
	maxText = 4 << 20
)

// ask runs systemctl.
func ask(ctx context.Context, program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "SYSTEMD_COLORS=0")
	cmd.WaitDelay = time.Second
	pipe, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return "", fmt.Errorf("ask systemd: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(pipe, maxText))
	if err = errors.Join(err, cmd.Wait()); err != nil {
		err = fmt.Errorf("ask systemd by %s %s: %w", program, args[0], err)
	}
	return string(text), err
}

func (h *Host) file(name string) (string, error) {
	f, err := os.Open(filepath.Join(h.root, name))
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxText))
	return string(text), err
}
