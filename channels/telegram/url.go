package telegram

import (
	"strconv"
	"strings"

	"tocsin/channels"
	"tocsin/channels/address"
	"tocsin/engine/event"
)

// shapes are how addresses of Telegram are written. A chat may have its topic
// behind a colon.
var shapes = address.MustCompile("tgram://{token:(bot)?[0-9]+:.+}/{chats...?}")

// fromURL reads an address such as tgram://123456789:AAF…/-1001234567890:42.
func fromURL(u address.URL) (channels.Values, error) {
	m, err := shapes.Match(u)
	if err != nil {
		return nil, err
	}
	chats := m.Values["chats"]
	if len(chats) != 1 {
		problem := "it names no chat"
		if len(chats) > 1 {
			problem = "it names several chats"
		}
		return nil, &address.Error{Scheme: u.Scheme(), Problem: problem, Remedy: "write one channel for each chat, as tgram://TOKEN/CHAT or tgram://TOKEN/CHAT:TOPIC"}
	}
	chat, topic, _ := strings.Cut(chats[0], ":")
	for _, key := range []string{"topic", "thread"} {
		if text, ok := u.Query().Get(key); ok {
			topic = text
		}
	}
	v := channels.Values{"bot_token": event.NewSecret(m.Values["token"][0]), "chat_id": chat}
	if topic == "" {
		return v, nil
	}
	n, err := strconv.ParseUint(topic, 10, 31)
	if err != nil {
		return nil, &address.Error{Scheme: u.Scheme(), Problem: "the topic is no number", Remedy: "write the number of the forum topic behind a colon: tgram://TOKEN/CHAT:42"}
	}
	v["topic_id"] = float64(n)
	return v, nil
}
