package gotify

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels/address"
	"tocsin/engine/event"
)

func TestFromURL(t *testing.T) {
	for text, want := range map[string]map[string]any{
		"gotify://push.lan/AwQ7k.token-9fK2":         {"url": "http://push.lan", "token": "AwQ7k.token-9fK2"},
		"gotifys://push.lan:8443/AwQ7k.token-9fK2":   {"url": "https://push.lan:8443", "token": "AwQ7k.token-9fK2"},
		"gotifys://push.lan/a/b/AwQ7k.token-9fK2":    {"url": "https://push.lan/a/b", "token": "AwQ7k.token-9fK2"},
		"gotify://[2001:db8::7]:80/AwQ7k.token-9fK2": {"url": "http://[2001:db8::7]:80", "token": "AwQ7k.token-9fK2"},
		"gotify://push.lan":                          nil,
	} {
		u, err := address.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		values, err := fromURL(u)
		if want == nil {
			if err == nil {
				t.Errorf("%s is taken", text)
			} else if said := fmt.Sprint(err); strings.Contains(said, "7731") || strings.Contains(said, "AAF") {
				t.Errorf("%s: the error shows a secret: %s", text, said)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := map[string]any{}
		for name, v := range values {
			if s, ok := v.(event.Secret); ok {
				v = s.Reveal()
			}
			got[name] = v
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}
