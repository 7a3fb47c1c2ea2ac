package api

import (
	"context"
	"time"

	"tocsin/engine/event"
)

// fakeIntake is an Intake.
type fakeIntake struct {
	submit func(ctx context.Context, wait time.Duration, list ...Submission) []Outcome
}

func (f *fakeIntake) Submit(ctx context.Context, wait time.Duration, list ...Submission) []Outcome {
	return f.submit(ctx, wait, list...)
}

// takeAll keeps every event.
func takeAll(_ context.Context, _ time.Duration, list ...Submission) []Outcome {
	outcomes := make([]Outcome, len(list))
	for i := range outcomes {
		outcomes[i] = Outcome{ID: "01EVENT" + string(rune('A'+i%26)), Channels: []string{"phone"}}
	}
	return outcomes
}

// fakeArchive is an Archive.
type fakeArchive struct {
	history func(f HistoryFilter) ([]event.Delivery, int, error)
	clear   func() (int, error)
	decided func(f DecisionFilter) ([]event.Decision, int, error)
}

// fakeExplainer is an Explainer.
type fakeExplainer struct {
	explain func(q Question) (event.Explanation, bool, error)
}

func (f *fakeExplainer) Explain(_ context.Context, q Question) (event.Explanation, bool, error) {
	return f.explain(q)
}

func (f *fakeArchive) History(_ context.Context, filter HistoryFilter) ([]event.Delivery, int, error) {
	return f.history(filter)
}

func (f *fakeArchive) ClearHistory(context.Context) (int, error) { return f.clear() }

func (f *fakeArchive) Decisions(_ context.Context, filter DecisionFilter) ([]event.Decision, int, error) {
	return f.decided(filter)
}

// fakeConfig is a Configuration.
type fakeConfig struct {
	events   func() []CatalogueEntry
	channels func() ([]ChannelState, error)
	status   func() (Status, error)
	reload   func() (ReloadResult, error)
}

func (f *fakeConfig) Events() []CatalogueEntry                         { return f.events() }
func (f *fakeConfig) Channels(context.Context) ([]ChannelState, error) { return f.channels() }
func (f *fakeConfig) Status(context.Context) (Status, error)           { return f.status() }
func (f *fakeConfig) Reload(ctx context.Context) (ReloadResult, error) { return f.reload() }

// fakeTester is a Tester.
type fakeTester struct {
	test func(t Test) ([]TestResult, error)
}

func (f *fakeTester) Test(_ context.Context, t Test) ([]TestResult, error) { return f.test(t) }

// fakeKeys is a Keys.
type fakeKeys struct {
	find   func(id string) (Token, bool, error)
	list   func() ([]Token, error)
	add    func(t Token) error
	remove func(id string) (bool, error)
	touch  func(id string, when time.Time)
}

func (f *fakeKeys) Find(_ context.Context, id string) (Token, bool, error) { return f.find(id) }
func (f *fakeKeys) Tokens(context.Context) ([]Token, error)                { return f.list() }
func (f *fakeKeys) Add(_ context.Context, t Token) error                   { return f.add(t) }
func (f *fakeKeys) Remove(_ context.Context, id string) (bool, error)      { return f.remove(id) }
func (f *fakeKeys) Touch(id string, when time.Time)                        { f.touch(id, when) }

// fakeOutbox is an Outbox.
type fakeOutbox struct {
	unsent func(f OutboxFilter) ([]event.Unsent, []event.Tally, error)
	retry  func(r Retry) (RetryResult, error)
	resend func(r Resend) (ResendResult, error)
}

func (f *fakeOutbox) Unsent(_ context.Context, filter OutboxFilter) ([]event.Unsent, []event.Tally, error) {
	return f.unsent(filter)
}

func (f *fakeOutbox) Retry(_ context.Context, r Retry) (RetryResult, error)    { return f.retry(r) }
func (f *fakeOutbox) Resend(_ context.Context, r Resend) (ResendResult, error) { return f.resend(r) }
