package apprise

import (
	"tocsin/channels"
	"tocsin/channels/httpsend"
)

// Kind returns the kind "apprise". A URL of a service that another kind speaks makes
// a channel of that. Others reach Apprise's API server through client, which must be
// patient, or run its command.
func Kind(client *httpsend.Client) channels.Kind {
	known := NewKnown()
	kind := channels.Kind{
		Name:   "apprise",
		Doc:    "Sends to an Apprise URL: by tocsin itself where it knows the service, else by a real Apprise.",
		Shared: "apprise",
		Fields: []channels.Field{
			{
				Name: urlField, Type: channels.Secret, Required: true,
				Doc:     "One Apprise URL, as Apprise's documentation shows it; it holds the service's tokens.",
				Example: `secret("irc_address")`,
			},
		},
		New: func(v channels.Values) (channels.Channel, error) {
			return New(Options{Client: client, API: v.Secret("api"), Command: v.String("command", ""), Known: known}).Channel(v.Secret(urlField))
		},
	}
	kind.Delegate = func(kinds []channels.Kind, v channels.Values) (*channels.Kind, channels.Values, error) {
		return delegate(&kind, kinds, v)
	}
	return kind
}
