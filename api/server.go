package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"tocsin/engine/event"
)

// Intake takes events.
type Intake interface {
	// Submit returns when everything the events caused is on disk. With a
	// positive wait it also waits that long for their deliveries.
	Submit(ctx context.Context, wait time.Duration, list ...Submission) []Outcome
}

// Archive is what was delivered and what was not.
type Archive interface {
	History(ctx context.Context, f HistoryFilter) (rows []event.Delivery, total int, err error)
	ClearHistory(ctx context.Context) (int, error)
	Decisions(ctx context.Context, f DecisionFilter) (rows []event.Decision, total int, err error)
}

// Explainer answers why an event was told, held or stopped.
type Explainer interface {
	// Explain reports false when nothing is known of a past event.
	Explain(ctx context.Context, q Question) (x event.Explanation, found bool, err error)
}

// Configuration is the running configuration.
type Configuration interface {
	Events() []CatalogueEntry
	Channels(ctx context.Context) ([]ChannelState, error)
	Status(ctx context.Context) (Status, error)
	// Reload looks at the files and answers when they are in use or refused.
	Reload(ctx context.Context) (ReloadResult, error)
}

// Tester sends test messages.
type Tester interface {
	Test(ctx context.Context, t Test) ([]TestResult, error)
}

// Keys are the tokens of callers.
type Keys interface {
	// Find returns the token with that id, expired or not.
	Find(ctx context.Context, id string) (Token, bool, error)
	Tokens(ctx context.Context) ([]Token, error)
	Add(ctx context.Context, t Token) error
	Remove(ctx context.Context, id string) (bool, error)
	Touch(id string, when time.Time)
}

// Accounts are the people who may sign in.
type Accounts interface {
	Account(ctx context.Context, name string) (Account, bool, error)
	Accounts(ctx context.Context) ([]Account, error)
	// SetPassword also ends the account's links, and its sessions but for keep.
	SetPassword(ctx context.Context, name, password string, keep []byte) (bool, error)
	// RemoveAccount also ends the account's links and sessions.
	RemoveAccount(ctx context.Context, name string) (bool, error)
}

// Sessions are the accounts that are signed in, and the links by which they may.
// They are known by the digests of what their browsers know.
type Sessions interface {
	// NewLink makes the account when there is none of its name, and returns it as it
	// is.
	NewLink(ctx context.Context, l LoginLink, a Account) (Account, error)
	// UseLink takes a link away and keeps a session of its account; false: there is no
	// such link, or it has expired when next begins.
	UseLink(ctx context.Context, hash []byte, next Session) (Account, bool, error)
	// SignIn keeps a session; false: its account is gone.
	SignIn(ctx context.Context, next Session) (Account, bool, error)
	// Session returns a session that has not ended at now, with its account as it is
	// now.
	Session(ctx context.Context, hash []byte, now time.Time) (Session, Account, bool, error)
	Extend(hash []byte, ends time.Time)
	End(ctx context.Context, hash []byte) error
}

// Settings are what the configuration says about the front door. They may
// change between two requests.
type Settings struct {
	AllowedHosts   []string       // beside the loopback names
	SendRate       Rate           // of send, a token
	Proxies        []netip.Prefix // whose word on who calls counts
	WebhookSecret  event.Secret
	OldSecret      event.Secret // of the webhook too, while callers change
	WebhookMaxAge  time.Duration
	WebhookAllow   []netip.Prefix // empty: every address
	WebhookRate    Rate           // a remote address
	LoopbackSecret bool           // loopback callers need the secret too
}

// Rate is a number of requests in a span of time.
type Rate struct {
	Count int
	Per   time.Duration
}

// Options are what a Server works with.
type Options struct {
	Intake    Intake
	Archive   Archive
	Outbox    Outbox
	Config    Configuration
	Tester    Tester
	Explainer Explainer
	Proxmox   Proxmox
	Desk      Desk
	Feed      Feed
	Keys      Keys
	Accounts  Accounts
	Sessions  Sessions
	Settings  func() Settings
	Address   func() string // by which a browser reaches this daemon: http(s)://HOST:PORT
	// Decode reads the body that Proxmox posts to the webhook. Its error is the
	// caller's mistake; a *BadRequest also says what to do.
	Decode func(body []byte) (event.Incoming, error)
	Ready  func(ctx context.Context) error // nil when events can be kept
	// Impaired says what works in part only while events are kept, for anybody to
	// read; empty: nothing. May be nil.
	Impaired func() string
	// Instance is what this tocsin is called among others that forward events to
	// each other; empty: nobody does.
	Instance string
	Metrics  http.Handler
	Log      *slog.Logger
	// SignedIn is told of each attempt to sign in: by "password" or "link"; "accepted",
	// "refused" or "limited". May be nil.
	SignedIn func(by, outcome string)
	// Panicked is told of each panic of a handler; may be nil.
	Panicked func()
}

// Server answers requests.
type Server struct {
	Options
	limits                *limits
	sendRoom, webhookRoom *room
	attempts              *attempts
	kiln                  *kiln
	streams               chan struct{} // one entry an open stream
	document              []byte        // of OpenAPI
}

// New returns the handler of the whole API.
func New(opts Options) http.Handler {
	document, err := json.Marshal(newOpenAPI(operations()))
	if err != nil {
		panic(err) // it is made of texts
	}
	s := &Server{Options: opts, limits: newLimits(), sendRoom: newRoom(), webhookRoom: newRoom(), attempts: newAttempts(), kiln: newKiln(), streams: make(chan struct{}, maxStreams), document: document}
	return s.guard(s.router())
}
