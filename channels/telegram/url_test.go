package telegram

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
		"tgram://123456789:AAFabc_def-ghijklmnopqrstuvwxyz/-1001234567890":          {"bot_token": "123456789:AAFabc_def-ghijklmnopqrstuvwxyz", "chat_id": "-1001234567890"},
		"tgram://bot123456789:AAFabc_def-ghijklmnopqrstuvwxyz/@lab:7":               {"bot_token": "bot123456789:AAFabc_def-ghijklmnopqrstuvwxyz", "chat_id": "@lab", "topic_id": 7.0},
		"tgram://123456789:AAFabc_def-ghijklmnopqrstuvwxyz/-100?topic=42&format=md": {"bot_token": "123456789:AAFabc_def-ghijklmnopqrstuvwxyz", "chat_id": "-100", "topic_id": 42.0},
		"tgram://123456789:AAFabc_def-ghijklmnopqrstuvwxyz":                         nil,
		"tgram://123456789:AAFabc_def-ghijklmnopqrstuvwxyz/-100/-200":               nil,
		"tgram://123456789:AAFabc_def-ghijklmnopqrstuvwxyz/-100:general":            nil,
		"tgram://AAFabc_def-ghijklmnopqrstuvwxyz/-100":                              nil,
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
