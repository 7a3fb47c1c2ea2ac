package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"time"

	"tocsin/cmd/internal/daemon"
)

// process is a daemon that runs as a program of its own.
type process struct {
	cmd  *exec.Cmd
	addr string
	done chan struct{}
}

var readyLine = regexp.MustCompile(`msg=ready .*addr=(\S+)`)

// launch starts cmd.
func launch(cmd *exec.Cmd) (*process, error) {
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		_ = cmd.Wait()
	}()
	return p, nil
}

// startDaemon starts cmd, whose log goes to a file, and waits until it is
// ready.
func startDaemon(cmd *exec.Cmd, log string) (*process, error) {
	p, err := launch(cmd)
	if err != nil {
		return nil, err
	}
	if err := p.await(log); err != nil {
		return nil, err
	}
	return p, nil
}

// await waits until the daemon is ready.
func (p *process) await(log string) error {
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		text, err := os.ReadFile(log)
		if m := readyLine.FindSubmatch(text); err == nil && m != nil {
			p.addr = string(m[1])
			return nil
		}
		select {
		case <-p.done:
			text, _ = os.ReadFile(log) // its last words
			return fmt.Errorf("the daemon ended:\n%s", text)
		case <-deadline:
			p.kill()
			return fmt.Errorf("the daemon is not ready:\n%s", text)
		case <-tick.C:
		}
	}
}

// stop ends the daemon as systemd does, and returns its exit status.
func (p *process) stop() int {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	<-p.done
	return p.cmd.ProcessState.ExitCode()
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// localClient talks to the daemon of a data folder over its socket.
func localClient(data string) *http.Client {
	return &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
		MaxIdleConnsPerHost: 64,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			path, release, err := daemon.SocketAddress(data)
			if err != nil {
				return nil, err
			}
			defer release()
			return new(net.Dialer).DialContext(ctx, "unix", path)
		},
	}}
}

// sendNumbered sends one event and reports whether it was accepted.
func sendNumbered(client *http.Client, n int) bool {
	body, _ := json.Marshal(map[string]any{"event_type": "note", "data": map[string]any{"title": fmt.Sprintf("number %d.", n)}})
	resp, err := client.Post("http://localhost/api/notifications/send", "application/json", bytes.NewReader(body))
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode/100 == 2
}
