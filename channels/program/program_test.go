package program

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tocsin/engine/event"
)

// shell runs a script, as an operator's program is often one.
func shell(script string) Command {
	return Command{Path: "/bin/sh", Args: []string{"-c", script}, Env: []string{"PATH=" + standard}, Within: 20 * time.Second}
}

func TestRun(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		want   string
	}{
		"output":         {"echo out; echo err >&2; exit 3", "3 0 out err"},
		"stdin":          {"cat", "0 0 <in> "},
		"stdin ignored":  {"exit 0", "0 0  "},
		"a signal":       {"kill -TERM $$", "-1 15  "},
		"the folder":     {"pwd", "0 0 / "},
		"no environment": {"echo ${HOME-none}", "0 0 none "},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := shell(c.script)
			cmd.Stdin = []byte("<in>")
			r, err := Run(t.Context(), cmd)
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprint(r.Code, " ", int(r.Signal), " ", strings.TrimSpace(string(r.Stdout)), " ", strings.TrimSpace(string(r.Stderr)))
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// A program that is not done in time takes its children with it.
func TestTimeoutKillsTheWholeGroup(t *testing.T) {
	pids := filepath.Join(t.TempDir(), "pids")
	cmd := shell("sleep 600 & echo $! > " + pids + "; sleep 600")
	cmd.Within = 500 * time.Millisecond
	started := time.Now()
	_, err := Run(t.Context(), cmd)
	e, ok := errors.AsType[*event.SendError](err)
	if !ok || e.Code != "timeout" || e.Class != event.Temporary || !e.Maybe || !strings.Contains(e.Why, "within 500ms") {
		t.Errorf("got %v", err)
	}
	if took := time.Since(started); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	gone(t, pids)
}

// A child that holds the streams is not waited for, nor left behind.
func TestLeftoversAreKilled(t *testing.T) {
	pids := filepath.Join(t.TempDir(), "pids")
	started := time.Now()
	r, err := Run(t.Context(), shell("sleep 600 & echo $! > "+pids+"; exit 0"))
	if err != nil || r.Code != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if took := time.Since(started); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	gone(t, pids)
}

// gone waits until the process whose id stands in a file is no more.
func gone(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if syscall.Kill(pid, 0) != nil || zombie(pid) {
			return
		}
	}
	t.Errorf("process %d still runs", pid)
}

// zombie reports whether a process has ended and nobody has asked how.
func zombie(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && strings.Contains(string(stat), ") Z ")
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	_, err := Run(ctx, shell("sleep 600"))
	if e, ok := errors.AsType[*event.SendError](err); !ok || e.Code != "cancelled" || !e.Maybe {
		t.Errorf("got %v", err)
	}
	mark := filepath.Join(t.TempDir(), "ran")
	_, err = Run(ctx, shell("echo > "+mark))
	if e, ok := errors.AsType[*event.SendError](err); !ok || e.Code != "cancelled" || e.Maybe {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("it ran all the same")
	}
}

// What a program prints without end is not kept, but for its end.
func TestOutputIsBounded(t *testing.T) {
	r, err := Run(t.Context(), shell("yes 0123456789 | head -c 3000000; echo; echo the end"))
	if err != nil || len(r.Stdout) != mostOutput || LastLine(r.Stdout) != "the end" {
		t.Errorf("%d bytes, %q, %v", len(r.Stdout), LastLine(r.Stdout), err)
	}
}

func TestUnstarted(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]Command{
		"no program":     {Path: filepath.Join(dir, "none")},
		"no interpreter": {Path: write("lost", "#!/nowhere/sh\n", 0o755)},
		"no folder":      {Path: "/bin/true", Dir: filepath.Join(dir, "nowhere")},
		"no program yet": {Path: write("text", "just text\n", 0o755)},
		"closed":         {Path: write("closed", "#!/bin/sh\n", 0o644)},
	} {
		c.Within = time.Second
		_, err := Run(t.Context(), c)
		e, ok := errors.AsType[*event.SendError](err)
		if !ok || e.Class != event.Target || e.Code != "not_runnable" || e.Why == "" || e.Do == "" {
			t.Errorf("%s: got %#v", name, err)
		}
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, says := range map[string]string{
		"/bin/sh": "", "sh": "", "./sh": "neither", "bin/sh": "neither", "no-such-program-7731": "not in PATH",
		filepath.Join(dir, "none"): "does not exist", text: "not executable", dir: "folder",
	} {
		path, err := Find(name)
		if says == "" && (err != nil || !filepath.IsAbs(path)) || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%s: %q, %v, want %q", name, path, err, says)
		}
	}
}

func TestLastLine(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "\n\n": "", "one\ntwo\n\n": "two", "a\x1b[31mb\r\n": "a<U+001B>[31mb", strings.Repeat("é", 2000): strings.Repeat("é", 145) + " … (cut)",
	} {
		if got := LastLine([]byte(text)); got != want {
			t.Errorf("%.40q: got %q", text, got)
		}
	}
}
