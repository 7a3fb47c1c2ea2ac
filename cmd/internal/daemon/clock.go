package daemon

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// clockWatch is told by the kernel when the wall clock is set or the machine
// wakes up. What waits for a time of the day is timed anew then, and nobody has
// to look at the clock meanwhile.
type clockWatch struct{ timer *os.File }

// openClock begins to watch the clock.
func openClock() (*clockWatch, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_REALTIME, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("watch the clock: %w", err)
	}
	c := &clockWatch{os.NewFile(uintptr(fd), "timerfd")}
	if err := c.arm(); err != nil {
		return nil, errors.Join(fmt.Errorf("watch the clock: %w", err), c.close())
	}
	return c, nil
}

// run calls set each time the clock was set, until the watch is closed.
func (c *clockWatch) run(set func()) error {
	for {
		var ticks [8]byte
		_, err := c.timer.Read(ticks[:])
		if errors.Is(err, unix.ECANCELED) {
			set()
			err = c.arm()
		}
		switch {
		case errors.Is(err, os.ErrClosed):
			return nil
		case err != nil:
			return fmt.Errorf("watch the clock: %w", err)
		}
	}
}

// arm sets the timer to a day that does not come: only its cancelling counts.
func (c *clockWatch) arm() error {
	conn, err := c.timer.SyscallConn()
	if err != nil {
		return err
	}
	var armed error
	err = conn.Control(func(fd uintptr) {
		far := unix.ItimerSpec{Value: unix.Timespec{Sec: 1 << 40}}
		armed = unix.TimerfdSettime(int(fd), unix.TFD_TIMER_ABSTIME|unix.TFD_TIMER_CANCEL_ON_SET, &far, nil)
	})
	return errors.Join(err, armed)
}

func (c *clockWatch) close() error { return c.timer.Close() }
