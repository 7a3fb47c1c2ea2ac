package discord

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
		"discord://1122334455/tOk-en_7731":                           {"webhook_url": "https://discord.com/api/webhooks/1122334455/tOk-en_7731"},
		"discord://Watch@1122334455/tOk-en_7731?thread=99":           {"webhook_url": "https://discord.com/api/webhooks/1122334455/tOk-en_7731", "username": "Watch", "thread_id": "99"},
		"https://discord.com/api/webhooks/1122334455/tOk-en_7731":    {"webhook_url": "https://discord.com/api/webhooks/1122334455/tOk-en_7731"},
		"https://discordapp.com/api/webhooks/1122334455/tOk-en_7731": {"webhook_url": "https://discord.com/api/webhooks/1122334455/tOk-en_7731"},
		"discord://1122334455":                                       nil,
		"discord://1122334455/tOk-en_7731/more":                      nil,
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
