package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/oklog/ulid/v2"

	"tocsin/api"
	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/engine/store"
	"tocsin/rules"
)

// explainer answers questions about events.
type explainer struct{ *Daemon }

// Explain tells what became of a past event, or what would become of one with
// everything that the daemon remembers now.
func (e explainer) Explain(ctx context.Context, q api.Question) (event.Explanation, bool, error) {
	if q.ID != "" {
		t, err := e.store.Trace(ctx, q.ID)
		return recount(&t), !t.IsEmpty(), storeError(err)
	}
	x, err := e.post.Explain(ctx, nil, cmp.Or(q.At, time.Now()), q.Event)
	if err != nil {
		return x, false, submitError(err)
	}
	x.Basis = "judged with what the daemon remembers"
	return x, true, nil
}

// recount tells what became of a past event.
func recount(t *store.Trace) event.Explanation {
	x := engine.Recount(engine.Past{Decisions: t.Decisions, History: t.History, Outbox: t.Outbox, Waiting: t.Waiting})
	x.Told = t.Event
	if len(t.Folded) > 0 {
		x.Steps = t.Folded
		x.Verdict = "Nothing bears this id, but these decisions of its moment count several events, of which it may be one."
	}
	return x
}

// ExplainOffline answers like the daemon's explanation, without one: with a
// configuration, and with the memory in the data folder if there is any.
func ExplainOffline(ctx context.Context, config *rules.Config, data string, q api.Question) (event.Explanation, bool, error) {
	r, err := openArchive(ctx, config, data)
	if err != nil && (q.ID != "" || !os.IsNotExist(err)) {
		return event.Explanation{}, false, err
	}
	if r != nil {
		defer r.Close()
	}
	if q.ID != "" {
		t, err := r.Trace(ctx, q.ID)
		return recount(&t), !t.IsEmpty(), err
	}
	now := cmp.Or(q.At, time.Now())
	var saved engine.Saved
	basis := "judged as if nothing had been told before: no daemon runs and nothing is kept in " + data
	kept := data
	if r != nil {
		if engine, place := r.Engine(); engine != "sqlite" {
			kept = "the " + place
		}
		if saved, err = r.Load(ctx, now); err != nil {
			return event.Explanation{}, false, err
		}
		basis = "judged with what is kept in " + kept
	}
	st, err := engine.NewState(config.Policy, saved, now)
	if err != nil {
		return event.Explanation{}, false, err
	}
	q.Event.ID = ulid.Make().String()
	x := config.Policy.Explain(st, now, &q.Event)
	x.Basis = basis
	return x, true, nil
}

// errStoreUnknown says that a configuration does not tell where its store is.
var errStoreUnknown = errors.New("the store's url is not complete")

// openArchive opens the store of a data folder to read it.
func openArchive(ctx context.Context, config *rules.Config, data string) (*store.Reader, error) {
	address := ""
	if config != nil {
		if held := config.Settings.Store.Held; held != "" {
			return nil, fmt.Errorf("%w: %s", errStoreUnknown, held)
		}
		address = config.Settings.Store.URL.Reveal()
	}
	if address == "" {
		path, err := filepath.Abs(filepath.Join(data, "tocsin.db"))
		if err != nil {
			return nil, err
		}
		address = (&url.URL{Scheme: "sqlite", Path: path}).String()
	}
	return store.OpenReader(ctx, address)
}
