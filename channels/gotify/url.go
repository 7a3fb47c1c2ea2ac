package gotify

import (
	"net/url"
	"strings"

	"tocsin/channels"
	"tocsin/channels/address"
	"tocsin/engine/event"
)

// shapes are how addresses of Gotify are written: the token behind the path.
var shapes = address.MustCompile("gotify(s)://{host}:{port?}/{path/...}")

// fromURL reads an address such as gotifys://gotify.example.org/push/TOKEN.
func fromURL(u address.URL) (channels.Values, error) {
	m, err := shapes.Match(u)
	if err != nil {
		return nil, err
	}
	path := m.Values["path"]
	server := url.URL{Scheme: "http", Host: u.HostPort()}
	if u.Scheme() == "gotifys" {
		server.Scheme = "https"
	}
	server.Path = "/" + strings.Join(path[:len(path)-1], "/")
	return channels.Values{
		"url": strings.TrimSuffix(server.String(), "/"), "token": event.NewSecret(path[len(path)-1]),
	}, nil
}
