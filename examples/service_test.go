package examples_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels"
	"tocsin/engine/event"
)

// The service that examples/service declares sends what its file says.
func TestOwnService(t *testing.T) {
	type ring struct {
		Path, Key, Text, Sound string
	}
	var rings []ring
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := ring{Path: r.URL.Path, Key: r.Header.Get("X-Key")}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		rings = append(rings, got)
		io.WriteString(w, `{"rung":true}`)
	}))
	defer server.Close()
	config, _, _ := load(t, "service")
	if config == nil {
		t.Fatal("it does not load")
	}
	var kind *channels.Kind
	for i := range config.Kinds {
		if config.Kinds[i].Name == "doorbell" {
			kind = &config.Kinds[i]
		}
	}
	if kind == nil {
		t.Fatal("the service makes no kind of channel")
	}
	ch, err := kind.New(channels.Values{"server": server.URL, "key": event.NewSecret("k-7731"), "rooms": []string{"workshop", "yard & shed"}})
	if err != nil {
		t.Fatal(err)
	}
	m := &event.Message{ID: "m", Type: "backup_fail", Severity: event.Critical, Title: "Backup failed", Body: `"tank" is full`, Host: "pve1", Rich: true}
	if _, err := ch.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	text := "Backup failed\n\"tank\" is full\nhost: pve1"
	want := []ring{{"/ring/workshop", "k-7731", text, "siren"}, {"/ring/yard & shed", "k-7731", text, "siren"}}
	if diff := cmp.Diff(want, rings); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
