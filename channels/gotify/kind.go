package gotify

import (
	"net/url"
	"strings"

	"tocsin/channels"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// Kind returns the kind "gotify", whose channels send through client.
func Kind(client *httpsend.Client) channels.Kind {
	return channels.Kind{
		Name: "gotify",
		Doc:  "Delivers to a Gotify server; needs the token of an application made there.",
		Fields: []channels.Field{
			{
				Name: "url", Type: channels.String, Required: true,
				Doc:     "The server's address as one opens it in a browser, with its path if it has one.",
				Example: `"https://gotify.example.org"`,
			},
			{
				Name: "token", Type: channels.Secret, Required: true,
				Doc:     "The application's token; it begins with A.",
				Example: `secret("gotify_token")`,
			},
		},
		Schemes: []string{"gotify", "gotifys"},
		FromURL: fromURL,
		New:     func(v channels.Values) (channels.Channel, error) { return newChannel(client, v) },
	}
}

// newChannel checks the values and makes a channel that posts by client.
func newChannel(client *httpsend.Client, v channels.Values) (channels.Channel, error) {
	address, err := parseAddress(v.String("url", ""))
	if err != nil {
		return nil, err
	}
	token := strings.TrimSpace(v.Secret("token").Reveal())
	if err := checkToken(token); err != nil {
		return nil, err
	}
	return &channel{client: client, url: event.NewSecret(address), token: event.NewSecret(token)}, nil
}

// parseAddress checks the server's address and returns that of its messages.
func parseAddress(text string) (string, error) {
	wrong := func(summary, detail string) (string, error) {
		return "", &channels.FieldError{Field: "url", Summary: summary, Detail: detail}
	}
	const remedy = "Set it to the server's address, such as https://gotify.example.org or https://example.org/gotify."
	text = strings.TrimSpace(text)
	if text == "" {
		return wrong("missing server address", remedy)
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return wrong("invalid server address", "It must begin with http:// or https:// and name a host. "+remedy)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return wrong("invalid server address", "It must hold no password, no query and no fragment; the token belongs into its own field. "+remedy)
	}
	// An address that was copied from an example of curl ends in /message already.
	base := strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/message")
	return u.Scheme + "://" + u.Host + (&url.URL{Path: strings.TrimRight(base, "/") + "/message"}).EscapedPath(), nil
}

// checkToken finds tokens that cannot be an application's. Servers make them
// of 15 characters and tell their kind by the first.
func checkToken(token string) error {
	wrong := func(summary, detail string) error {
		return &channels.FieldError{Field: "token", Summary: summary, Detail: detail}
	}
	const remedy = "Make an application on the server's page Apps and take its token."
	if token == "" {
		return wrong("missing token", remedy)
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return wrong("invalid token", "It holds characters that no token has. "+remedy)
	}
	if len(token) == 15 && token[0] == 'C' {
		return wrong("not an application token", "It is the token of a client, which reads messages and cannot send any. "+remedy)
	}
	return nil
}
