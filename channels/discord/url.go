package discord

import (
	"net/url"

	"tocsin/channels"
	"tocsin/channels/address"
	"tocsin/engine/event"
)

// shapes are how addresses of Discord are written.
var shapes = address.MustCompile(
	"discord://{name?}@{id}/{token}",
	"https://discord.com/api/webhooks/{id}/{token}",
	"https://discordapp.com/api/webhooks/{id}/{token}",
)

// fromURL reads an address such as discord://ID/TOKEN, or the webhook's own.
func fromURL(u address.URL) (channels.Values, error) {
	m, err := shapes.Match(u)
	if err != nil {
		return nil, err
	}
	hook := "https://discord.com/api/webhooks/" + url.PathEscape(m.Values["id"][0]) + "/" + url.PathEscape(m.Values["token"][0])
	v := channels.Values{"webhook_url": event.NewSecret(hook)}
	if name := m.Values["name"]; len(name) > 0 {
		v["username"] = name[0]
	}
	for _, key := range []string{"thread", "thread_id"} {
		if text, ok := u.Query().Get(key); ok && text != "" {
			v["thread_id"] = text
		}
	}
	return v, nil
}
