package daemon

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

// SocketName is the name of the socket in the data folder through which local
// commands reach the daemon.
const SocketName = "tocsin.sock"

// longestSocket is how long the path of a socket may be, below the system's
// limit of 108 bytes.
const longestSocket = 100

// SocketAddress returns the path by which the socket in a data folder is
// reached. A path too long for the system is shortened through the folder's
// file descriptor, which release gives back.
func SocketAddress(data string) (path string, release func(), err error) {
	path = filepath.Join(data, SocketName)
	if len(path) <= longestSocket {
		return path, func() {}, nil
	}
	dir, err := os.Open(data)
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), SocketName), func() { dir.Close() }, nil
}

// listenLocal opens the socket for local commands, for root and the daemon's
// user and group only. The store's lock makes sure that no other daemon uses
// it.
func listenLocal(data string) (net.Listener, error) {
	path, release, err := SocketAddress(data)
	if err != nil {
		return nil, fmt.Errorf("open local socket: %w", err)
	}
	defer release()
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("open local socket: %w", err)
	}
	old := syscall.Umask(0o117)
	l, err := net.Listen("unix", path)
	syscall.Umask(old)
	if err != nil {
		return nil, fmt.Errorf("open local socket: %w", err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false) // the shortened path is gone by then
	return l, nil
}
