package declared

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"tocsin/channels"
	"tocsin/channels/httpsend"
	"tocsin/channels/service"
	"tocsin/engine/event"
)

// club has groups, and calls everybody but the one who is out.
type club struct {
	groups map[string][]string
	paths  []string
	out    string
}

func (c *club) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.paths = append(c.paths, r.URL.Path)
	group, asked := strings.CutPrefix(r.URL.Path, "/groups/")
	switch {
	case asked && c.groups[group] == nil:
		w.Write([]byte(`{"error":"no such group"}`))
	case asked:
		json.NewEncoder(w).Encode(map[string]any{"names": c.groups[group]})
	case strings.HasSuffix(r.URL.Path, "/"+c.out):
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

// take returns what was asked for since it was called last.
func (c *club) take() []string {
	paths := c.paths
	c.paths = nil
	return paths
}

// openClub returns a club and a channel to it.
func openClub(t *testing.T, people, groups []string) (*club, channels.Channel) {
	t.Helper()
	c := &club{groups: map[string][]string{"night": {"ana", "bo"}, "day": {"bo", "cy"}}, out: "nobody"}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	values := channels.Values{"server": server.URL, "people": people, "groups": groups}
	ch, err := Kind(httpsend.New(httpsend.Options{}), service.App{}, declare(t, "testdata/club.hcl")["club"]).New(values)
	if err != nil {
		t.Fatal(err)
	}
	return c, ch
}

// The members of several groups are called once each, and asked for once.
func TestMembers(t *testing.T) {
	c, ch := openClub(t, []string{"ana"}, []string{"night", "day"})
	if _, err := ch.Send(t.Context(), notice("m1")); err != nil {
		t.Fatal(err)
	}
	if got, want := c.take(), []string{"/groups/night", "/groups/day", "/call/ana", "/call/bo", "/call/cy"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if _, err := ch.Send(t.Context(), notice("m2")); err != nil {
		t.Fatal(err)
	}
	if got, want := c.take(), []string{"/call/ana", "/call/bo", "/call/cy"}; !slices.Equal(got, want) {
		t.Errorf("within the hour %v, want %v", got, want)
	}
}

// A group that is not there fails the message with the service's own words, and
// nobody is called in part.
func TestUnknownGroup(t *testing.T) {
	c, ch := openClub(t, []string{"ana"}, []string{"night", "dawn"})
	_, err := ch.Send(t.Context(), notice("m1"))
	var refused *event.SendError
	if !errors.As(err, &refused) || refused.Code != "unknown_group" || refused.Class != event.Target {
		t.Errorf("%#v", err)
	}
	if got, want := c.take(), []string{"/groups/night", "/groups/dawn"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// A next attempt goes on behind those who were called; when the list in front of
// them has changed it begins anew, so that nobody is passed over.
func TestMembersChangeBetweenAttempts(t *testing.T) {
	c, ch := openClub(t, nil, []string{"night"})
	c.out = "bo"
	if _, err := ch.Send(t.Context(), notice("m1")); err == nil {
		t.Fatal("bo is out")
	}
	c.take()
	if _, err := ch.Send(t.Context(), notice("m1")); err == nil {
		t.Fatal("bo is out")
	}
	if got, want := c.take(), []string{"/call/bo"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	c.groups["night"], c.out = []string{"al", "ana", "bo"}, "nobody"
	ch.(*channel).forget()
	if _, err := ch.Send(t.Context(), notice("m1")); err != nil {
		t.Fatal(err)
	}
	if got, want := c.take(), []string{"/groups/night", "/call/al", "/call/ana", "/call/bo"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
