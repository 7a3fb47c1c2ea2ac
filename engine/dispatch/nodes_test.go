package dispatch_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"tocsin/engine"
	"tocsin/engine/dispatch"
	"tocsin/engine/event"
	"tocsin/engine/store"
	"tocsin/engine/store/storetest"
)

// postgres is the server of this package's tests, started when first asked for.
var postgres storetest.Server

func TestMain(m *testing.M) { os.Exit(storetest.Run(m, &postgres)) }

// openNode opens a room in a database that others share.
func openNode(t *testing.T, address string, names ...string) *room {
	t.Helper()
	return openNodeWith(t, address, func(*dispatch.Options) {}, names...)
}

func openNodeWith(t *testing.T, address string, change func(*dispatch.Options), names ...string) *room {
	t.Helper()
	r := &room{t: t, plan: plan, log: new(bytes.Buffer), path: address, sinks: map[string]*sink{}}
	for _, name := range names {
		r.sinks[name] = &sink{}
	}
	s, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	r.store = s
	opts := dispatch.Options{Store: s, Shared: s, Plan: r.plan(r.sinks), Log: slog.New(slog.NewTextHandler(r.log, nil)), Metrics: noMetrics{}}
	change(&opts)
	r.post, err = dispatch.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	r.post.Start()
	t.Cleanup(r.close)
	return r
}

// judge makes a node the one that judges.
func (r *room) judge() {
	r.t.Helper()
	judges, err := r.store.Campaign(r.t.Context())
	if err == nil && judges {
		err = r.post.Judge(r.t.Context())
	}
	if err != nil || !judges {
		r.t.Fatalf("the node does not judge: %v", err)
	}
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: " + what)
		}
	}
}

// TestAPausedWorkerSettlesNothing: while a node is in a send for longer than its
// lease, another takes the channel. What the first one then says is not kept, and
// the message comes twice, the second time as a repeat.
func TestAPausedWorkerSettlesNothing(t *testing.T) {
	address := postgres.Database(t)
	first, second := openNode(t, address, "phone"), openNode(t, address, "phone")
	first.judge()
	sending, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	first.sinks["phone"].set(func(*event.Message) error {
		once.Do(func() {
			close(sending)
			<-goOn
		})
		return nil
	})
	for range 3 {
		if o := first.send("warning"); o.Err != nil {
			t.Fatal(o.Err)
		}
	}
	<-sending
	eventually(t, "the send is on record", func() bool { return first.waiting("phone")[0].State == event.Sending })
	second.alter("UPDATE leases SET until = clock_timestamp() - interval '1 second'")
	second.post.Wake(t.Context(), dispatch.Freed)
	eventually(t, "the second node has sent everything", func() bool { return len(second.sinks["phone"].lines()) == 3 })
	want := []string{"WARNING note 1 (again)", "WARNING note 2", "WARNING note 3"}
	if got := second.sinks["phone"].lines(); !slices.Equal(got, want) {
		t.Errorf("the second node sent %q, want %q in this order", got, want)
	}
	close(goOn)
	eventually(t, "the attempt of the first node is in the history", func() bool { return len(first.history()) == 4 })
	time.Sleep(50 * time.Millisecond)
	if got := first.sinks["phone"].lines(); len(got) != 1 {
		t.Errorf("the first node sent %q, want what it had begun", got)
	}
	if left := first.waiting("phone"); len(left) != 0 {
		t.Errorf("the outbox has %v", left)
	}
}

