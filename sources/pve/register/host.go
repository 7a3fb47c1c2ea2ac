package register

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"tocsin/sources/pve/notifications"
)

// Host is where Proxmox VE keeps its configuration.
type Host struct {
	Root    string // in place of /, which it is when empty
	Live    bool   // a cluster stands behind it: mount, quorum and versions are looked at
	Backups string // folder for copies of what is replaced

	// AssumeCurrent takes a node for recent enough whose version cannot be asked.
	AssumeCurrent bool
	// Version asks for the version of a node's Proxmox VE; nil: by pvesh.
	Version func(ctx context.Context, node string) (string, error)
}

// Refusal is why something is not done to the files, and what helps.
type Refusal struct {
	Why, Do string
	Rights  bool // whoever asks may not; root may
}

// Error returns the reason.
func (r *Refusal) Error() string { return r.Why }

// Seen is what stands in the files.
type Seen struct {
	State    notifications.State
	Warnings []string // of what keeps posts from arriving, beside the files
	Files    notifications.Files
}

// Look reads the files. Nothing is changed.
func (h *Host) Look() (*Seen, error) {
	if err := h.checkMount(); err != nil {
		return nil, err
	}
	files, err := h.read()
	if err != nil {
		return nil, err
	}
	return &Seen{State: files.State(), Warnings: h.warnings(), Files: files}, nil
}

// Plan is a change of the files that is thought out and not yet made.
type Plan struct {
	Before, After notifications.Files
	Warnings      []string
	removes       bool
}

// Changed lists the files that the plan changes, with their texts in which secrets
// are masked.
func (p *Plan) Changed() []Change {
	var list []Change
	for _, pair := range p.pairs() {
		if pair.before.Text != pair.after.Text {
			list = append(list, Change{File: pair.before.Name, Before: pair.before.Masked(), After: pair.after.Masked()})
		}
	}
	return list
}

// Change is a file before and after, with secrets masked. Where only a secret changes
// the two are the same.
type Change struct{ File, Before, After string }

// Setup plans to register the target.
func (h *Host) Setup(ctx context.Context, t notifications.Target) (*Plan, error) {
	if err := h.checkMount(); err != nil {
		return nil, err
	}
	if err := h.checkVersions(ctx); err != nil {
		return nil, err
	}
	before, err := h.read()
	if err != nil {
		return nil, err
	}
	after, err := before.Register(t)
	if err != nil {
		return nil, err
	}
	return &Plan{Before: before, After: after, Warnings: h.warnings()}, nil
}

// Removal plans to take the target out.
func (h *Host) Removal() (*Plan, error) {
	if err := h.checkMount(); err != nil {
		return nil, err
	}
	before, err := h.read()
	if err != nil {
		return nil, err
	}
	after, err := before.Unregister()
	if err != nil {
		return nil, err
	}
	return &Plan{Before: before, After: after, removes: true}, nil
}

// read reads both files. A missing one is empty, as it is to Proxmox VE.
func (h *Host) read() (notifications.Files, error) {
	public, err := h.text(notifications.Public)
	if err != nil {
		return notifications.Files{}, err
	}
	private, err := h.text(notifications.Private)
	if err != nil {
		return notifications.Files{}, err
	}
	return notifications.Read(public, private)
}

func (h *Host) text(name string) ([]byte, error) {
	file, err := os.Open(h.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, h.failed("read "+name, err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, notifications.MaxSize+1))
	if err != nil {
		return nil, h.failed("read "+name, err)
	}
	return text, nil
}

// path is where a file of Proxmox VE's lies.
func (h *Host) path(name string) string {
	return filepath.Join(cmp.Or(h.Root, "/"), "etc/pve", filepath.FromSlash(name))
}

// failed says an error of the system; of one about rights, what they depend on.
func (h *Host) failed(what string, err error) error {
	if errors.Is(err, fs.ErrPermission) {
		do := "run it as root"
		if os.Geteuid() == 0 {
			do = "look whether the cluster is quorate (pvecm status): without quorum /etc/pve is read-only"
		}
		return &Refusal{Why: fmt.Sprintf("%s: this is not permitted", what), Do: do, Rights: true}
	}
	return fmt.Errorf("%s: %w", what, err)
}
