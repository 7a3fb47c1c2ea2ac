package matrix

import (
	"net/url"
	"regexp"
	"strings"

	"tocsin/channels"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// roomForm is an id (!…:server) or an alias (#…:server) of a room.
var roomForm = regexp.MustCompile(`^[!#][^\s/:]{1,200}(:[^\s/]{1,230})?$`)

// Kind returns the kind "matrix", whose channels send through client.
func Kind(client *httpsend.Client) channels.Kind {
	return channels.Kind{
		Name: "matrix",
		Doc:  "Delivers to rooms of Matrix; needs a user of a homeserver, with a password or an access token.",
		Fields: []channels.Field{
			{
				Name: "server", Type: channels.String, Required: true, Example: `"https://matrix.example.org"`,
				Doc: "The homeserver's address.",
			},
			{
				Name: "access_token", Type: channels.Secret, Example: `secret("matrix_access_token")`,
				Doc: "The user's access token, in place of a password.",
			},
			{
				Name: "user", Type: channels.String, Example: `"tocsin"`,
				Doc: "The user's name, or the whole id @tocsin:example.org.",
			},
			{
				Name: "password", Type: channels.Secret, Example: `secret("matrix_password")`,
				Doc: "The user's password; each start signs in anew.",
			},
			{
				Name: "rooms", Type: channels.List, Required: true, Example: `["#alerts:example.org"]`,
				Doc: "The rooms, as aliases or ids.",
			},
			{
				Name: "notice", Type: channels.Bool, Example: "true", Default: "false",
				Doc: "Send notices, which other bots do not answer and phones show without a sound.",
			},
		},
		Schemes: []string{"matrix", "matrixs"},
		FromURL: fromURL,
		New:     func(v channels.Values) (channels.Channel, error) { return newChannel(client, v) },
	}
}

// newChannel checks the values and makes a channel that sends by client.
func newChannel(client *httpsend.Client, v channels.Values) (channels.Channel, error) {
	wrong := func(field, summary, detail string) (channels.Channel, error) {
		return nil, &channels.FieldError{Field: field, Summary: summary, Detail: detail}
	}
	server := strings.TrimRight(strings.TrimSpace(v.String("server", "")), "/")
	u, err := url.Parse(server)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return wrong("server", "invalid homeserver", "Write its address, such as https://matrix.example.org, without a password.")
	}
	c := &channel{client: client, server: server, user: strings.TrimSpace(v.String("user", "")), password: v.Secret("password"), notice: v.Bool("notice", false)}
	token := v.Secret("access_token")
	switch {
	case token.IsSet():
		c.session.token, c.fixed = token, true
	case c.user == "":
		return wrong("access_token", "no way to sign in", "Set access_token, or user and password.")
	case !c.password.IsSet():
		return wrong("password", "no way to sign in", "Set the password of the user, or an access_token in its place.")
	}
	for _, room := range v.List("rooms") {
		room = c.qualified(strings.TrimSpace(room), u.Hostname())
		if !roomForm.MatchString(room) {
			return wrong("rooms", "invalid room", "Write the alias of a room, such as #alerts:example.org, or its id, which begins with !.")
		}
		c.rooms = append(c.rooms, room)
	}
	if len(c.rooms) == 0 {
		return wrong("rooms", "no room", "Write the alias of a room, such as #alerts:example.org, or its id, which begins with !.")
	}
	return c, nil
}

// qualified adds the server to an alias that lacks it: that of the user, else
// the homeserver's own.
func (c *channel) qualified(room, host string) string {
	if !strings.HasPrefix(room, "#") || strings.Contains(room, ":") {
		return room
	}
	if _, server, ok := strings.Cut(c.user, ":"); ok {
		host = server
	}
	return room + ":" + host
}

// hide takes the password and the token out of a text.
func (c *channel) hide(text string) string {
	for _, s := range []event.Secret{c.password, c.token()} {
		if s.IsSet() {
			text = strings.ReplaceAll(text, s.Reveal(), s.String())
		}
	}
	return text
}
