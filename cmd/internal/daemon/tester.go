package daemon

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"tocsin/api"
	"tocsin/channels"
	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules"
)

// testTime is how long a test message may take.
const testTime = 60 * time.Second

// tester sends test messages past the judge and the outbox, straight over a
// channel.
type tester struct{ *Daemon }

// target is a channel to test.
type target struct {
	name    string
	channel channels.Channel
	rich    bool
	waits   string // why it cannot send
}

// Test sends a message over the channels that t names and leaves a history row
// for each.
func (t *tester) Test(ctx context.Context, test api.Test) ([]api.TestResult, error) {
	targets, err := t.targets(&test)
	if err != nil {
		return nil, err
	}
	results := make([]api.TestResult, len(targets))
	rows := make([]event.Delivery, len(targets))
	var sending sync.WaitGroup
	for i, target := range targets {
		sending.Go(func() { results[i], rows[i] = t.send(ctx, target, &test) })
	}
	sending.Wait()
	if err := t.store.Commit(context.WithoutCancel(ctx), &engine.Batch{History: rows}); err != nil {
		t.Log.Warn("a test is not in the history", "err", err)
	}
	return results, nil
}

func (t *tester) targets(test *api.Test) ([]target, error) {
	config := t.running.Load().config
	if test.Unsaved != nil {
		return t.unsaved(test.Unsaved)
	}
	var list []target
	for _, ch := range config.Policy.Channels {
		if test.Channel == "" || test.Channel == ch.Name || test.Channel == ch.Kind {
			to, err := t.saved(config.Channels[ch.Name])
			if err != nil {
				return nil, err
			}
			list = append(list, to)
		}
	}
	if len(list) == 0 {
		return nil, &api.NotFound{Why: fmt.Sprintf("no channel is called %q", test.Channel), Do: "tocsin channels lists them"}
	}
	return list, nil
}

// saved makes a channel of the configuration anew: the one that its worker sends
// over is nobody else's.
func (t *tester) saved(c *rules.Channel) (target, error) {
	to := target{name: c.Name, rich: c.Rich, waits: c.Held}
	kind := t.kind(c.Kind)
	if c.Held != "" || kind == nil {
		return to, nil
	}
	var err error
	to.channel, err = kind.Open(t.kinds(), c.Values)
	return to, err
}

// kind returns the kind of channels of that name, or nil.
func (t *tester) kind(name string) *channels.Kind {
	for _, kinds := range [][]channels.Kind{t.kinds(), t.loader.services()} {
		if i := slices.IndexFunc(kinds, func(k channels.Kind) bool { return k.Name == name }); i >= 0 {
			return &kinds[i]
		}
	}
	return nil
}

// kinds returns every kind of channel, those of declared services too.
func (t *tester) kinds() []channels.Kind { return t.running.Load().config.Kinds }

// unsaved makes a channel from the fields of a request, as a form gives them.
func (t *tester) unsaved(fields map[string]any) ([]target, error) {
	kindName, _ := fields["kind"].(string)
	name, _ := fields["name"].(string)
	kind := t.kind(kindName)
	if kind == nil {
		return nil, &api.BadRequest{Why: fmt.Sprintf("there is no kind of channel %q", kindName), Do: "use one of " + t.kindNames()}
	}
	values, err := channelValues(kind, fields)
	if err != nil {
		return nil, &api.BadRequest{Why: err.Error(), Do: "correct the field"}
	}
	if kind.HostOnly != nil && kind.HostOnly(values) {
		return nil, &api.BadRequest{
			Why: "such a channel runs programs of this host or writes its files, so none is made from a request",
			Do:  "write it into a file of the configuration folder, and test it by its name",
		}
	}
	maps.Copy(values, t.running.Load().config.Settings.Shared(kind))
	kinds := t.kinds()
	if kind.Delegate != nil { // an address may be of a service that nobody uses yet
		kinds = slices.Concat(kinds, t.loader.services())
	}
	ch, err := kind.Open(kinds, values)
	if err != nil {
		return nil, &api.BadRequest{Why: err.Error(), Do: "correct the field"}
	}
	rich, given := fields["rich"].(bool)
	return []target{{name: name, channel: ch, rich: rich || !given}}, nil
}

func (t *tester) kindNames() string {
	var names []string
	for _, k := range t.kinds() {
		names = append(names, k.Name)
	}
	return strings.Join(names, ", ")
}

func (t *tester) send(ctx context.Context, to target, test *api.Test) (api.TestResult, event.Delivery) {
	m := t.message(test)
	m.Rich = to.rich
	result := api.TestResult{Channel: to.name, Rendered: m.Plain()}
	row := event.Delivery{
		EventID: m.EventID, Channel: to.name, Type: m.Type, Severity: m.Severity, Title: m.Title, Message: m.PlainBody(), Attempt: 1, Source: "test",
	}
	started := time.Now()
	receipt, err := deliver(ctx, to, m)
	row.SentAt, row.Latency = time.Now(), time.Since(started)
	result.Latency = row.Latency.Milliseconds()
	if err != nil {
		failed := event.AsSendError(err)
		result.Error = &api.TestError{Code: failed.Code, Why: failed.Why, Do: failed.Do}
		row.Code, row.Error = failed.Code, failed.Error()
		return result, row
	}
	result.Success, row.Success, row.MessageID = true, true, receipt.MessageID
	return result, row
}

// deliver makes the attempt. A panic of an adapter is its answer, as in the post
// room.
func deliver(ctx context.Context, to target, m *event.Message) (receipt event.Receipt, err error) {
	defer func() {
		if recover() != nil {
			err = &event.SendError{
				Class: event.Temporary, Code: "internal", Maybe: true,
				Why: "the channel's code stopped in the middle", Do: "this is a fault in tocsin, please report it",
			}
		}
	}()
	if to.channel == nil {
		return event.Receipt{}, &event.SendError{Class: event.Target, Code: "not_ready", Why: "the channel waits: " + to.waits, Do: "see tocsin check"}
	}
	ctx, cancel := context.WithTimeout(ctx, testTime)
	defer cancel()
	return to.channel.Send(ctx, m)
}

// message is what a test sends.
func (t *tester) message(test *api.Test) *event.Message {
	severity, _ := event.ParseSeverity(test.Severity)
	id := ulid.Make().String()
	m := &event.Message{
		ID: id + ".test", EventID: id, Type: "test", Group: "other", Severity: severity, Outcome: test.Outcome, Icon: "🔔",
		Title: event.OneLine(event.Clean(test.Title)), Body: event.Clean(test.Body),
		Host: t.running.Load().config.Policy.Host, Time: time.Now(),
	}
	if m.Title == "" {
		m.Title = "Test message"
	}
	if m.Body == "" {
		m.Body = "If you can read this, the channel works."
	}
	return m
}
