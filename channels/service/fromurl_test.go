package service

import (
	"testing"

	"tocsin/channels"
	"tocsin/channels/address"
)

// The address of a server speaks HTTPS when its scheme does, or says so itself.
func TestServerOfAddress(t *testing.T) {
	shapes := make(address.Set, 0, 2)
	for _, text := range []string{"chat(s)://{server}:{port?}/{token}", `https://{server:[a-z]+\.example\.org}:{port?}/hook/{token}`} {
		shape, err := address.Compile(text)
		if err != nil {
			t.Fatal(err)
		}
		shapes = append(shapes, shape)
	}
	s := &Spec{
		Schemes: []string{"chat", "chats"}, Secure: []string{"chats"}, Shapes: shapes,
		Fields: []Field{{Field: channels.Field{Name: "server", Type: channels.String}, Form: Server}},
	}
	for text, want := range map[string]string{
		"chat://chat.example.org:8080/tk1":      "http://chat.example.org:8080",
		"chats://chat.example.org/tk1":          "https://chat.example.org",
		"https://chat.example.org:443/hook/tk1": "https://chat.example.org:443",
	} {
		u, err := address.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		values, err := s.FromURL(u)
		if err != nil || values["server"] != want {
			t.Errorf("%s: got %v, %v, want %s", text, values["server"], err, want)
		}
	}
}
