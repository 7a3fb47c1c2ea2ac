package main

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tocsin/sources/health/helper"
)

// helping starts the helper on a socket as systemd would. It returns its output.
func helping(t *testing.T, l interface{ File() (*os.File, error) }) (*exec.Cmd, *strings.Builder) {
	t.Helper()
	socket, err := l.File()
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	var out strings.Builder
	cmd := exec.Command("sh", "-c", "LISTEN_PID=$$ LISTEN_FDS=1 exec tocsin facts --serve")
	cmd.ExtraFiles, cmd.Stderr = []*os.File{socket}, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, &out
}

// TestTheHelperAnswers asks the real helper over the socket that it was given, and lets
// it end.
func TestTheHelperAnswers(t *testing.T) {
	dir, err := os.MkdirTemp("", "facts")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	cmd, out := helping(t, l.(*net.UnixListener))
	asked := helper.New(path, nil) // which reads nothing itself
	if _, err := asked.Read(t.Context(), "thin_pools"); err != nil && !strings.HasPrefix(err.Error(), "host.thin_pools:") {
		t.Errorf("%v\n%s", err, out)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v\n%s", err, out)
	}
}

// Over TCP anybody could ask.
func TestTheHelperTakesNoOtherSocket(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	cmd, out := helping(t, l.(*net.TCPListener))
	if err := cmd.Wait(); err == nil || !strings.Contains(out.String(), "ListenStream=/run/tocsin-facts.sock") {
		t.Errorf("it ended with %v\n%s", err, out)
	}
}
