package discord

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"tocsin/channels"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

func TestNew(t *testing.T) {
	const good = "https://discord.com" + testPath
	tests := map[string]struct {
		url, username, thread string
		wrong                 string // field; empty: none
	}{
		"good":                  {url: good},
		"old name":              {url: "https://discordapp.com" + testPath},
		"test client":           {url: "https://ptb.discord.com" + testPath},
		"canary, version, port": {url: "https://canary.discord.com:443/api/v10/webhooks/42/abc"},
		"blanks, slash":         {url: "  " + good + "/\n"},
		"loopback":              {url: "http://127.0.0.1:8080/anything"},
		"loopback, IPv6":        {url: "http://[::1]:8080" + testPath},
		"missing":               {url: "", wrong: "webhook_url"},
		"not TLS":               {url: "http://discord.com" + testPath, wrong: "webhook_url"},
		"another host":          {url: "https://discord.com.example" + testPath, wrong: "webhook_url"},
		"name like loopback":    {url: "http://localhost" + testPath, wrong: "webhook_url"},
		"another port":          {url: "https://discord.com:8443" + testPath, wrong: "webhook_url"},
		"with a password":       {url: "https://me:pw@discord.com" + testPath, wrong: "webhook_url"},
		"a channel's page":      {url: "https://discord.com/channels/1/2", wrong: "webhook_url"},
		"without token":         {url: "https://discord.com/api/webhooks/42", wrong: "webhook_url"},
		"for another service":   {url: good + "/github", wrong: "webhook_url"},
		"no URL":                {url: "hxxp://\x7f", wrong: "webhook_url"},
		"username":              {url: good, username: "tocsin on pve-7"},
		"username forbidden":    {url: good, username: "My Discord bot", wrong: "username"},
		"username of the past":  {url: good, username: "CLYDE", wrong: "username"},
		"username reserved":     {url: good, username: "Everyone", wrong: "username"},
		"username too long":     {url: good, username: strings.Repeat("é", 81), wrong: "username"},
		"thread":                {url: good, thread: "1122334455667788"},
		"thread by name":        {url: good, thread: "alerts", wrong: "thread_id"},
	}
	kind := Kind(httpsend.New(httpsend.Options{}))
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			ch, err := kind.New(channels.Values{
				"webhook_url": event.NewSecret(tt.url), "username": tt.username, "thread_id": tt.thread,
			})
			if tt.wrong == "" {
				if err != nil {
					t.Fatal(err)
				}
				if text := fmt.Sprintf("%v %+v %#v", ch, ch, ch); strings.Contains(text, "webhooks/") {
					t.Errorf("the channel prints as %s", text)
				}
				return
			}
			field, ok := errors.AsType[*channels.FieldError](err)
			if !ok || field.Field != tt.wrong {
				t.Fatalf("New returned %v, want an error about %s", err, tt.wrong)
			}
			if strings.Contains(err.Error(), testToken) || field.Detail == "" {
				t.Errorf("the error shows the token or lacks a remedy: %v", err)
			}
		})
	}
}
