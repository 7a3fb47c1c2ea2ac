package discord

import (
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"strings"

	"tocsin/channels"
	"tocsin/engine/event"
)

// webhookPath is the path of a webhook: with or without an API version, its id
// and its token.
var webhookPath = regexp.MustCompile(`^/api/(?:v\d+/)?webhooks/\d+/[\w-]+$`)

// threadID is a Discord id: a decimal number of 64 bits.
var threadID = regexp.MustCompile(`^\d{1,20}$`)

// parseWebhook checks the webhook's URL and adds the query that asks for the
// message's id and names the thread. The URL must be one of Discord's own; for
// tests and relays on the same machine any http or https URL whose host is a
// loopback address is taken too.
func parseWebhook(secret event.Secret, thread string) (*url.URL, error) {
	wrong := func(summary, detail string) (*url.URL, error) {
		return nil, &channels.FieldError{Field: "webhook_url", Summary: summary, Detail: detail}
	}
	const remedy = "Copy it from the channel's settings in Discord: Integrations, Webhooks, Copy Webhook URL. " +
		"It begins with https://discord.com/api/webhooks/."
	text := strings.TrimSpace(secret.Reveal())
	if text == "" {
		return wrong("missing webhook URL", remedy)
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil {
		return wrong("invalid webhook URL", remedy)
	}
	u.Path, u.RawPath, u.Fragment = strings.TrimSuffix(u.Path, "/"), "", ""
	if !isLoopback(u) && (u.Scheme != "https" || !isDiscord(u.Host) || !webhookPath.MatchString(u.Path)) {
		return wrong("not a Discord webhook URL", remedy)
	}
	query := u.Query()
	query.Set("wait", "true") // without it Discord does not say whether the message was saved
	if thread != "" {
		if !threadID.MatchString(thread) {
			return nil, &channels.FieldError{
				Field: "thread_id", Summary: "invalid thread id",
				Detail: "It is a number: turn on developer mode in Discord and choose Copy Thread ID in the thread's menu.",
			}
		}
		query.Set("thread_id", thread)
	}
	u.RawQuery = query.Encode()
	return u, nil
}

// isDiscord reports whether host is one that Discord serves webhooks at: under
// its present or its former name, for stable or for test clients.
func isDiscord(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ":443")
	for _, prefix := range [...]string{"ptb.", "canary."} {
		host = strings.TrimPrefix(host, prefix)
	}
	return host == "discord.com" || host == "discordapp.com"
}

// isLoopback reports whether u leads to this machine. Only addresses count:
// what a name stands for is not known before it is looked up.
func isLoopback(u *url.URL) bool {
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && ip.Unmap().IsLoopback() && (u.Scheme == "http" || u.Scheme == "https")
}

// tokenOf returns the token of a webhook, which no text may show. A loopback
// address may have none.
func tokenOf(hook *url.URL) string {
	if !webhookPath.MatchString(hook.Path) {
		return ""
	}
	return path.Base(hook.Path)
}
