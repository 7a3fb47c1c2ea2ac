package service

import (
	"testing"

	"tocsin/channels"
	"tocsin/channels/address"
)

// The scheme of an address may say what its other parts leave open.
func TestFieldByScheme(t *testing.T) {
	spec := &Spec{
		Schemes: []string{"bell", "bells"},
		Shapes:  address.MustCompile("bell(s)://{key}", "bell(s)://{server}:{port?}/{key}"),
		Secure:  []string{"bells"},
		Fields: []Field{
			{Field: channels.Field{Name: "key"}},
			{Field: channels.Field{Name: "server"}, Form: Server, Schemes: map[string]any{"bell": "http://bell.example"}},
		},
	}
	for text, want := range map[string]any{
		"bell://k":              "http://bell.example",
		"bells://k":             nil,
		"bell://own.example/k":  "http://own.example",
		"bells://own.example/k": "https://own.example",
	} {
		u, err := address.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		values, err := spec.FromURL(u)
		if err != nil {
			t.Fatal(err)
		}
		if values["server"] != want {
			t.Errorf("%s: server is %v, want %v", text, values["server"], want)
		}
	}
}
