package matrix

import (
	"context"
	"net/http"
	"net/url"
	"sync"

	"tocsin/engine/event"
)

// session is what a sign-in and the joins gave. The zero session is signed out.
type session struct {
	mu    sync.Mutex // an older Send may still run after a reload
	token event.Secret
	rooms map[string]string // ids, by what the operator calls them
}

// forget signs out on this side and reports whether it was signed in.
func (s *session) forget() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	had := s.token.IsSet()
	s.token, s.rooms = event.Secret{}, nil
	return had
}

func (c *channel) token() event.Secret {
	c.session.mu.Lock()
	defer c.session.mu.Unlock()
	return c.session.token
}

// signIn makes sure that there is a token.
func (c *channel) signIn(ctx context.Context) error {
	if c.token().IsSet() {
		return nil
	}
	type identifier struct {
		Type string `json:"type"`
		User string `json:"user"`
	}
	var answer struct {
		Token string `json:"access_token"`
	}
	_, err := c.call(ctx, http.MethodPost, "/login", struct {
		Type       string     `json:"type"`
		Identifier identifier `json:"identifier"`
		Password   string     `json:"password"`
		Device     string     `json:"initial_device_display_name"`
		DeviceID   string     `json:"device_id"`
	}{"m.login.password", identifier{"m.id.user", c.user}, c.password.Reveal(), "tocsin", "TOCSIN"}, &answer)
	if err != nil {
		return err
	}
	if answer.Token == "" {
		return foreign()
	}
	c.session.mu.Lock()
	defer c.session.mu.Unlock()
	c.session.token = event.NewSecret(answer.Token)
	return nil
}

// join returns the id of a room, after having joined it.
func (c *channel) join(ctx context.Context, room string) (string, error) {
	c.session.mu.Lock()
	id := c.session.rooms[room]
	c.session.mu.Unlock()
	if id != "" {
		return id, nil
	}
	var answer struct {
		ID string `json:"room_id"`
	}
	if _, err := c.call(ctx, http.MethodPost, "/join/"+url.PathEscape(room), struct{}{}, &answer); err != nil {
		return "", err
	}
	if answer.ID == "" {
		return "", foreign()
	}
	c.session.mu.Lock()
	defer c.session.mu.Unlock()
	if c.session.rooms == nil {
		c.session.rooms = map[string]string{}
	}
	c.session.rooms[room] = answer.ID
	return answer.ID, nil
}