// alter changes the shared database behind everybody's back.
func (r *room) alter(query string) {
	r.t.Helper()
	db, err := sqlx.Open("pgx", r.path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(r.t.Context(), query); err != nil {
		r.t.Fatal(err)
	}
}

// TestWhatOthersSendIsJudged: a channel that fails on a node that does not judge is
// told of, and again when it works.
func TestWhatOthersSendIsJudged(t *testing.T) {
	address := postgres.Database(t)
	judge := openNode(t, address, "phone", "mail")
	judge.judge()
	other := openNode(t, address, "phone", "mail")
	// The judge sends over mail, the other over phone.
	judge.reload(withoutSender(judge, "phone"))
	other.reload(withoutSender(other, "mail"))
	other.sinks["phone"].set(func(*event.Message) error {
		return &event.SendError{Class: event.Target, Code: "bad_token", Why: "the token is refused", Do: "renew it"}
	})
	follow(t, judge, other)
	for range 6 {
		if o := other.send("warning"); o.Err != nil {
			t.Fatal(o.Err)
		}
		other.post.Wake(t.Context(), dispatch.Asked)
		time.Sleep(30 * time.Millisecond)
	}
	eventually(t, "the failing channel is told over the other one", func() bool {
		other.post.Wake(t.Context(), dispatch.Asked)
		return strings.Contains(strings.Join(judge.sinks["mail"].lines(), "\n"), "channel_failing")
	})
	_, _, health, err := other.post.Status(t.Context())
	if err != nil || !health["phone"].Failing {
		t.Errorf("the node that does not judge says of the channel %+v, %v", health["phone"], err)
	}
	other.sinks["phone"].set(nil)
	eventually(t, "the recovery is told", func() bool {
		other.post.Wake(t.Context(), dispatch.Asked)
		return strings.Contains(strings.Join(judge.sinks["mail"].lines(), "\n"), "channel_recovered")
	})
	eventually(t, "everything arrived", func() bool { return len(other.sinks["phone"].lines()) >= 6 })
}

// withoutSender is a node's plan in which it lacks what a channel needs.
func withoutSender(r *room, channel string) dispatch.Plan {
	p := r.plan(r.sinks)
	line := p.Lines[channel]
	line.Sender, line.Waits = nil, "a secret is missing"
	p.Lines[channel] = line
	return p
}

// follow makes nodes hear of each other.
func follow(t *testing.T, nodes ...*room) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	var following sync.WaitGroup
	for _, r := range nodes {
		following.Go(func() {
			r.store.Follow(ctx, func(table string) {
				r.post.Heard()
				if table == "outbox" {
					r.post.Wake(ctx, dispatch.Queued)
				}
			})
		})
	}
	t.Cleanup(func() {
		stop()
		following.Wait()
	})
}

// TestWhatCannotBeJudgedIsSetAside: an event that another node accepted and that
// the judge cannot stand costs the others nothing.
func TestWhatCannotBeJudgedIsSetAside(t *testing.T) {
	address := postgres.Database(t)
	judge, other := openNode(t, address, "phone"), openNode(t, address, "phone")
	judge.judge()
	judge.reload(fragilePlan(judge, "poison"))
	for i, typ := range []string{"note", "poison", "note"} {
		if o := other.submit(&event.Incoming{Type: typ, Data: map[string]any{"n": i}}); o.Err != nil {
			t.Fatal(o.Err)
		}
	}
	judge.post.Heard()
	judge.sinks["phone"].set(nil)
	eventually(t, "the inbox is empty", func() bool {
		judge.post.Heard()
		left, err := judge.store.Posted(t.Context(), 10)
		return err == nil && len(left) == 0
	})
	eventually(t, "the other events are told", func() bool {
		judge.post.Wake(t.Context(), dispatch.Freed)
		other.post.Wake(t.Context(), dispatch.Freed)
		return len(judge.sinks["phone"].lines())+len(other.sinks["phone"].lines()) == 2
	})
}

// TestAnInboxIsBounded: while nobody judges, events are refused before they fill
// the database.
func TestAnInboxIsBounded(t *testing.T) {
	r := openNodeWith(t, postgres.Database(t), func(o *dispatch.Options) { o.Most = engine.Volume{Rows: 20, Bytes: 1 << 30} }, "phone")
	taken, refused := 0, 0
	for range 40 {
		switch o := r.send("info"); {
		case o.Err == nil && o.Accepted.Posted:
			taken++
		case errors.Is(o.Err, dispatch.ErrFull):
			refused++
		default:
			t.Fatalf("%+v", o)
		}
	}
	if taken < 15 || taken > 20 || refused == 0 {
		t.Errorf("%d are taken and %d refused, want about 18 taken", taken, refused)
	}
	if o := r.send("critical"); o.Err != nil {
		t.Errorf("a CRITICAL event is refused: %v", o.Err)
	}
	r.judge()
	eventually(t, "everything that was taken is told, some of it together", func() bool {
		r.post.Heard()
		v, err := r.store.Volume(t.Context())
		return err == nil && v.Rows == 0 && len(r.sinks["phone"].lines()) > 1
	})
}
