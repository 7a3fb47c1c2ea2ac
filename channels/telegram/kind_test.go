package telegram

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"tocsin/channels"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

func TestConfigure(t *testing.T) {
	good := func(name string, value any) channels.Values {
		v := channels.Values{"bot_token": event.NewSecret(testToken), "chat_id": "4242"}
		if value == nil {
			delete(v, name)
		} else {
			v[name] = value
		}
		return v
	}
	for _, c := range []struct {
		name  string
		value any
		wrong bool
	}{
		{"bot_token", nil, true},
		{"bot_token", event.NewSecret("bot" + testToken), false},
		{"bot_token", event.NewSecret(" " + testToken + "\n"), false},
		{"bot_token", event.NewSecret("7001234567"), true},
		{"bot_token", event.NewSecret("7001234567:short"), true},
		{"bot_token", event.NewSecret(testToken + "/../x"), true},
		{"bot_token", event.NewSecret(testToken + "\n" + testToken), true},
		{"chat_id", nil, true},
		{"chat_id", "-1001234567890", false},
		{"chat_id", " 99 ", false},
		{"chat_id", "@my_group", false},
		{"chat_id", "my_group", true},
		{"chat_id", "@x", true},
		{"chat_id", "12.5", true},
		{"chat_id", "0", true},
		{"chat_id", "99999999999999999999", true},
		{"chat_id", "https://t.me/x", true},
		{"topic_id", 7.0, false},
		{"topic_id", 0.0, true},
		{"topic_id", -7.0, true},
		{"topic_id", 7.5, true},
		{"topic_id", 1e12, true},
		{"api_url", "https://api.telegram.org/", false},
		{"api_url", "http://127.0.0.1:8081/proxy", false},
		{"api_url", "127.0.0.1:8081", true},
		{"api_url", "ftp://host", true},
		{"api_url", "https://", true},
		{"api_url", "https://user:pw@host", true},
		{"api_url", "https://host/?q=1", true},
	} {
		kind := Kind(httpsend.New(httpsend.Options{}))
		_, err := kind.New(good(c.name, c.value))
		if !c.wrong {
			if err != nil {
				t.Errorf("%s = %#v: %v", c.name, c.value, err)
			}
			continue
		}
		field, ok := errors.AsType[*channels.FieldError](err)
		if !ok || field.Field != c.name || field.Summary == "" || field.Detail == "" {
			t.Errorf("%s = %#v: got %v", c.name, c.value, err)
		} else if strings.Contains(err.Error(), "7001234567") {
			t.Errorf("%s: the error shows the token: %v", c.name, err)
		}
	}
}

func TestAddressIsJoined(t *testing.T) {
	for set, want := range map[string]string{
		"":                       "https://api.telegram.org/bot" + testToken + "/sendMessage",
		"http://127.0.0.1:8081/": "http://127.0.0.1:8081/bot" + testToken + "/sendMessage",
		"https://h.example/tg":   "https://h.example/tg/bot" + testToken + "/sendMessage",
	} {
		v := channels.Values{"bot_token": event.NewSecret("bot" + testToken), "chat_id": "4242"}
		if set != "" {
			v["api_url"] = set
		}
		c, err := configure(v)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.url.Reveal(); got != want {
			t.Errorf("%q: %s, want %s", set, got, want)
		}
		if own := set != ""; c.own != own {
			t.Errorf("%q: own is %v", set, c.own)
		}
	}
}

func TestPrintHidesToken(t *testing.T) {
	c, err := configure(channels.Values{"bot_token": event.NewSecret(testToken), "chat_id": "4242"})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%v|%+v|%#v", c, c, c); got != "telegram chat 4242|telegram chat 4242|telegram chat 4242" {
		t.Errorf("printed as %s", got)
	}
}
