// Package program runs a program for a channel: without a shell, with an
// environment of its own, in a process group that is killed as a whole when its
// time is up, and with bounded output.
//
// It knows nothing of messages and judges no exit code: the adapters that run
// programs do. What keeps a program from running at all, or to its end, it tells
// as an *event.SendError.
package program

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"tocsin/engine/event"
)

const (
	mostOutput = 4 << 10     // of each stream, its end, unless more is asked for
	lingering  = time.Second // for what is left of a program that ended
	standard   = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
)

// Command is one run of a program.
type Command struct {
	Path   string // as Find returns it
	Args   []string
	Env    []string // the whole environment
	Dir    string   // empty: the root
	Stdin  []byte
	Within time.Duration // then it is killed with its children
	Most   int           // of each of its streams, in bytes, the end of which is kept; 0: 4 KiB
}

// Result is how a program ended.
type Result struct {
	Code           int            // of its exit; -1: it was killed
	Signal         syscall.Signal // that killed it; 0: none
	Stdout, Stderr []byte         // the end of each
}

// Find returns the path of a program: an absolute one as it is, a bare name as it
// is found in PATH. The error says what is wrong with it, and fits behind its
// name.
func Find(name string) (string, error) {
	if filepath.Base(name) != name && !filepath.IsAbs(name) {
		return "", errors.New("is neither an absolute path nor a bare name")
	}
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path, nil
	case errors.Is(err, exec.ErrNotFound):
		return "", errors.New("is not in PATH")
	case errors.Is(err, fs.ErrNotExist):
		return "", errors.New("does not exist")
	case errors.Is(err, fs.ErrPermission):
		return "", errors.New("is not executable for tocsin")
	case errors.Is(err, syscall.EISDIR):
		return "", errors.New("is a folder")
	}
	return "", errors.New("cannot be run")
}

// Environment returns the least that programs expect: PATH, LANG and HOME. What
// else tocsin has in its own environment, such as secrets, is not for them.
func Environment() map[string]string {
	env := map[string]string{"PATH": os.Getenv("PATH"), "LANG": "C.UTF-8", "HOME": os.Getenv("HOME")}
	if env["PATH"] == "" {
		env["PATH"] = standard
	}
	if env["HOME"] == "" {
		env["HOME"] = "/"
	}
	return env
}

// Run runs a program to its end. An error says that it did not start, or did not
// come to its end by itself; what it did until then is not known.
func Run(ctx context.Context, c Command) (Result, error) {
	name := filepath.Base(c.Path)
	if ctx.Err() != nil {
		return Result{}, ended(ctx, name, 0, false)
	}
	within, cancel := context.WithTimeout(ctx, c.Within)
	defer cancel()
	most := cmp.Or(c.Most, mostOutput)
	stdout, stderr := tail{most: most}, tail{most: most}
	cmd := exec.CommandContext(within, c.Path, c.Args...)
	cmd.Env, cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = c.Env, c.Dir, bytes.NewReader(c.Stdin), &stdout, &stderr
	if c.Env == nil {
		cmd.Env = []string{} // nil would be ours
	}
	if c.Dir == "" {
		cmd.Dir = "/"
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = lingering
	if err := cmd.Start(); err != nil {
		return Result{}, unstarted(name, c.Dir, err)
	}
	err := cmd.Wait()
	if errors.Is(err, exec.ErrWaitDelay) { // its children hold the streams, so the group is still theirs
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	if within.Err() != nil && !cmd.ProcessState.Exited() {
		return Result{}, ended(ctx, name, c.Within, true)
	}
	r := Result{Code: cmd.ProcessState.ExitCode(), Stdout: stdout.kept, Stderr: stderr.kept}
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		r.Signal = status.Signal()
	}
	return r, nil
}

// ended tells of a program that was not left to come to its end.
func ended(asked context.Context, name string, within time.Duration, ran bool) *event.SendError {
	if errors.Is(asked.Err(), context.Canceled) {
		return &event.SendError{Class: event.Temporary, Code: "cancelled", Maybe: ran, Why: "running " + name + " was interrupted", Do: "it is sent again by itself"}
	}
	if !ran {
		return &event.SendError{Class: event.Temporary, Code: "timeout", Why: "no time was left to run " + name, Do: "it is sent again by itself"}
	}
	return &event.SendError{
		Class: event.Temporary, Code: "timeout", Maybe: true,
		Why: fmt.Sprintf("%s did not end within %v and was killed with its children", name, within),
		Do:  "find out what it waits for; it is run again",
	}
}

// unstarted tells why a program could not be started. Its own text is not shown:
// it may hold the whole command.
func unstarted(name, dir string, err error) *event.SendError {
	e := &event.SendError{Class: event.Target, Code: "not_runnable", Do: "see what tocsin check says about the channel"}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Why = name + " is not there, or the interpreter in its first line, or the working folder " + dir
	case errors.Is(err, fs.ErrPermission):
		e.Why = name + " is not executable for tocsin, or its working folder is closed"
		e.Do = "check the modes of both, and the sandbox of tocsin's unit"
	case errors.Is(err, syscall.ENOEXEC):
		e.Why = name + " is no program: a script begins with #! and its interpreter"
	case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.ENOMEM), errors.Is(err, syscall.ETXTBSY), errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		e.Class, e.Code, e.Why, e.Do = event.Temporary, "resources", name+" could not be started: this machine has no room for it now, or it is being written", "it is run again"
	default:
		e.Class, e.Code, e.Why, e.Do = event.Temporary, "not_started", name+" could not be started", "it is run again"
	}
	return e
}

// tail keeps the end of what is written to it.
type tail struct {
	most int
	kept []byte
}

// Write takes everything.
func (t *tail) Write(text []byte) (int, error) {
	t.kept = append(t.kept, text[max(len(text)-t.most, 0):]...)
	if over := len(t.kept) - t.most; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(text), nil
}

// LastLine returns the last line that says something, fit to show.
func LastLine(output []byte) string {
	const longest = 300
	lines := bytes.Split(bytes.TrimSpace(output), []byte("\n"))
	return event.Clip(event.OneLine(event.Clean(string(lines[len(lines)-1]))), longest)
}
