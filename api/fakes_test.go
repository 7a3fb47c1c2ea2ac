package api

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
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

// fakeProxmox is a Proxmox.
type fakeProxmox struct {
	look   func() (Registration, error)
	change func(removes, dryRun bool) (RegistrationChange, error)
}

func (f *fakeProxmox) Registration(context.Context) (Registration, error) { return f.look() }

func (f *fakeProxmox) Register(_ context.Context, dryRun bool) (RegistrationChange, error) {
	return f.change(false, dryRun)
}

func (f *fakeProxmox) Unregister(_ context.Context, dryRun bool) (RegistrationChange, error) {
	return f.change(true, dryRun)
}

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

// fakeAccounts are Accounts in memory.
type fakeAccounts struct {
	mu    sync.Mutex
	known map[string]Account
	fault error                          // of every call
	ended func(name string, keep []byte) // the sessions of an account
}

func (f *fakeAccounts) Account(_ context.Context, name string) (Account, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a, ok := f.known[name]
	return a, ok, f.fault
}

func (f *fakeAccounts) Accounts(context.Context) ([]Account, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.SortedFunc(maps.Values(f.known), func(a, b Account) int { return strings.Compare(a.Name, b.Name) }), f.fault
}

func (f *fakeAccounts) SetPassword(_ context.Context, name, password string, keep []byte) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a, ok := f.known[name]
	if f.fault != nil || !ok {
		return false, f.fault
	}
	a.Password = password
	f.known[name] = a
	f.ended(name, keep)
	return true, nil
}

func (f *fakeAccounts) RemoveAccount(_ context.Context, name string) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, ok := f.known[name]
	delete(f.known, name)
	f.ended(name, nil)
	return ok, f.fault
}

// fakeSessions are Sessions in memory.
type fakeSessions struct {
	accounts *fakeAccounts
	mu       sync.Mutex
	kept     map[string]Session // by hash
	links    map[string]LoginLink
	looked   int
	extended int
}

func (f *fakeSessions) NewLink(ctx context.Context, l LoginLink, a Account) (Account, error) {
	f.accounts.mu.Lock()
	if was, ok := f.accounts.known[a.Name]; ok {
		a = was
	}
	f.accounts.known[a.Name] = a
	f.accounts.mu.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.links[string(l.Hash)] = l
	return a, f.accounts.fault
}

func (f *fakeSessions) UseLink(ctx context.Context, hash []byte, next Session) (Account, bool, error) {
	f.mu.Lock()
	l, ok := f.links[string(hash)]
	delete(f.links, string(hash))
	f.mu.Unlock()
	if next.Account = l.Account; !ok || !next.Created.Before(l.Expires) {
		return Account{}, false, f.accounts.fault
	}
	return f.SignIn(ctx, next)
}

func (f *fakeSessions) SignIn(ctx context.Context, next Session) (Account, bool, error) {
	a, ok, err := f.accounts.Account(ctx, next.Account)
	f.mu.Lock()
	defer f.mu.Unlock()
	if next.id = ""; ok {
		f.kept[string(next.Hash)] = next
	}
	return a, ok, err
}

func (f *fakeSessions) Session(ctx context.Context, hash []byte, now time.Time) (Session, Account, bool, error) {
	f.mu.Lock()
	s, ok := f.kept[string(hash)]
	f.looked++
	f.mu.Unlock()
	a, found, err := f.accounts.Account(ctx, s.Account)
	return s, a, ok && found && now.Before(s.Ends), err
}

func (f *fakeSessions) Extend(hash []byte, ends time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.extended++
	s := f.kept[string(hash)]
	s.Ends = ends
	f.kept[string(hash)] = s
}

func (f *fakeSessions) End(_ context.Context, hash []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.kept, string(hash))
	return f.accounts.fault
}

func (f *fakeSessions) endAll(name string, keep []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	maps.DeleteFunc(f.kept, func(hash string, s Session) bool { return s.Account == name && hash != string(keep) })
	maps.DeleteFunc(f.links, func(_ string, l LoginLink) bool { return l.Account == name })
}

// fakeDesk is a Desk.
type fakeDesk struct {
	settings func() ([]byte, string, error)
	rules    func() ([]Rule, error)
	files    func() (Files, error)
	file     func(path string) ([]byte, string, error)
	edit     func(e Edit) (Edited, error)
	check    func(c Check) (Checked, error)
	changes  func(limit int) ([]Change, error)
}

func (f *fakeDesk) Settings(context.Context) ([]byte, string, error) { return f.settings() }
func (f *fakeDesk) Rules(context.Context) ([]Rule, error)            { return f.rules() }
func (f *fakeDesk) Files(context.Context) (Files, error)             { return f.files() }
func (f *fakeDesk) File(_ context.Context, path string) ([]byte, string, error) {
	return f.file(path)
}
func (f *fakeDesk) Edit(_ context.Context, e Edit) (Edited, error)    { return f.edit(e) }
func (f *fakeDesk) Check(_ context.Context, c Check) (Checked, error) { return f.check(c) }
func (f *fakeDesk) Changes(_ context.Context, limit int) ([]Change, error) {
	return f.changes(limit)
}

// newFakeDesk is a Desk with one file, on which every edit succeeds.
func newFakeDesk() fakeDesk {
	return fakeDesk{
		settings: func() ([]byte, string, error) {
			return []byte(`{"revision":"r1","places":{},"tocsin":{"enabled":true}}`), "r1", nil
		},
		rules: func() ([]Rule, error) {
			return []Rule{{Name: "night", Enabled: true, Source: Source{"a.hcl", 3}, Arguments: map[string]any{"drop": true}}}, nil
		},
		files: func() (Files, error) {
			return Files{Revision: "r1", Files: []File{{Path: "a.hcl", Size: 3, Tag: "t1"}}}, nil
		},
		file: func(path string) ([]byte, string, error) {
			if path != "a.hcl" {
				return nil, "", &NotFound{Why: "there is no such file", Do: "GET files lists them"}
			}
			return []byte("# a"), "t1", nil
		},
		edit: func(e Edit) (Edited, error) {
			return Edited{Saved: !e.DryRun, Applied: !e.DryRun, Revision: "r2", Effects: []string{"it is done"}, Files: []FileDiff{{Path: "a.hcl", Old: "t1", New: "t2", Diff: "+x\n"}}}, nil
		},
		check: func(Check) (Checked, error) { return Checked{OK: true}, nil },
		changes: func(int) ([]Change, error) {
			return []Change{{ID: "1", By: "anna", Effects: []string{"x"}, Files: []FileDiff{}}}, nil
		},
	}
}

// fakeFeed is a Feed.
type fakeFeed struct {
	read func(after NewsPosition, most int) (NewsPage, error)
}

func (f *fakeFeed) Last() NewsPosition { return NewsPosition{"now", 7} }
func (f *fakeFeed) Read(after NewsPosition, most int) (NewsPage, error) {
	return f.read(after, most)
}
