package tocsin

import (
	"cmp"
	"net/url"
	"strings"

	"tocsin/channels"
	"tocsin/channels/httpsend"
	"tocsin/channels/signature"
	"tocsin/engine/event"
)

// Where the other one takes events.
const (
	prefix      = "/api/notifications"
	sendPath    = prefix + "/send"    // with a token
	webhookPath = prefix + "/webhook" // signed with a secret
)

// Kind returns the kind "tocsin", whose channels send through client. instance is
// what this tocsin is called among the others.
func Kind(client *httpsend.Client, instance string) channels.Kind {
	return channels.Kind{
		Name: "tocsin",
		Doc:  "Forwards events to another tocsin, which tells them by its own rules; needs a token of it, or its secret.",
		Fields: []channels.Field{
			{
				Name: "url", Type: channels.String, Required: true,
				Doc:     "The other one's address, with its path if it is behind a proxy.",
				Example: `"https://hub.example.org:8008"`,
			},
			{
				Name: "token", Type: channels.Secret,
				Doc:     "A token of the other one: tocsin token new NAME --scope send makes it there.",
				Example: `secret("hub_token")`,
			},
			{
				Name: "secret", Type: channels.Secret,
				Doc:     "In place of a token, webhook.secret of the other one: each request is signed with it, and it never goes over the wire.",
				Example: `secret("hub_webhook")`,
			},
		},
		New: func(v channels.Values) (channels.Channel, error) {
			return newChannel(client, cmp.Or(instance, "unnamed"), v)
		},
	}
}

func wrong(field, summary, detail string) error {
	return &channels.FieldError{Field: field, Summary: summary, Detail: detail}
}

// newChannel checks the values and makes a channel that posts by client.
func newChannel(client *httpsend.Client, instance string, v channels.Values) (channels.Channel, error) {
	base, host, err := parseAddress(v.String("url", ""))
	if err != nil {
		return nil, err
	}
	c := &channel{client: client, instance: instance, host: host, token: event.NewSecret(strings.TrimSpace(v.Secret("token").Reveal()))}
	secret := v.Secret("secret")
	switch {
	case c.token.IsSet() && secret.IsSet():
		return nil, wrong("secret", "token and secret exclude each other", "Keep the token; the secret is for a tocsin that gave you none.")
	case c.token.IsSet():
		if strings.ContainsFunc(c.token.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }) {
			return nil, wrong("token", "invalid token", "It holds characters that no token has. Copy the whole line that tocsin token new printed.")
		}
		c.url, c.hidden = event.NewSecret(base+sendPath), c.token
	case secret.IsSet():
		if c.key, err = signature.NewKey(secret); err != nil {
			return nil, wrong("secret", "invalid secret", "In it, "+err.Error()+".")
		}
		c.url, c.hidden = event.NewSecret(base+webhookPath), secret
	default:
		return nil, wrong("token", "missing token", "Make one there with tocsin token new NAME --scope send, or set secret to its webhook's.")
	}
	return c, nil
}

// parseAddress checks the other one's address and returns it without what may
// follow it, and its host.
func parseAddress(text string) (base, host string, err error) {
	const remedy = "Set it to where the other one listens, such as https://hub.example.org:8008."
	text = strings.TrimSpace(text)
	if text == "" {
		return "", "", wrong("url", "missing address", remedy)
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", "", wrong("url", "invalid address", "It must begin with http:// or https:// and name a host. "+remedy)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", "", wrong("url", "invalid address", "It must hold no password, no query and no fragment; the token belongs into its own field. "+remedy)
	}
	path := strings.TrimRight(u.Path, "/")
	for _, known := range []string{sendPath, webhookPath, prefix} { // copied from an example
		path = strings.TrimSuffix(path, known)
	}
	return u.Scheme + "://" + u.Host + (&url.URL{Path: path}).EscapedPath(), event.Clip(u.Host, 200), nil
}
