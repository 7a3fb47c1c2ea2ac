package api

import (
	"fmt"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestWebhookRates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFront(t)
		f.settings.WebhookRate = Rate{120, time.Minute}
		post := func(addr string) int { return f.do("POST", hook, posted, with(remote(), from(addr))...).status }
		for i := range 120 {
			if got := post("192.0.2.1:1"); got != 202 {
				t.Fatalf("request %d: got %d", i, got)
			}
		}
		got := f.do("POST", hook, posted, with(remote(), from("192.0.2.1:2"))...)
		got.want(t, 429)
		if after := got.header.Get("Retry-After"); after != "1" { // half a second, rounded up
			t.Errorf("got Retry-After %s", after)
		}
		for addr, want := range map[string]int{"192.0.2.2:1": 202, "[::ffff:192.0.2.1]:1": 429} {
			if got := post(addr); got != want {
				t.Errorf("%s: got %d, want %d", addr, got, want)
			}
		}
		f.do("POST", hook, posted).want(t, 202) // Proxmox on this host is not slowed down by others
		time.Sleep(500 * time.Millisecond)
		if got := post("192.0.2.1:1"); got != 202 {
			t.Errorf("after the wait: got %d", got)
		}
		if got := post("192.0.2.1:1"); got != 429 {
			t.Errorf("after the wait, again: got %d", got)
		}
	})
}

// Whoever has one address of an IPv6 network has all of it.
func TestIPv6CountsByNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFront(t)
		f.settings.WebhookRate = Rate{3, time.Minute}
		for i := range 6 {
			want := 202
			if i >= 3 {
				want = 429
			}
			addr := fmt.Sprintf("[2001:db8:1:2::%x]:1", i+1)
			f.do("POST", hook, posted, with(remote(), from(addr))...).want(t, want)
		}
		f.do("POST", hook, posted, with(remote(), from("[2001:db8:1:3::1]:1"))...).want(t, 202)
	})
}

func TestLoopbackRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFront(t)
		f.settings.WebhookRate = Rate{1, time.Hour} // of others
		for range 1000 {
			f.do("POST", hook, posted).want(t, 202)
		}
		f.do("POST", hook, posted).want(t, 429)
		time.Sleep(time.Second)
		for range 50 {
			f.do("POST", hook, posted).want(t, 202)
		}
		f.do("POST", hook, posted).want(t, 429)
	})
}

func TestSendRateIsByToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFront(t)
		f.settings.SendRate = Rate{2, 10 * time.Second}
		send := func(options ...option) reply {
			return f.do("POST", Prefix+"/send", `{"event_type":"custom"}`, options...)
		}
		for range 2 {
			send(f.as(ScopeSend)).want(t, 202)
		}
		got := send(f.as(ScopeSend))
		got.want(t, 429)
		if after, _ := strconv.Atoi(got.header.Get("Retry-After")); after != 5 {
			t.Errorf("got Retry-After %d, want 5", after)
		}
		send(f.as(ScopeAdmin)).want(t, 202) // another token
		send(bearer(wrongSecret(f.texts[ScopeSend]))).want(t, 401)
		for range 20 {
			send(local()).want(t, 202)
		}
		f.settings.SendRate = Rate{100, time.Second} // a reload: it counts from the next request on
		send(f.as(ScopeSend)).want(t, 429)
		time.Sleep(time.Second)
		for range 100 {
			send(f.as(ScopeSend)).want(t, 202)
		}
		f.settings.SendRate = Rate{} // none
		for range 200 {
			send(f.as(ScopeSend)).want(t, 202)
		}
	})
}

// A crowd of callers, each new, does not fill the memory.
func TestLimitsForgetCallers(t *testing.T) {
	l, each := newLimits(), Rate{1, time.Hour}
	for i := range 3 * maxCallers {
		if wait := l.take(strconv.Itoa(i), each, 1); wait != 0 {
			t.Fatalf("caller %d has to wait %v", i, wait)
		}
		if len(l.callers) > maxCallers {
			t.Fatalf("%d callers are remembered", len(l.callers))
		}
	}
}

// Those with all of their allowance are forgotten first: it changes nothing for
// them.
func TestLimitsForgetTheIdleFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, each := newLimits(), Rate{10, time.Second}
		for range 10 {
			l.take("busy", each, 10)
		}
		for i := range maxCallers - 1 {
			l.take(strconv.Itoa(i), each, 10)
		}
		time.Sleep(100 * time.Millisecond)
		l.take("another", each, 10)
		if len(l.callers) != 2 {
			t.Errorf("%d callers are remembered", len(l.callers))
		}
		l.take("busy", each, 10)
		if wait := l.take("busy", each, 10); wait != 100*time.Millisecond {
			t.Errorf("the busy one waits %v", wait)
		}
	})
}

func TestLimitsFromManyGoroutines(t *testing.T) {
	l := newLimits()
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			for i := range 500 {
				l.take(strconv.Itoa(i%7), Rate{100 + n%2, time.Second}, 100+n%3)
			}
		})
	}
	group.Wait()
	if len(l.callers) != 7 {
		t.Errorf("%d callers are remembered", len(l.callers))
	}
}
