package apprise

import (
	"errors"
	"testing"

	"tocsin/channels"
	"tocsin/channels/address"
	"tocsin/engine/event"
)

// An address of a service that tocsin speaks makes a channel of that; any other
// one goes to Apprise, and what no address is goes nowhere.
func TestServicesOfOursComeFirst(t *testing.T) {
	ours := channels.Kind{
		Name: "pigeon", Schemes: []string{"pigeon", "pigeons"},
		FromURL: func(u address.URL) (channels.Values, error) {
			if u.Scheme() == "https" {
				return nil, errors.New("none of ours")
			}
			return channels.Values{"to": "loft"}, nil
		},
		New: func(v channels.Values) (channels.Channel, error) {
			return &channel{scheme: "ours to " + v.String("to", "")}, nil
		},
	}
	kind := Kind(nil)
	kinds := []channels.Kind{ours, kind}
	for text, want := range map[string]string{"pigeons://coo@roof/": "ours to loft", "growl://host": "growl", "https://unknown.example/hook": "", "no address": ""} {
		c, err := kind.Open(kinds, channels.Values{urlField: event.NewSecret(text)})
		switch {
		case want == "":
			if err == nil {
				t.Errorf("%q makes a channel", text)
			}
		case err != nil:
			t.Errorf("%s: %v", text, err)
		case c.(*channel).scheme != want:
			t.Errorf("%s: sends to %s", text, c.(*channel).scheme)
		}
	}
}
