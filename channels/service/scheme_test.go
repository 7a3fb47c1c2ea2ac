package service

import (
	"errors"
	"strings"
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

// An address that asks for what cannot be done is refused, not half obeyed.
func TestAddressesRefused(t *testing.T) {
	shapes := address.MustCompile("bell://{key}")
	for _, tt := range []struct {
		name, address, want string
		spec                *Spec
	}{
		{"a key of the query", "bell://k?cipher=abc", "It does not encrypt.", &Spec{Shapes: shapes, Without: map[string]string{"cipher": "It does not encrypt."}}},
		{"the key without a value", "bell://k?cipher=", "", &Spec{Shapes: shapes, Without: map[string]string{"cipher": "It does not encrypt."}}},
		{"a service that is gone", "bell://k", "It ended.", &Spec{Closed: "It ended."}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u, err := address.Parse(tt.address)
			if err != nil {
				t.Fatal(err)
			}
			_, err = tt.spec.FromURL(u)
			var fault *channels.FieldError
			if errors.As(err, &fault); tt.want == "" && err != nil || tt.want != "" && (fault == nil || fault.Detail != tt.want || strings.Contains(fault.Summary, "abc")) {
				t.Errorf("got %v", err)
			}
		})
	}
}
