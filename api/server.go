package api

import (
	"context"
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

// Settings are what the configuration says about the front door. They may
// change between two requests.
type Settings struct {
	AllowedHosts   []string // beside the loopback names
	SendRate       Rate     // of send, a token
	WebhookSecret  event.Secret
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
	Keys      Keys
	Settings  func() Settings
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
	// Panicked is told of each panic of a handler; may be nil.
	Panicked func()
}

// Server answers requests.
type Server struct {
	Options
	limits                *limits
	sendRoom, webhookRoom *room
}

// New returns the handler of the whole API.
func New(opts Options) http.Handler {
	s := &Server{Options: opts, limits: newLimits(), sendRoom: newRoom(), webhookRoom: newRoom()}
	return s.guard(s.router())
}
