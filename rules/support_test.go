package rules_test

import (
	"context"
	"time"

	"tocsin/channels"
	"tocsin/engine/event"
)

// testKinds are two kinds of channels with fields of every type.
func testKinds() []channels.Kind {
	return []channels.Kind{{
		Name: "note",
		Fields: []channels.Field{
			{Name: "to", Type: channels.String, Required: true},
			{Name: "copies", Type: channels.List},
			{Name: "topic", Type: channels.Number, Example: "42"},
			{Name: "urgent", Type: channels.Bool},
			{Name: "key", Type: channels.Secret},
		},
		New: func(v channels.Values) (channels.Channel, error) {
			if v.String("to", "") == "nobody" {
				return nil, &channels.FieldError{Field: "to", Summary: "nobody to write to", Detail: "name somebody who can read it"}
			}
			return pacedChannel{noteChannel{v}}, nil
		},
	}, {
		Name:   "bell",
		Fields: []channels.Field{{Name: "token", Type: channels.Secret, Required: true}},
		New:    func(v channels.Values) (channels.Channel, error) { return noteChannel{v}, nil },
	}, {
		Name: "hook",
		Fields: []channels.Field{
			{Name: "url", Type: channels.Address, Required: true},
			{Name: "headers", Type: channels.Map, Example: `{ Authorization = secret("hook") }`},
			{Name: "body", Type: channels.Template},
		},
		New: func(v channels.Values) (channels.Channel, error) { return hookChannel{noteChannel{v}}, nil },
	}}
}

// hookChannel is one whose service is known to be gone at one address.
type hookChannel struct{ noteChannel }

func (c hookChannel) Missing(bool) *channels.FieldError {
	if c.values.Secret("url").Reveal() != "http://gone.example" {
		return nil
	}
	return &channels.FieldError{Field: "url", Summary: "nobody there", Detail: "call somebody"}
}

// noteChannel is a channel that nobody sends over.
type noteChannel struct{ values channels.Values }

func (noteChannel) Send(context.Context, *event.Message) (event.Receipt, error) {
	return event.Receipt{}, nil
}

// pacedChannel is one whose service takes a message a second.
type pacedChannel struct{ noteChannel }

func (pacedChannel) Pace() channels.Pace { return channels.Pace{Every: time.Second, Burst: 3} }
