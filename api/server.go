package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/uptrace/bunrouter"

	"tocsin/engine/event"
)

// Prefix is the path below which the API stands.
const Prefix = "/api/notifications"

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
}

// Configuration is the running configuration.
type Configuration interface {
	Events() []EventInfo
	Channels(ctx context.Context) ([]ChannelInfo, error)
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
	Intake   Intake
	Archive  Archive
	Config   Configuration
	Tester   Tester
	Keys     Keys
	Settings func() Settings
	// Decode reads the body that Proxmox posts to the webhook. Its error is the
	// caller's mistake.
	Decode  func(body []byte) (event.Incoming, error)
	Ready   func(ctx context.Context) error // nil when events can be kept
	Metrics http.Handler
	Log     *slog.Logger
}

// Server answers requests.
type Server struct {
	Options
	limits limits
}

// New returns the handler of the whole API.
func New(opts Options) http.Handler {
	s := &Server{Options: opts, limits: newLimits()}
	r := bunrouter.New(
		bunrouter.WithNotFoundHandler(s.answer(func(http.ResponseWriter, bunrouter.Request) error { return errNotFound })),
		bunrouter.WithMethodNotAllowedHandler(s.answer(func(http.ResponseWriter, bunrouter.Request) error { return errMethod })),
	)
	r.GET("/healthz", s.answer(s.healthz))
	r.GET("/readyz", s.answer(s.readyz))
	r.GET("/metrics", s.answer(s.metrics))
	r.WithGroup(Prefix, func(g *bunrouter.Group) {
		g.POST("/webhook", s.answer(s.webhook))
		g.POST("/send", s.need(ScopeSend, s.send))
		g.POST("/test", s.need(ScopeAdmin, s.test))
		g.GET("/history", s.need(ScopeRead, s.history))
		g.DELETE("/history", s.need(ScopeAdmin, s.clearHistory))
		g.GET("/events", s.need(ScopeRead, s.events))
		g.GET("/channels", s.need(ScopeRead, s.channels))
		g.GET("/status", s.need(ScopeRead, s.status))
		g.POST("/reload", s.need(ScopeAdmin, s.reload))
		g.GET("/tokens", s.need(ScopeAdmin, s.tokens))
		g.POST("/tokens", s.need(ScopeAdmin, s.newToken))
		g.DELETE("/tokens/:id", s.need(ScopeAdmin, s.removeToken))
	})
	return s.guard(r)
}
