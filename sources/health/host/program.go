package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"tocsin/engine/event"
)

const (
	maxOutput = 1 << 20
	lingering = time.Second // for what is left of a program that ended
	standard  = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
)

// errAbsent says that the host does not have a program.
var errAbsent = errors.New("it is not installed")

// output is what a program said to its end.
type output struct {
	name           string
	stdout, stderr []byte
	code           int // -1: it was killed
}

// failed says how a program ended that should have succeeded, and what its last words
// mean for who wants the fact.
func (o output) failed() error {
	lines := bytes.Split(bytes.TrimSpace(append(o.stdout[:len(o.stdout):len(o.stdout)], o.stderr...)), []byte("\n"))
	last := strings.TrimRight(event.Clip(event.OneLine(event.Clean(string(lines[len(lines)-1]))), 300), ".")
	if o.unprivileged() {
		return fmt.Errorf("%s may not do this as tocsin's user: it needs root's rights (%s)", o.name, last)
	}
	return fmt.Errorf("%s ended with code %d: %s", o.name, o.code, last)
}

// unprivileged reports whether a program complained that it lacks rights.
func (o output) unprivileged() bool {
	if o.code == 0 {
		return false
	}
	said := strings.ToLower(string(o.stdout) + string(o.stderr))
	for _, word := range []string{"permission denied", "not permitted", "be root", "as root"} {
		if strings.Contains(said, word) {
			return true
		}
	}
	return false
}

// find returns where a program of the host is.
func (h *Host) find(name string) (string, error) {
	dirs := standard
	if h.root == "/" {
		dirs = os.Getenv("PATH") + ":" + standard
	}
	for dir := range strings.SplitSeq(dirs, ":") {
		if !filepath.IsAbs(dir) {
			continue
		}
		path := h.at(filepath.Join(dir, name))
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", errAbsent
}

// run runs a program to its end. The error is errAbsent where there is none.
func (h *Host) run(ctx context.Context, within time.Duration, name string, args ...string) (output, error) {
	path, err := h.find(name)
	if err != nil {
		return output{}, err
	}
	asked := ctx
	ctx, cancel := context.WithTimeout(asked, within)
	defer cancel()
	stdout, stderr := head{}, head{}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = "/", &stdout, &stderr
	cmd.Env = []string{"PATH=" + standard, "LC_ALL=C.UTF-8", "LANG=C.UTF-8", "HOME=/", "TERM=dumb"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = lingering
	if err := cmd.Start(); err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return output{}, fmt.Errorf("%s may not be run by tocsin's user", name)
		}
		return output{}, fmt.Errorf("%s could not be started: %w", name, err)
	}
	err = cmd.Wait()
	if errors.Is(err, exec.ErrWaitDelay) { // its children hold the streams, so the group is still theirs
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	switch {
	case asked.Err() != nil:
		return output{}, fmt.Errorf("%s was interrupted: %w", name, asked.Err())
	case ctx.Err() != nil && !cmd.ProcessState.Exited():
		return output{}, fmt.Errorf("%s did not end within %v and was killed: what it asks does not answer", name, within)
	case stdout.over:
		return output{}, fmt.Errorf("%s said more than the %d KiB that are read of it", name, maxOutput>>10)
	}
	return output{name: name, stdout: stdout.kept, stderr: stderr.kept, code: cmd.ProcessState.ExitCode()}, nil
}

// ask runs a program that must succeed and returns what it says.
func (h *Host) ask(ctx context.Context, within time.Duration, name string, args ...string) ([]byte, error) {
	out, err := h.run(ctx, within, name, args...)
	if err != nil {
		return nil, err
	}
	if out.code != 0 {
		return nil, out.failed()
	}
	return out.stdout, nil
}

// head keeps the beginning of what is written to it.
type head struct {
	kept []byte
	over bool
}

// Write takes everything.
func (h *head) Write(text []byte) (int, error) {
	room := maxOutput - len(h.kept)
	h.over = h.over || len(text) > room
	h.kept = append(h.kept, text[:min(room, len(text))]...)
	return len(text), nil
}
