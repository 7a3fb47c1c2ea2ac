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
		Pace: channels.Pace{Every: time.Second, Burst: 3},
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
			return noteChannel{v}, nil
		},
	}, {
		Name:   "bell",
		Fields: []channels.Field{{Name: "token", Type: channels.Secret, Required: true}},
		New:    func(v channels.Values) (channels.Channel, error) { return noteChannel{v}, nil },
	}}
}

// noteChannel is a channel that nobody sends over.
type noteChannel struct{ values channels.Values }

func (noteChannel) Send(context.Context, *event.Message) (event.Receipt, error) {
	return event.Receipt{}, nil
}
