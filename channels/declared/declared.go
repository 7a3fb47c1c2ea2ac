package declared

import (
	"time"

	"tocsin/channels"
	"tocsin/channels/httpsend"
	"tocsin/channels/service"
)

// Kind returns the kind of a declared service, whose channels send through
// client and show app as the sender.
func Kind(client *httpsend.Client, app service.App, spec *service.Spec) channels.Kind {
	return channels.Kind{
		Name:   spec.Name,
		Doc:    spec.Doc,
		Fields: spec.ChannelFields(),

		Schemes: spec.Schemes,
		FromURL: spec.FromURL,
		New: func(v channels.Values) (channels.Channel, error) {
			settled, err := spec.Settle(v)
			if err != nil {
				return nil, err
			}
			client := client
			if settled.Options.Unverified {
				client = client.Unverified()
			}
			return &channel{client: client, app: app, spec: spec, set: settled, now: time.Now, kept: map[string]kept{}}, nil
		},
	}
}
