package service

import (
	"testing"

	"tocsin/templates"
)

func TestMethod(t *testing.T) {
	byChannel, err := templates.ParseValue("{{ .channel.method }}")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		tmpl   *templates.Template
		method any
		want   string // empty: refused
	}{
		{"left out", nil, nil, "POST"},
		{"of the channel", byChannel, "PUT", "PUT"},
		{"unknown", byChannel, "BREW", ""},
		{"not one word", byChannel, "GET /other HTTP/1.1", ""},
		{"nothing", byChannel, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var c Call
			err := (&Request{Method: tt.tmpl}).method(&c, map[string]any{"channel": map[string]any{"method": tt.method}})
			if tt.want == "" && err == nil || tt.want != "" && c.Method != tt.want {
				t.Errorf("got %q, %v", c.Method, err)
			}
		})
	}
}

func TestNoType(t *testing.T) {
	text, err := templates.ParseValue("{{ .text }}")
	if err != nil {
		t.Fatal(err)
	}
	var c Call
	if err := (&Request{Text: text, Type: NoType}).body(&c, map[string]any{"text": "hello"}); err != nil || len(c.Headers) > 0 || string(c.Body) != "hello" {
		t.Errorf("got %q with %v, %v", c.Body, c.Headers, err)
	}
}
