package daemon

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// firstSocket is the number of the first file descriptor that systemd hands
// over.
const firstSocket = 3

// notify tells systemd about the daemon, when systemd started it.
func notify(state string) {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return // nobody listens: there is nobody to tell
	}
	defer conn.Close()
	_, _ = conn.Write([]byte(state))
}

// notifyReloading says that a reload begins; systemd wants the time with it.
func notifyReloading() {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return
	}
	notify(fmt.Sprintf("RELOADING=1\nMONOTONIC_USEC=%d", time.Duration(now.Nano()).Microseconds()))
}

// inheritedListener returns the socket that systemd opened for the daemon, so
// that requests wait while it restarts; nil when there is none.
func inheritedListener() (net.Listener, error) {
	l, err := inherited()
	if l == nil || err != nil {
		return nil, err
	}
	if _, ok := l.(*net.TCPListener); !ok { // who comes over a socket of this host is trusted
		l.Close()
		return nil, errors.New("use the socket from systemd: it is not for TCP: write ListenStream=ADDRESS:PORT in tocsin.socket")
	}
	return l, nil
}

// inherited returns the socket that systemd opened for this process; nil when there is
// none.
func inherited() (net.Listener, error) {
	pid, _ := strconv.Atoi(os.Getenv("LISTEN_PID"))
	count, _ := strconv.Atoi(os.Getenv("LISTEN_FDS"))
	if pid != os.Getpid() || count < 1 {
		return nil, nil
	}
	unix.CloseOnExec(firstSocket)
	f := os.NewFile(firstSocket, "systemd socket")
	defer f.Close()
	l, err := net.FileListener(f)
	if err != nil {
		return nil, fmt.Errorf("use the socket from systemd: %w", err)
	}
	return l, nil
}
