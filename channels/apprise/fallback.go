package apprise

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"tocsin/channels"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// Remedy is what to do where there is no Apprise.
const Remedy = `install it (apt install apprise), or name its API server: apprise { api = "http://127.0.0.1:8000" }`

// Options say which Apprise is asked.
type Options struct {
	// Client sends to the API server. It must be patient: the server answers when
	// it has delivered.
	Client  *httpsend.Client
	API     event.Secret // address of the server; unset: the command
	Command string       // path or name of the command; empty: apprise, as it is found in PATH
	Known   *Known       // what was learnt of it before; nil: nothing, and nobody else learns of it
}

// Fallback sends to Apprise URLs by a real Apprise.
type Fallback struct {
	engine engine
	known  *Known
}

// engine is one way to a real Apprise.
type engine interface {
	// identity changes when another Apprise takes its place.
	identity() (string, error)
	// schemas lists what it speaks.
	schemas(ctx context.Context) (map[string]bool, error)
	// notify sends one note.
	notify(ctx context.Context, n *note) error
	// remedy is what to do about a schema that it does not speak.
	remedy() string
}

// New returns a fallback. It asks Apprise nothing yet.
func New(opts Options) *Fallback {
	f := &Fallback{known: opts.Known}
	if f.known == nil {
		f.known = NewKnown()
	}
	if opts.API.IsSet() {
		f.engine = &server{client: opts.Client, base: strings.TrimRight(strings.TrimSpace(opts.API.Reveal()), "/")}
	} else {
		f.engine = &command{name: opts.Command}
	}
	return f
}

// Speaks reports whether Apprise knows a schema, such as matrix. It is asked once,
// and again when another Apprise takes its place. The error says why it cannot be
// asked and what to do.
func (f *Fallback) Speaks(scheme string) (bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), askTime)
	defer cancel()
	schemas, err := f.known.of(ctx, f.engine)
	if err != nil {
		return false, err
	}
	scheme = strings.ToLower(scheme)
	// Web addresses of some services are Apprise URLs as they are. Which, Apprise
	// does not list.
	return schemas[scheme] || scheme == "https" || scheme == "http", nil
}

// Channel returns a channel that sends to one Apprise URL. The error is about the
// URL alone; whether Apprise speaks it says the channel's Missing.
func (f *Fallback) Channel(address event.Secret) (channels.Channel, error) {
	text := strings.TrimSpace(address.Reveal())
	scheme, err := schemeOf(text)
	if err != nil {
		return nil, err
	}
	return &channel{fallback: f, scheme: scheme, url: event.NewSecret(overflowing(text)), hidden: partsOf(text)}, nil
}

// schemeOf checks that a text is one Apprise URL and returns its schema.
func schemeOf(text string) (string, error) {
	wrong := func(summary, detail string) (string, error) {
		return "", &channels.FieldError{Field: "url", Summary: summary, Detail: detail}
	}
	if text == "" {
		return wrong("missing Apprise URL", "Set it to one as Apprise's documentation shows it, such as matrixs://user:password@host/#room.")
	}
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok || scheme == "" || strings.ContainsFunc(scheme, func(r rune) bool { return !isLetterOrDigit(r) }) {
		return wrong("invalid Apprise URL", "It begins with a schema, such as matrixs:// or pover://.")
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f }) || strings.Contains(rest, "://") && strings.Contains(rest, ",") {
		return wrong("several Apprise URLs", "A channel is one of them: write a channel each. A blank in a URL is written %20, a comma %2C.")
	}
	return strings.ToLower(scheme), nil
}

func isLetterOrDigit(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// overflowing asks Apprise to split what is too long for a service, unless the URL
// says otherwise: else the service refuses it.
func overflowing(text string) string {
	before, query, ok := strings.Cut(text, "?")
	if ok && strings.Contains(strings.ToLower(query), "overflow=") {
		return text
	}
	if !ok {
		return before + "?overflow=split"
	}
	return text + "&overflow=split"
}

// partsOf lists the parts of a URL that may be a secret, as they are written and as
// they are read. Nearly any part is one at some service.
func partsOf(text string) []string {
	const shortest = 4 // what is shorter stands in any text
	_, rest, _ := strings.Cut(text, "://")
	var parts []string
	for _, part := range strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune("/?&;=@:#,+", r) }) {
		if len(part) < shortest {
			continue
		}
		parts = append(parts, part)
		if plain, err := url.PathUnescape(part); err == nil && plain != part {
			parts = append(parts, plain)
		}
	}
	// Longer ones first: a part of another must not save the rest of that.
	slices.SortFunc(parts, func(a, b string) int { return len(b) - len(a) })
	return parts
}

// channel is one Apprise URL.
type channel struct {
	fallback *Fallback
	scheme   string
	url      event.Secret
	hidden   []string
}

// String names the channel without its URL.
func (c *channel) String() string { return "apprise" }

// GoString hides the URL from %#v.
func (c *channel) GoString() string { return c.String() }

// Send delivers m as described by channels.Channel.
func (c *channel) Send(ctx context.Context, m *event.Message) (event.Receipt, error) {
	n := render(m)
	n.url, n.scheme, n.hidden = c.url, c.scheme, c.hidden
	return event.Receipt{}, c.fallback.engine.notify(ctx, n)
}

// Missing reports an Apprise that is not there or does not speak the URL, as
// described by channels.Checked.
func (c *channel) Missing(ask bool) *channels.FieldError {
	speaks := true
	var err error
	if ask {
		speaks, err = c.fallback.Speaks(c.scheme)
	} else {
		_, err = c.fallback.engine.identity()
	}
	switch {
	case err != nil:
		return &channels.FieldError{Field: "url", Summary: "no Apprise to send it", Detail: err.Error() + "."}
	case !speaks:
		return &channels.FieldError{
			Field: "url", Summary: fmt.Sprintf("Apprise does not speak %s://", c.scheme),
			Detail: c.fallback.engine.remedy() + " Until then the messages of this channel wait.",
		}
	}
	return nil
}
