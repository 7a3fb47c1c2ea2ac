package all

import (
	"io"
	"net/netip"

	"tocsin/channels"
	"tocsin/channels/discord"
	"tocsin/channels/email"
	"tocsin/channels/gotify"
	"tocsin/channels/httpsend"
	"tocsin/channels/log"
	"tocsin/channels/telegram"
)

// Options are what the channels of a program share.
type Options struct {
	// Stdout is where log channels without a path write to.
	Stdout io.Writer
	// Refuse reports whether an address must not be connected to, in addition
	// to those that are never; nil refuses no more.
	Refuse func(netip.AddrPort) bool
}

// Kinds returns every kind of channel, in the order to offer them. The channels
// that speak HTTP share one pool of connections.
func Kinds(opts Options) []channels.Kind {
	client := httpsend.New(httpsend.Options{Refuse: opts.Refuse})
	return []channels.Kind{
		telegram.Kind(client),
		discord.Kind(client),
		gotify.Kind(client),
		email.Kind(email.Options{Refuse: opts.Refuse}),
		log.Kind(opts.Stdout),
	}
}
