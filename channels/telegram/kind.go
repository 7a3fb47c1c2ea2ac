package telegram

import (
	"math"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"tocsin/channels"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// official is the address of Telegram's own Bot API server.
const official = "https://api.telegram.org"

// generalTopic is the number of a forum's first topic, which is reached by
// naming none.
const generalTopic = 1

var (
	tokenForm = regexp.MustCompile(`^[0-9]{3,20}:[A-Za-z0-9_-]{20,100}$`)
	idForm    = regexp.MustCompile(`^-?[1-9][0-9]{0,15}$`)
	nameForm  = regexp.MustCompile(`^@[A-Za-z][A-Za-z0-9_]{3,31}$`)
)

// Kind returns the kind "telegram", whose channels send with client.
func Kind(client *httpsend.Client) channels.Kind {
	return channels.Kind{
		Name: "telegram",
		Doc:  "Sends to a Telegram chat, group, channel or forum topic, as a bot that @BotFather made.",
		Fields: []channels.Field{
			{
				Name: "bot_token", Type: channels.Secret, Required: true, Example: `secret("telegram_bot_token")`,
				Doc: "Token of the bot, as @BotFather shows it; a leading \"bot\" is dropped.",
			},
			{
				Name: "chat_id", Type: channels.String, Required: true, Example: `"-1001234567890"`,
				Doc: "Number of the chat, negative for groups and channels, or the @name of a public one.",
			},
			{
				Name: "topic_id", Type: channels.Number, Example: "42", Default: "the chat itself, or a forum's General topic",
				Doc: "Number of the forum topic to send to.",
			},
			{
				Name: "api_url", Type: channels.String, Example: `"http://127.0.0.1:8081"`, Default: official,
				Doc: "Address of a Bot API server of one's own.",
			},
		},
		Schemes: []string{"tgram"},
		FromURL: fromURL,
		New: func(v channels.Values) (channels.Channel, error) {
			c, err := configure(v)
			if err != nil {
				return nil, err
			}
			c.client = client
			return c, nil
		},
	}
}

// configure checks the values of a channel block. It makes all of the channel
// but its client.
func configure(v channels.Values) (*channel, error) {
	token, err := parseToken(v.Secret("bot_token"))
	if err != nil {
		return nil, err
	}
	chat, err := parseChat(v.String("chat_id", ""))
	if err != nil {
		return nil, err
	}
	topic, err := parseTopic(v)
	if err != nil {
		return nil, err
	}
	address, err := parseAddress(v.String("api_url", official))
	if err != nil {
		return nil, err
	}
	return &channel{
		token: event.NewSecret(token),
		url:   event.NewSecret(address + "/bot" + token + "/sendMessage"),
		own:   address != official,
		chat:  chat,
		topic: topic,
	}, nil
}

// parseToken returns the token without the "bot" that stands before it in the
// addresses of the API, from which people copy it.
func parseToken(s event.Secret) (string, error) {
	token := strings.TrimPrefix(strings.TrimSpace(s.Reveal()), "bot")
	switch {
	case token == "":
		return "", &channels.FieldError{
			Field: "bot_token", Summary: "missing bot token", Detail: "Ask @BotFather on Telegram for a bot with /newbot, and set the token that it shows.",
		}
	case !tokenForm.MatchString(token):
		return "", &channels.FieldError{
			Field: "bot_token", Summary: "malformed bot token",
			Detail: "A token is a number, a colon and about 35 letters, digits, _ or -; copy the whole of it from @BotFather.",
		}
	}
	return token, nil
}

// parseChat returns the chat as the API takes it: an integer, or "@name".
func parseChat(text string) (any, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return nil, &channels.FieldError{
			Field: "chat_id", Summary: "missing chat", Detail: "Set the number of the chat, or the @name of a public group or channel.",
		}
	case nameForm.MatchString(text):
		return text, nil
	case idForm.MatchString(text):
		id, err := strconv.ParseInt(text, 10, 64)
		if err == nil {
			return id, nil
		}
	}
	return nil, &channels.FieldError{
		Field: "chat_id", Summary: "malformed chat",
		Detail: "A chat is a number, such as 123456789 or -1001234567890, or the @name of a public group or channel.",
	}
}

// parseTopic returns 0 for no topic.
func parseTopic(v channels.Values) (int64, error) {
	n, ok := v["topic_id"].(float64)
	if !ok || n == generalTopic {
		return 0, nil
	}
	if n != math.Trunc(n) || n < 1 || n > math.MaxInt32 {
		return 0, &channels.FieldError{
			Field: "topic_id", Summary: "malformed topic",
			Detail: "A topic is a positive whole number: the last but one in the link to a message of the topic.",
		}
	}
	return int64(n), nil
}

// parseAddress returns the address of the server without a slash at its end.
func parseAddress(text string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", &channels.FieldError{
			Field: "api_url", Summary: "invalid address",
			Detail: "Set the address of a Bot API server up to, and without, /bot: " + official + ", or http://127.0.0.1:8081.",
		}
	}
	return strings.TrimRight(u.String(), "/"), nil
}
