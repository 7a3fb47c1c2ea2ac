package declared

import (
	"io"
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

// door keeps what it was asked for, and lets nobody in while it is stuck.
type door struct {
	paths []string
	stuck bool
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.paths = append(d.paths, r.URL.Path)
	switch {
	case r.URL.Path == "/open":
		io.WriteString(w, `{"key":"k1"}`)
	case r.Header.Get("X-Key") != "k1":
		w.WriteHeader(401)
	case d.stuck && r.URL.Path == "/in", r.URL.Path == "/close": // that nobody minds
		w.WriteHeader(500)
	}
}

// What goes behind a message is done once, whatever became of its parts.
func TestAfter(t *testing.T) {
	d := &door{}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	ch, err := Kind(httpsend.New(httpsend.Options{}), service.App{}, declare(t, "testdata/door.hcl")["door"]).New(channels.Values{"server": server.URL})
	if err != nil {
		t.Fatal(err)
	}
	long := notice("m1")
	long.Severity, long.Body = event.Warning, strings.Repeat("It is up. ", 6)
	if _, err := ch.Send(t.Context(), long); err != nil {
		t.Fatal(err)
	}
	if want := []string{"/open", "/in", "/in", "/close"}; !slices.Equal(d.paths, want) {
		t.Errorf("a message of two parts asked for %v, want %v", d.paths, want)
	}
	d.paths, d.stuck = nil, true
	short := notice("m2")
	short.Severity = event.Warning
	if _, err := ch.Send(t.Context(), short); err == nil {
		t.Error("a stuck door let a message in")
	}
	if want := []string{"/open", "/in", "/close"}; !slices.Equal(d.paths, want) {
		t.Errorf("a message that was refused asked for %v, want %v", d.paths, want)
	}
}

// A message that is not for a service is done with, and the reason is shown.
func TestNothing(t *testing.T) {
	d := &door{}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	ch, err := Kind(httpsend.New(httpsend.Options{}), service.App{}, declare(t, "testdata/door.hcl")["door"]).New(channels.Values{"server": server.URL})
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := ch.Send(t.Context(), notice("m1"))
	if err != nil || receipt.Note != "The door opens for warnings alone." {
		t.Errorf("got %+v, %v", receipt, err)
	}
	if len(d.paths) > 0 {
		t.Errorf("it asked for %v", d.paths)
	}
}
