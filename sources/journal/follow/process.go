package follow

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a running journalctl.
type process struct {
	cmd    *exec.Cmd
	out    io.Reader
	silent chan struct{} // closed when it complains no more

	mu   sync.Mutex
	said string // the last line on its standard error
	hint func(trouble string)
}

// killTime is how long a journalctl that was told to end may take.
const killTime = 2 * time.Second

// start runs journalctl. hint is told of what hinders it while it goes on.
func start(ctx context.Context, command string, args []string, hint func(string)) (*process, error) {
	path, err := exec.LookPath(command)
	if err != nil {
		return nil, fmt.Errorf("%s is not installed, so the journal is not read: install systemd, or switch the sources of kind journal off", command)
	}
	p := &process{cmd: exec.CommandContext(ctx, path, args...), hint: hint}
	// No secret of the daemon's environment, and messages that can be recognised.
	p.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "SYSTEMD_COLORS=0", "SYSTEMD_PAGER=", "TZ=UTC"}
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = killTime
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("run journalctl: %w", err)
	}
	complaints, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, fmt.Errorf("run journalctl: %w", err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("run journalctl: %w", err)
	}
	p.out, p.silent = out, make(chan struct{})
	go func() {
		defer close(p.silent)
		p.listen(complaints)
	}()
	// One that does not die, or left a child behind, must not hold us up.
	context.AfterFunc(ctx, func() { time.AfterFunc(killTime, func() { _ = out.Close() }) })
	return p, nil
}

// listen reads what journalctl complains of.
func (p *process) listen(complaints io.Reader) {
	scanner := bufio.NewScanner(complaints)
	scanner.Buffer(make([]byte, 0, 4<<10), 64<<10)
	for scanner.Scan() {
		line := strings.TrimSpace(scanner.Text())
		if line == "" {
			continue
		}
		p.mu.Lock()
		p.said = line
		p.mu.Unlock()
		if denied(line) {
			p.hint(permission)
		}
	}
	_, _ = io.Copy(io.Discard, complaints) // a line too long must not stop it
}

// permission is what an operator does about a journal that may not be read.
const permission = "tocsin may not read the system's journal: usermod -aG systemd-journal with the name of its user lets it, after a restart of tocsin"

// denied recognises the words of journalctl for that.
func denied(line string) bool {
	return strings.Contains(line, "not seeing messages from other users") || strings.Contains(line, "insufficient permissions") || strings.Contains(line, "Permission denied")
}

// refused recognises a position that journalctl cannot make sense of.
func refused(line string) bool { return strings.Contains(line, "seek to cursor") }

// errPosition says that journalctl does not understand where to go on.
var errPosition = errors.New("journalctl does not understand the position that was kept")

// end waits for the end of the process and says why it came to it.
func (p *process) end() error {
	select {
	case <-p.silent:
	case <-time.After(2 * killTime):
	}
	err := p.cmd.Wait()
	p.mu.Lock()
	said := p.said
	p.mu.Unlock()
	switch {
	case refused(said):
		return errPosition
	case denied(said):
		return errors.New(permission)
	case said == "" && err == nil:
		return errors.New("journalctl ended by itself")
	case said == "":
		return fmt.Errorf("journalctl ended: %w", err)
	case err == nil:
		return fmt.Errorf("journalctl ended: %s", said)
	}
	return fmt.Errorf("journalctl ended: %s (%w)", said, err)
}
