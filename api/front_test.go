package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin/engine/event"
)

// sharedSecret is the webhook's in tests; no answer and no log may hold it.
const sharedSecret = "kestrel-ovation-17"

// front is an API with fakes behind it. Its fields may be changed until the
// first request.
type front struct {
	tb        testing.TB
	intake    fakeIntake
	archive   fakeArchive
	outbox    fakeOutbox
	config    fakeConfig
	tester    fakeTester
	explainer fakeExplainer
	proxmox   fakeProxmox
	desk      fakeDesk
	feed      fakeFeed
	keys      fakeKeys
	accounts  fakeAccounts
	sessions  fakeSessions
	settings  Settings
	options   Options

	handler http.Handler
	log     lockedBuffer
	texts   map[Scope]string // of the tokens
	kept    map[string]Token // by id
	secrets []string         // that must not be shown

	mu    sync.Mutex
	taken []Submission // by the intake
}

// lockedBuffer is a log that several requests may write.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func newFront(tb testing.TB) *front {
	tb.Helper()
	f := &front{tb: tb, texts: map[Scope]string{}, kept: map[string]Token{}, secrets: []string{sharedSecret}}
	for _, scope := range []Scope{ScopeRead, ScopeSend, ScopeAdmin} {
		f.texts[scope] = f.addToken(scope, time.Now())
	}
	f.intake.submit = takeAll
	f.archive = fakeArchive{
		history: func(HistoryFilter) ([]event.Delivery, int, error) { return nil, 0, nil },
		clear:   func() (int, error) { return 3, nil },
		decided: func(DecisionFilter) ([]event.Decision, int, error) { return nil, 0, nil },
	}
	f.outbox = fakeOutbox{
		unsent: func(OutboxFilter) ([]event.Unsent, []event.Tally, error) { return nil, nil, nil },
		retry:  func(Retry) (RetryResult, error) { return RetryResult{Moved: 2}, nil },
		resend: func(Resend) (ResendResult, error) { return ResendResult{Queued: 1}, nil },
	}
	f.config = fakeConfig{
		events:   func() []CatalogueEntry { return nil },
		channels: func() ([]ChannelState, error) { return nil, nil },
		status:   func() (Status, error) { return Status{Version: "v1"}, nil },
		reload:   func() (ReloadResult, error) { return ReloadResult{OK: true}, nil },
	}
	f.tester.test = func(Test) ([]TestResult, error) { return []TestResult{{Channel: "phone", Success: true}}, nil }
	f.explainer.explain = func(Question) (event.Explanation, bool, error) { return event.Explanation{}, true, nil }
	f.proxmox = fakeProxmox{
		look:   func() (Registration, error) { return Registration{Registered: true}, nil },
		change: func(removes, dryRun bool) (RegistrationChange, error) { return RegistrationChange{Done: !dryRun}, nil },
	}
	f.desk = newFakeDesk()
	f.feed.read = func(after NewsPosition, _ int) (NewsPage, error) { return NewsPage{Next: after, Ended: true}, nil }
	f.keys = fakeKeys{
		find: func(id string) (Token, bool, error) { t, ok := f.kept[id]; return t, ok, nil },
		list: func() ([]Token, error) { return []Token{f.kept[f.idOf(ScopeRead)]}, nil },
		add:  func(Token) error { return nil },
		remove: func(id string) (bool, error) {
			_, ok := f.kept[id]
			delete(f.kept, id)
			return ok, nil
		},
		touch: func(string, time.Time) {},
	}
	f.accounts = fakeAccounts{known: map[string]Account{}}
	f.sessions = fakeSessions{accounts: &f.accounts, kept: map[string]Session{}, links: map[string]LoginLink{}}
	f.accounts.ended = f.sessions.endAll
	f.settings = Settings{
		AllowedHosts: []string{"pve.lan"}, SendRate: Rate{1000, time.Second},
		WebhookSecret: event.NewSecret(sharedSecret), WebhookMaxAge: 5 * time.Minute, WebhookRate: Rate{120, time.Minute},
	}
	f.options = Options{
		Decode:  func(body []byte) (event.Incoming, error) { return event.Incoming{Type: "backup_fail"}, nil },
		Ready:   func(context.Context) error { return nil },
		Address: func() string { return "https://pve.lan:8008" },
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "tocsin_up 1\n") }),
	}
	tb.Cleanup(f.checkLog)
	return f
}

func (f *front) addToken(scope Scope, made time.Time) string {
	text, kept := MakeToken("test "+string(scope), scope, made, made.Add(tokenLife))
	f.kept[kept.ID] = kept
	f.secrets = append(f.secrets, secretPart(text))
	return text
}

// secretPart is what of a token must never be shown: its id may be.
func secretPart(text string) string { return strings.SplitN(text, "_", 3)[2] }

func (f *front) idOf(scope Scope) string { return strings.SplitN(f.texts[scope], "_", 3)[1] }

