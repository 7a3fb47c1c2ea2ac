package matrix

import (
	"strings"

	"tocsin/channels"
	"tocsin/channels/address"
	"tocsin/engine/event"
)

// shapes are how addresses of Matrix are written.
var shapes = address.MustCompile(
	"matrix(s)://{user}:{password}@{server}:{port?}/{rooms...}",
	"matrix(s)://{token}@{server}:{port?}/{rooms...}",
)

// fromURL reads an address such as matrixs://USER:PASSWORD@matrix.example.org/%23alerts.
func fromURL(u address.URL) (channels.Values, error) {
	if mode, ok := u.Query().Get("mode"); ok && !strings.EqualFold(mode, "off") && !strings.EqualFold(mode, "server") {
		return nil, &address.Error{
			Scheme: u.Scheme(), Problem: "it is of a bridge's webhook",
			Remedy: "write the user of a homeserver (matrixs://USER:PASSWORD@HOST/%23ROOM), or use a channel of the kind webhook",
		}
	}
	m, err := shapes.Match(u)
	if err != nil {
		return nil, err
	}
	scheme := "http://"
	if u.Scheme() == "matrixs" {
		scheme = "https://"
	}
	v := channels.Values{"server": scheme + u.HostPort()}
	if token := m.Values["token"]; len(token) > 0 {
		v["access_token"] = event.NewSecret(token[0])
	} else {
		v["user"], v["password"] = m.Values["user"][0], event.NewSecret(m.Values["password"][0])
	}
	rooms := make([]string, len(m.Values["rooms"]))
	for i, room := range m.Values["rooms"] {
		if rooms[i] = room; !strings.HasPrefix(room, "#") && !strings.HasPrefix(room, "!") {
			rooms[i] = "#" + room
		}
	}
	v["rooms"] = rooms
	if kind, ok := u.Query().Get("msgtype"); ok && strings.EqualFold(kind, "notice") {
		v["notice"] = true
	}
	return v, nil
}
