package daemon

import (
	"testing"
	"time"
)

// The kernel alone can say that the clock was set, and a test must not set it:
// this holds that the watch arms, waits and ends.
func TestTheClockWatchEndsWhenItIsClosed(t *testing.T) {
	c, err := openClock()
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.run(func() { t.Error("nobody set the clock") }) }()
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the watch ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the watch goes on after it was closed")
	}
}