func (f *front) serve() http.Handler {
	if f.handler == nil {
		o := f.options
		o.Intake, o.Archive, o.Config, o.Tester, o.Keys = intakeOf(f), &f.archive, &f.config, &f.tester, &f.keys
		o.Accounts, o.Sessions = &f.accounts, &f.sessions
		o.Outbox, o.Explainer, o.Proxmox = &f.outbox, &f.explainer, &f.proxmox
		o.Outbox, o.Explainer, o.Desk = &f.outbox, &f.explainer, &f.desk
		if o.Feed == nil {
			o.Feed = &f.feed
		}
		o.Settings = func() Settings { return f.settings }
		o.Log = slog.New(slog.NewTextHandler(&f.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		f.handler = New(o)
	}
	return f.handler
}

// intakeOf notes what is submitted before the test's intake sees it.
func intakeOf(f *front) Intake {
	return &fakeIntake{func(ctx context.Context, wait time.Duration, list ...Submission) []Outcome {
		f.mu.Lock()
		f.taken = append(f.taken, list...)
		f.mu.Unlock()
		return f.intake.submit(ctx, wait, list...)
	}}
}

func (f *front) checkLog() {
	for _, secret := range f.secrets {
		if strings.Contains(f.log.String(), secret) {
			f.tb.Errorf("the log holds the secret %s:\n%s", secret, f.log.String())
		}
	}
}

// option changes a request.
type option func(*http.Request)

func header(name string, values ...string) option {
	return func(r *http.Request) { r.Header[http.CanonicalHeaderKey(name)] = values }
}

func bearer(token string) option { return header("Authorization", "Bearer "+token) }
func host(name string) option    { return func(r *http.Request) { r.Host = name } }
func from(addr string) option    { return func(r *http.Request) { r.RemoteAddr = addr } }
func local() option {
	return func(r *http.Request) { *r = *r.WithContext(WithLocal(r.Context())); r.RemoteAddr = "@" }
}
func (f *front) as(s Scope) option { return bearer(f.texts[s]) }

// remote makes a request one from another host that knows the secret.
func remote() []option {
	return []option{from("192.0.2.7:1234"), host("pve.lan:8008"), header("X-Webhook-Secret", sharedSecret), stamped(time.Now())}
}

func stamped(when time.Time) option {
	return header("X-Tocsin-Timestamp", jsonText(when.Unix()))
}

func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// reply is an answer that passed the checks that every answer must pass.
type reply struct {
	status int
	header http.Header
	body   string
	fault  Error // when it is no success
}

// do makes a request as a program on this host does, changed by the options.
func (f *front) do(method, target, body string, options ...option) reply {
	f.tb.Helper()
	r := httptest.NewRequestWithContext(f.tb.Context(), method, target, strings.NewReader(body))
	r.Host, r.RemoteAddr = "127.0.0.1:8008", "127.0.0.1:40404"
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, change := range options {
		change(r)
	}
	w := httptest.NewRecorder()
	f.serve().ServeHTTP(w, r)
	a := f.check(w.Result(), method+" "+target)
	theContract().hold(f.tb, method, target, a)
	return a
}

// check holds an answer to what all answers promise.
func (f *front) check(resp *http.Response, what string) reply {
	f.tb.Helper()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		f.tb.Fatal(err)
	}
	a := reply{status: resp.StatusCode, header: resp.Header, body: string(text)}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
	} {
		if got := a.header.Get(name); got != want {
			f.tb.Errorf("%s: got %s %q, want %q", what, name, got, want)
		}
	}
	if csp := a.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'self'") || strings.Contains(csp, "unsafe") {
		f.tb.Errorf("%s: got the policy %q", what, csp)
	}
	shown := a.body + jsonText(a.header)
	for _, secret := range f.secrets {
		if strings.Contains(shown, secret) {
			f.tb.Errorf("%s: the answer holds the secret %s", what, secret)
		}
	}
	if a.status >= 300 && a.status < 400 || a.header.Get("Access-Control-Allow-Origin") != "" {
		f.tb.Errorf("%s: got status %d and the header %v", what, a.status, a.header)
	}
	if a.status >= 400 && a.body != "" {
		a.fault = f.checkFault(a, what)
	}
	return a
}

// checkFault holds an answer that is no success to the one shape.
func (f *front) checkFault(a reply, what string) Error {
	f.tb.Helper()
	var got struct{ Error *Error }
	if err := json.Unmarshal([]byte(a.body), &got); err != nil || got.Error == nil {
		if strings.Contains(a.body, `"ok":false`) { // a reload has its own
			return Error{}
		}
		f.tb.Fatalf("%s: got status %d with the body %s", what, a.status, a.body)
	}
	if got.Error.Code == "" || got.Error.Message == "" {
		f.tb.Errorf("%s: got %s", what, a.body)
	}
	again := a.header.Get("Retry-After")
	if mayRetry := a.status == 429 || a.status == 503; mayRetry != (again != "") || again == "0" {
		f.tb.Errorf("%s: got status %d with Retry-After %q", what, a.status, again)
	}
	if (a.status == 401) != (a.header.Get("WWW-Authenticate") != "") {
		f.tb.Errorf("%s: got status %d with the challenge %q", what, a.status, a.header.Get("WWW-Authenticate"))
	}
	return *got.Error
}

// want fails the test unless an answer has a status and its text the words.
func (a reply) want(tb testing.TB, status int, words ...string) {
	tb.Helper()
	if a.status != status {
		tb.Fatalf("got status %d, want %d: %s", a.status, status, a.body)
	}
	for _, word := range words {
		if !strings.Contains(a.body, word) {
			tb.Errorf("got %s, want %q in it", a.body, word)
		}
	}
}

// into reads a JSON answer.
func (a reply) into(tb testing.TB, v any) {
	tb.Helper()
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		tb.Fatalf("read %s: %v", a.body, err)
	}
}

func with(options []option, more ...option) []option { return append(slices.Clone(options), more...) }
