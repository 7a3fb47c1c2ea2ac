package daemon

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"tocsin/engine/dispatch"
)

// moveTime is how long the parts of the daemon may take to show that they move.
const moveTime = 20 * time.Second

// watchdog tells systemd that the daemon works, as long as it does: systemd kills
// and starts anew a daemon that it does not hear from. A store that answers that
// it can keep nothing moves; a restart would mend no disk.
type watchdog struct {
	every time.Duration
	probe func(context.Context) error
	feed  func()
	log   *slog.Logger
}

// watchdogTime reads how long systemd waits for a sign of life; 0: it does not.
func watchdogTime(getenv func(string) string, pid int) time.Duration {
	if of := getenv("WATCHDOG_PID"); of != "" && of != strconv.Itoa(pid) {
		return 0 // that of the program that started us
	}
	usec, err := strconv.ParseInt(getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || usec <= 0 {
		return 0
	}
	return time.Duration(min(usec, int64(24*time.Hour/time.Microsecond))) * time.Microsecond
}

// run feeds the watchdog until ctx ends.
func (w *watchdog) run(ctx context.Context) {
	tick := time.NewTicker(w.every)
	defer tick.Stop()
	hungry := false
	for ctx.Err() == nil {
		err := w.look(ctx)
		switch stuck, ok := errors.AsType[*dispatch.Stuck](err); {
		case !ok:
			w.feed()
			hungry = false
		case !hungry && ctx.Err() == nil:
			w.log.Error("the daemon hangs: if this goes on, systemd starts it anew", "part", stuck.Part, "err", stuck)
			hungry = true
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

func (w *watchdog) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, moveTime)
	defer cancel()
	return w.probe(ctx)
}
