package save

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// gitTime bounds a run of git, hooks included.
const gitTime = 2 * time.Minute

// repository is the git work tree that the configuration folder stands in.
type repository struct {
	git, dir string
	trusted  bool // its owner is root or this user, so that git may trust it
}

// repository finds the work tree. That there is none is said before anything is
// written.
func (d *Desk) repository(ctx context.Context) (*repository, error) {
	dir, err := filepath.Abs(d.opts.Config)
	if err != nil {
		return nil, err
	}
	r := &repository{git: d.opts.Git, dir: dir}
	if info, err := os.Stat(dir); err == nil {
		st, ok := info.Sys().(*syscall.Stat_t)
		r.trusted = ok && (st.Uid == 0 || int(st.Uid) == os.Geteuid())
	}
	if _, err := r.run(ctx, Author{}, "rev-parse", "--is-inside-work-tree"); err != nil {
		return nil, fmt.Errorf("nothing is saved: git { commit = true }, but %s is in no work tree of git that can be used: %w", d.opts.Config, err)
	}
	return r, nil
}

// commit commits these files and nothing else. When git or a hook refuses, what
// was staged is taken back.
func (r *repository) commit(ctx context.Context, paths []string, by Author, subject, note string) (string, error) {
	message := cmp.Or(cut(subject, 100), "change "+strings.Join(paths, ", "))
	if note != "" {
		message += "\n\n" + note
	}
	paths, err := r.known(ctx, paths)
	if err == nil && len(paths) > 0 {
		_, err = r.run(ctx, by, append([]string{"add", "-A", "--"}, paths...)...)
	}
	if err == nil && r.clean(ctx, paths) {
		return "", nil // as it was committed last
	}
	if err == nil {
		_, err = r.run(ctx, by, append([]string{"commit", "--quiet", "--only", "-m", message, "--"}, paths...)...)
	}
	if err != nil {
		_, reset := r.run(context.WithoutCancel(ctx), by, append([]string{"reset", "--quiet", "--"}, paths...)...)
		return "", errors.Join(fmt.Errorf("nothing is saved, as git did not commit it: %w", err), reset)
	}
	hash, err := r.run(ctx, by, "rev-parse", "--short", "HEAD")
	if err != nil {
		return "", nil // it is committed all the same
	}
	return strings.TrimSpace(hash), nil
}

// known leaves out files that are gone and that git never knew.
func (r *repository) known(ctx context.Context, paths []string) ([]string, error) {
	var out []string
	for _, path := range paths {
		if _, err := os.Lstat(filepath.Join(r.dir, path)); err != nil {
			listed, err := r.run(ctx, Author{}, "ls-files", "--", path)
			if err != nil {
				return nil, err
			}
			if listed == "" {
				continue
			}
		}
		out = append(out, path)
	}
	return out, nil
}

// clean reports whether there is nothing to commit.
func (r *repository) clean(ctx context.Context, paths []string) bool {
	if len(paths) == 0 {
		return true
	}
	status, err := r.run(ctx, Author{}, append([]string{"status", "--porcelain", "--"}, paths...)...)
	return err == nil && status == ""
}

// cut shortens a line.
func cut(text string, n int) string {
	r := []rune(strings.Join(strings.Fields(text), " "))
	if len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return string(r)
}

// run runs git with an environment of ours: nothing of the caller's changes
// which repository is meant, and nothing asks.
func (r *repository) run(ctx context.Context, by Author, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, gitTime)
	defer cancel()
	fixed := []string{"-c", "core.quotePath=false", "-c", "commit.gpgSign=false"}
	if r.trusted {
		fixed = append(fixed, "-c", "safe.directory=*")
	}
	cmd := exec.CommandContext(ctx, r.git, append(fixed, args...)...)
	cmd.Dir = r.dir
	name := cmp.Or(oneLine(by.Name), "tocsin")
	cmd.Env = []string{
		"PATH=" + cmp.Or(os.Getenv("PATH"),
			"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), "HOME=/nonexistent", "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_NOSYSTEM=1", "GIT_LITERAL_PATHSPECS=1", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=" + name, "GIT_AUTHOR_EMAIL=" + cmp.Or(by.Email, mailName(name)+"@tocsin.invalid"),
		"GIT_COMMITTER_NAME=tocsin", "GIT_COMMITTER_EMAIL=tocsin@tocsin.invalid",
	}
	cmd.WaitDelay = 5 * time.Second
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("git %s: %w%s", args[0], err, words(&errOut, &out))
	}
	return out.String(), nil
}

// mailName makes the part of an address before the @ of a name.
func mailName(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' || r == '_' {
			return r
		}
		return '-'
	}, name)
}

// words returns what git and its hooks said, not too much of it.
func words(outputs ...*bytes.Buffer) string {
	for _, o := range outputs {
		if text := strings.TrimSpace(o.String()); text != "" {
			r := []rune(text)
			if len(r) > 2000 {
				text = string(r[:2000]) + "…"
			}
			return ": " + text
		}
	}
	return ""
}
