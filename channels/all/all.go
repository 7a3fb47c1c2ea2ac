package all

import (
	"io"
	"net/netip"
	"time"

	"tocsin/channels"
	"tocsin/channels/apprise"
	"tocsin/channels/declared"
	"tocsin/channels/discord"
	"tocsin/channels/email"
	"tocsin/channels/exec"
	"tocsin/channels/gotify"
	"tocsin/channels/httpsend"
	"tocsin/channels/log"
	"tocsin/channels/matrix"
	"tocsin/channels/service"
	"tocsin/channels/telegram"
	"tocsin/channels/tocsin"
	"tocsin/channels/webhook"
)

// Options are what the channels of a program share.
type Options struct {
	// Stdout is where log channels without a path write to.
	Stdout io.Writer
	// Refuse reports whether an address must not be connected to, in addition
	// to those that are never; nil refuses no more.
	Refuse func(netip.AddrPort) bool
	// Instance is what this tocsin is called among those that it forwards events
	// to; empty in a program that sends none.
	Instance string
}

// Apprise answers when it has delivered, and lists all of its services at once.
const (
	slow    = 60 * time.Second
	listing = 8 << 20
)

// Set is every kind of channel. Those that speak HTTP share one pool of
// connections.
type Set struct {
	Kinds []channels.Kind // that tocsin itself has, in the order to offer them
	// Declared makes the kind of a service that a configuration declares.
	Declared func(*service.Spec) channels.Kind
}

// Open returns every kind of channel.
func Open(opts Options) Set {
	client := httpsend.New(httpsend.Options{Refuse: opts.Refuse})
	return Set{
		Kinds: []channels.Kind{
			telegram.Kind(client),
			discord.Kind(client),
			gotify.Kind(client),
			matrix.Kind(client),
			email.Kind(email.Options{Refuse: opts.Refuse}),
			webhook.Kind(client),
			tocsin.Kind(client, opts.Instance),
			exec.Kind(),
			apprise.Kind(httpsend.New(httpsend.Options{Refuse: opts.Refuse, Patience: slow, MostBody: listing})),
			log.Kind(opts.Stdout),
		},
		Declared: func(s *service.Spec) channels.Kind { return declared.Kind(client, sender(), s) },
	}
}

// Kinds returns the kinds that tocsin itself has.
func Kinds(opts Options) []channels.Kind { return Open(opts).Kinds }

// sender is what services may show messages under.
func sender() service.App { return service.App{Name: "tocsin", Title: "tocsin"} }
