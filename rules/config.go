package rules

import (
	"net/netip"
	"time"

	"github.com/hashicorp/hcl/v2"

	"tocsin/channels"
	"tocsin/channels/service"
	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/templates"
)

// Config is a compiled configuration. It is immutable.
type Config struct {
	Policy    *engine.Policy
	Templates *templates.Set
	Channels  map[string]*Channel // by name, those that are switched off too
	Services  []*service.Spec     // declared ones, in the order of the files
	Kinds     []channels.Kind     // of channels: those of the program, and of Services
	Sources   []*Source           // those that are switched off too, in the order of the files
	Settings  Settings
	Catalogue Catalogue
	Tests     []Test      // those that are enabled, in the order of the files
	Files     []File      // in the order in which they were read, the pack's first
	Hidden    []hcl.Range // literal secrets in the files: never to be shown
}

// Channel is one channel block.
type Channel struct {
	Name    string
	Kind    string
	Enabled bool
	Channel channels.Channel // nil when Held says why, and when it is not Enabled
	Held    string           // why nothing can be sent yet: a secret that is missing
	Rich    bool             // native markup, not plain text
	GiveUp  time.Duration    // after which a message that never went out is dead
	Rate    Rate             // of messages; zero: only the service's own pace
	Values  channels.Values  // what the block sets; secrets print as "[set]"
	Hash    string           // digest of kind and values: the same means the same destination
	Place   string           // file:line
	Head    hcl.Range        // from the kind of the block to its name

	Fallback *Fallback // nil: none, or its channel is switched off
}

// Source is one source block.
type Source struct {
	Kind    string
	Name    string
	Enabled bool
	Place   string    // file:line
	Head    hcl.Range // from the kind of the block to its name
	Emits   []string  // event types
	Version string    // digest of all that Spec depends on: the same means that nothing changed
	Spec    any       // what the collector of the kind works with: a *journal.Rule, *tasks.Rule, *pve.Rule, *health.Rule, *log.Rule or *probe.Rule
}

// Fallback is the channel that gets a copy of what another one could not send.
type Fallback struct {
	Channel string        // another one, which is enabled
	After   time.Duration // unsent that long, less than the GiveUp of its owner
	Place   string        // file:line
}

// Settings are the blocks that are there once.
type Settings struct {
	Tocsin    Tocsin
	API       API
	Webhook   Webhook
	Store     Store
	History   History
	Heartbeat Heartbeat
	Git       Git
	Apprise   Apprise
}

// Tocsin is the block about the daemon itself.
type Tocsin struct {
	Enabled     bool
	DisplayName string
	Zone        *time.Location
	Edits       string // file for blocks that the panel makes
	ReadOnly    bool
	Place       string // of enabled
}

// API is how the HTTP interface listens.
type API struct {
	Listen       string // host:port
	TLSCert      string // with TLSKey; empty: no TLS
	TLSKey       string
	AllowedHosts []string       // beside the loopback names
	Proxies      []netip.Prefix // whose word on the caller's address counts
	Rate         Rate           // of send, a token
	Place        string
}

// Webhook is who may post events, and how.
type Webhook struct {
	Secret         event.Secret  // unset: closed to remote callers
	OldSecret      event.Secret  // taken too, while callers change to Secret
	Held           string        // why Secret is not there although it is configured
	LoopbackSecret bool          // loopback callers need the secret too
	MaxAge         time.Duration // drift allowed for the timestamp header
	Allow          []netip.Prefix
	Rate           Rate // of a remote address
	Place          string
}

// Store is where history and outbox are kept.
type Store struct {
	URL   event.Secret // may hold a password; unset: a file in the data folder
	Held  string       // why the address is not known: a secret in it is missing
	Place string
}

// History is how long history is kept.
type History struct {
	Keep  time.Duration
	Place string
}

// Heartbeat is who is told, again and again, that tocsin works.
type Heartbeat struct {
	URL   event.Secret // unset: nobody
	Held  string       // why URL is not there although it is configured
	Every time.Duration
	Place string
}

// Git is how the files' own history is kept.
type Git struct {
	Commit bool // one commit for each saved change
	Place  string
}

// Apprise is how services are reached that tocsin does not speak itself.
type Apprise struct {
	API     event.Secret // address of its server, which may hold a password; unset: the command
	Held    string       // why API is not there although it is configured
	Command string       // of this host; empty: as it is found
	Place   string
}

// Rate is a number of things within a time; the zero Rate has no limit.
type Rate struct {
	Count int
	Per   time.Duration
}

// File is a file that the configuration was read from.
type File struct {
	Path   string
	Pack   bool   // of the built-in pack
	Digest string // SHA-256 of its bytes, in hexadecimal
}

// Catalogue lists what can happen, for people.
type Catalogue struct {
	Groups []Group // in the order of the files
	Events []Event // group by group, then in the order of the files
	Bursts []Burst
}

// Group is one group of events.
type Group struct {
	Name, Title, Icon string
	Enabled           bool
	Place             string
}

// Event is one entry of the catalogue.
type Event struct {
	Name        string
	Group       string
	Severity    event.Severity
	Outcome     string
	Enabled     bool
	Live        bool
	Icon        string
	Summary     string
	Fields      map[string]event.FieldType
	Fingerprint []string // nil: host and all data
	Resolves    []string
	Burst       string // that counts it; empty: none
	Place       string
}

// Burst is one burst block.
type Burst struct {
	Name      string
	Enabled   bool
	Events    []string
	Threshold int
	Window    time.Duration
	Summary   string
	Place     string
}
