package discord

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"tocsin/channels"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// Kind returns the kind "discord", whose channels send through client.
func Kind(client *httpsend.Client) channels.Kind {
	return channels.Kind{
		Name: "discord",
		Doc:  "Delivers to a Discord channel; needs a webhook made in the channel's settings under Integrations.",
		Fields: []channels.Field{
			{
				Name: "webhook_url", Type: channels.Secret, Required: true,
				Doc:     "The webhook's URL as Discord shows it; whoever knows it can post.",
				Example: `secret("discord_webhook")`,
			},
			{
				Name: "username", Type: channels.String,
				Doc:     "The name that messages appear under, at most 80 characters.",
				Example: `"tocsin"`, Default: "the webhook's own name",
			},
			{
				Name: "thread_id", Type: channels.String,
				Doc:     "The id of a thread to post to; a webhook of a forum channel needs one.",
				Example: `"1122334455667788990"`, Default: "the channel itself",
			},
		},
		Schemes: []string{"discord"},
		FromURL: fromURL,
		New:     func(v channels.Values) (channels.Channel, error) { return newChannel(client, v) },
	}
}

// newChannel checks the values and makes a channel that posts by client.
func newChannel(client poster, v channels.Values) (channels.Channel, error) {
	username := strings.TrimSpace(v.String("username", ""))
	if err := checkUsername(username); err != nil {
		return nil, err
	}
	hook, err := parseWebhook(v.Secret("webhook_url"), v.String("thread_id", ""))
	if err != nil {
		return nil, err
	}
	return &channel{
		client:   client,
		url:      event.NewSecret(hook.String()),
		token:    event.NewSecret(tokenOf(hook)),
		username: username,
	}, nil
}

// checkUsername applies Discord's rules for the names of webhooks.
func checkUsername(name string) error {
	wrong := func(detail string) error {
		return &channels.FieldError{Field: "username", Summary: "invalid username", Detail: detail}
	}
	lower := strings.ToLower(name)
	for _, word := range [...]string{"discord", "clyde"} {
		if strings.Contains(lower, word) {
			return wrong(fmt.Sprintf("Discord refuses names that contain %q; choose another one.", word))
		}
	}
	switch {
	case lower == "everyone" || lower == "here":
		return wrong(fmt.Sprintf("Discord refuses the name %q; choose another one.", name))
	case utf8.RuneCountInString(name) > 80:
		return wrong("Discord takes at most 80 characters; shorten it.")
	}
	return nil
}
