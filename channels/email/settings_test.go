package email

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels"
	"tocsin/engine/event"
)

// fields returns the least that a channel needs, changed by pairs.
func fields(pairs ...any) channels.Values {
	v := channels.Values{"host": "mx.lab.example", "from": "tocsin@lab.example", "to": []string{"ana@lab.example"}}
	for i := 0; i < len(pairs); i += 2 {
		if v[pairs[i].(string)] = pairs[i+1]; pairs[i+1] == nil {
			delete(v, pairs[i].(string))
		}
	}
	return v
}

func TestSettingsDefaults(t *testing.T) {
	secret := event.NewSecret("x")
	for name, c := range map[string]struct {
		values channels.Values
		want   string
	}{
		"far":                  {fields(), "mx.lab.example:587 starttls"},
		"tls":                  {fields("tls", "tls"), "mx.lab.example:465 tls"},
		"none":                 {fields("tls", "none"), "mx.lab.example:25 none"},
		"own port":             {fields("port", 2525.0), "mx.lab.example:2525 starttls"},
		"this host":            {fields("host", "localhost"), "localhost:25 none"},
		"this host, IPv4":      {fields("host", "127.0.0.2"), "127.0.0.2:25 none"},
		"this host, IPv6":      {fields("host", "[::1]"), "[::1]:25 none"},
		"this host, login":     {fields("host", "localhost", "username", "u", "password", secret), "localhost:587 starttls"},
		"this host, in clear":  {fields("host", "::1", "username", "u", "password", secret, "tls", "none"), "[::1]:25 none"},
		"this host, encrypted": {fields("host", "LocalHost.", "tls", "starttls"), "LocalHost.:587 starttls"},
	} {
		s, err := readSettings(c.values)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := fmt.Sprint(s.server(), " ", s.security); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestSettingsFaults(t *testing.T) {
	secret := event.NewSecret("hush-7731")
	for name, c := range map[string]struct {
		values channels.Values
		field  string
		say    string
	}{
		"no host":             {fields("host", nil), "host", "smtp.example.org"},
		"URL":                 {fields("host", "smtp://mx.lab.example"), "host", "without a scheme"},
		"host with port":      {fields("host", "mx.lab.example:25"), "host", "field port"},
		"host with blank":     {fields("host", "mx lab"), "host", "letters"},
		"host with line":      {fields("host", "mx\r\nQUIT"), "host", "letters"},
		"unknown encryption":  {fields("tls", "ssl"), "tls", "starttls, tls and none"},
		"port 0":              {fields("port", 0.0), "port", "587"},
		"port with fraction":  {fields("port", 25.5), "port", "25.5"},
		"port too high":       {fields("port", 70000.0), "port", "70000"},
		"password alone":      {fields("password", secret), "username", "name the user"},
		"user alone":          {fields("username", "u"), "password", "secret("},
		"login in the clear":  {fields("username", "u", "password", secret, "tls", "none"), "tls", "everybody on the way"},
		"password with line":  {fields("username", "u", "password", event.NewSecret("hush-7731\n")), "password", "control character"},
		"user with line":      {fields("username", "u\r\nX", "password", secret), "password", "control character"},
		"prefix with line":    {fields("subject_prefix", "a\r\nBcc: b@c.d"), "subject_prefix", "one line"},
		"no sender":           {fields("from", nil), "from", "alerts@example.org"},
		"sender without at":   {fields("from", "tocsin"), "from", "ana@example.org"},
		"two senders":         {fields("from", "a@b.c, d@e.f"), "from", "not one"},
		"sender with line":    {fields("from", "x <a@b.c>\r\nBcc: d@e.f"), "from", "control"},
		"sender, hidden line": {fields("from", "=?utf-8?q?a=0D=0Ax?= <a@b.c>"), "from", "hides"},
		"no recipient":        {fields("to", nil), "to", "at least one"},
		"empty recipients":    {fields("to", []string{}), "to", "at least one"},
		"bad recipient":       {fields("to", []string{"a@b.c", "nobody"}), "to", `"nobody"`},
		"foreign letters":     {fields("to", []string{"ana@übung.example"}), "to", "xn--"},
		"long recipient":      {fields("to", []string{strings.Repeat("a", 65) + "@b.c"}), "to", "longer"},
		"too many":            {fields("to", crowd(101)), "to", "100"},
	} {
		_, err := Kind(Options{}).New(c.values)
		e, ok := errors.AsType[*channels.FieldError](err)
		switch {
		case !ok:
			t.Errorf("%s: got %v, want a field error", name, err)
		case e.Field != c.field || e.Summary == "" || !strings.Contains(e.Detail, c.say):
			t.Errorf("%s: got %+v, want one about %s with %q", name, e, c.field, c.say)
		case strings.Contains(e.Error(), "7731"):
			t.Errorf("%s: the error shows the password", name)
		}
	}
}

func TestRecipients(t *testing.T) {
	s, err := readSettings(fields("to", []string{"Ana <ana@lab.example>", "ANA@lab.example", `"Doe, Jo" <jo@lab.example>`, "jörg <ops@lab.example>"}))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range s.to {
		got = append(got, a.Name+" "+envelope(a))
	}
	if diff := cmp.Diff([]string{"Ana <ana@lab.example>", "Doe, Jo <jo@lab.example>", "jörg <ops@lab.example>"}, got); diff != "" {
		t.Error(diff)
	}
	if _, err := readSettings(fields("to", crowd(100))); err != nil {
		t.Errorf("100 recipients: %v", err)
	}
}

func crowd(n int) []string {
	to := make([]string, n)
	for i := range to {
		to[i] = fmt.Sprintf("user%d@lab.example", i)
	}
	return to
}

func TestArrivalsAreBounded(t *testing.T) {
	s, err := readSettings(fields("to", crowd(3)))
	if err != nil {
		t.Fatal(err)
	}
	var a arrivals
	for i := range mostArrivals + 10 {
		a.add(fmt.Sprint(i), s.to[:1])
		a.add(fmt.Sprint(i), s.to[1:2])
	}
	if len(a.ids) != mostArrivals || len(a.have) != mostArrivals {
		t.Errorf("%d and %d messages are kept", len(a.ids), len(a.have))
	}
	if got := a.missing("0", s.to); len(got) != 3 {
		t.Errorf("the oldest message is not forgotten: %v are missing", got)
	}
	last := fmt.Sprint(mostArrivals + 9)
	if got := a.missing(last, s.to); len(got) != 1 || got[0] != s.to[2] || a.count(last) != 2 {
		t.Errorf("of the newest message %v are missing", got)
	}
	a.forget(last)
	if len(a.ids) != mostArrivals-1 || a.count(last) != 0 {
		t.Error("a message is not forgotten")
	}
}
