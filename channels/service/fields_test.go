package service

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels"
	"tocsin/channels/address"
	"tocsin/engine/event"
)

// bell is a service with a field of each sort.
func bell() *Spec {
	field := func(name string, typ channels.FieldType) channels.Field {
		return channels.Field{Name: name, Type: typ, Doc: "The " + name + "."}
	}
	return &Spec{
		Name: "bell", Title: "Bell", Schemes: []string{"bell", "bells"}, Secure: []string{"bells"},
		Shapes: address.MustCompile("bell(s)://{token}@{server}:{port?}/{rooms...}"),
		Fields: []Field{
			{Field: channels.Field{Name: "server", Type: channels.String, Required: true, Doc: "The server."}, Form: Server},
			{Field: field("token", channels.Secret), Pattern: regexp.MustCompile(`^(?:t-[a-z0-9]+)$`)},
			{Field: field("rooms", channels.List), Aliases: []string{"to"}},
			{Field: field("priority", channels.String), Aliases: []string{"priority"}, Words: []Word{{"low", []string{"1"}}, {"high", []string{"2", "loud"}}}, Value: "low"},
			{Field: field("phones", channels.List), Aliases: []string{"phone"}, Form: Phone},
			{Field: field("loud", channels.Bool), Aliases: []string{"loud"}},
			{Field: field("ttl", channels.Number), Aliases: []string{"ttl"}},
			{Field: field("extra", channels.Map), Pairs: "+"},
		},
		Message: Message{Formats: []string{Text, Markdown}},
	}
}

func TestFromURL(t *testing.T) {
	for text, want := range map[string]map[string]any{
		"bells://t-7731@bell.lan:8443/hall/attic": {"server": "https://bell.lan:8443", "token": "t-7731", "rooms": []any{"hall", "attic"}, "priority": "low"},
		"bell://t-7731@bell.lan/hall?to=attic,cellar&priority=LOUD&phone=%2B1%20(555)%20010%2099,0034600100200&loud=yes&ttl=60&+x=y&format=markdown&overflow=truncate&verify=no": {
			"server": "http://bell.lan", "token": "t-7731", "rooms": []any{"hall", "attic", "cellar"}, "priority": "high",
			"phones": []any{"+155501099", "0034600100200"}, "loud": true, "ttl": 60, "extra": map[string]any{"x": "y"},
		},
	} {
		u, err := address.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		values, err := bell().FromURL(u)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		set, err := bell().Settle(values)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		for name, v := range set.Fields {
			if v == nil {
				delete(set.Fields, name)
			}
		}
		if diff := cmp.Diff(want, set.Fields); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
		if strings.Contains(text, "format=") && set.Options != (Options{Format: Markdown, Over: Truncate, Unverified: true}) {
			t.Errorf("%+v", set.Options)
		}
	}
}

func TestSettleRefuses(t *testing.T) {
	good := channels.Values{"server": "https://bell.lan", "token": event.NewSecret("t-7731")}
	for field, v := range map[string]any{
		"server": "bell.lan", "token": event.NewSecret("no token 7731"), "priority": "middle",
		"phones": []string{"call me"}, "overflow": "drop", "format": "html",
	} {
		values := channels.Values{}
		for name, v := range good {
			values[name] = v
		}
		values[field] = v
		_, err := bell().Settle(values)
		fault, ok := errors.AsType[*channels.FieldError](err)
		if !ok || fault.Field != field || fault.Detail == "" {
			t.Errorf("%s: %v", field, err)
		} else if strings.Contains(fault.Error(), "7731") {
			t.Errorf("the error shows the secret: %v", fault)
		}
	}
	if _, err := bell().Settle(channels.Values{}); err == nil {
		t.Error("a required field is missing, and nobody says so")
	}
	closed := &Spec{Title: "Gong", Closed: "It ended in 2025."}
	if _, err := closed.Settle(nil); err == nil || !strings.Contains(err.Error(), "2025") {
		t.Errorf("a closed service: %v", err)
	}
}

func TestHide(t *testing.T) {
	set, err := bell().Settle(channels.Values{"server": "https://bell.lan", "token": event.NewSecret("t-7731")})
	if err != nil {
		t.Fatal(err)
	}
	if got := set.Hide("no token t-7731 here"); got != "no token [set] here" {
		t.Error(got)
	}
}

// Fields that no request is for are refused before there is a message, unless it
// is the message that a request hangs on.
func TestNothingToSendTo(t *testing.T) {
	list := func(name string) Field { return Field{Field: channels.Field{Name: name, Type: channels.List}} }
	for name, c := range map[string]struct {
		whens   []string
		refused bool
	}{
		"neither":        {[]string{"{{ .channel.rooms }}", "{{ or .channel.users .channel.rooms }}"}, true},
		"one is":         {[]string{"{{ .channel.rooms }}", "{{ not .channel.users }}"}, false},
		"by the message": {[]string{"{{ .channel.rooms }}", "{{ eq .tone `failure` }}"}, false},
		"of no field":    {[]string{"{{ false }}"}, false},
		"no requests":    {nil, false},
	} {
		s := &Spec{Title: "Bell", Fields: []Field{list("rooms"), list("users")}}
		for _, when := range c.whens {
			s.Requests = append(s.Requests, &Request{When: tmpl(t, when)})
		}
		_, err := s.Settle(channels.Values{})
		var wrong *channels.FieldError
		if got := errors.As(err, &wrong); got != c.refused {
			t.Errorf("%s: %v", name, err)
		} else if got && (wrong.Field != "rooms" || !strings.Contains(wrong.Detail, "rooms, users")) {
			t.Errorf("%s: %#v", name, wrong)
		}
	}
}
