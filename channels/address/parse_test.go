package address_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels/address"
)

// pieces is a URL as a test sees it.
type pieces struct {
	Scheme, User, Password, Host, Port string
	Path                               []string
	Query, Headers, Params, Payload    string
}

func take(u address.URL) pieces {
	return pieces{
		u.Scheme(), u.User(), u.Password(), u.Host(), u.Port(), u.Path(),
		join(u.Query()), join(u.Headers()), join(u.Params()), join(u.Payload()),
	}
}

func join(pairs address.Pairs) string {
	var texts []string
	for _, p := range pairs {
		texts = append(texts, p.Name+"="+p.Value)
	}
	return strings.Join(texts, " ")
}

func TestParse(t *testing.T) {
	tests := []struct {
		text string
		want pieces
	}{
		{"NTFY://Host/Topic", pieces{Scheme: "ntfy", Host: "Host", Path: []string{"Topic"}}},
		{"  46elks://u:p@+46700/+46701 \n", pieces{Scheme: "46elks", User: "u", Password: "p", Host: "+46700", Path: []string{"+46701"}}},
		{"j://u%40x:p%3A%2F%23%25@h", pieces{Scheme: "j", User: "u@x", Password: "p:/#%", Host: "h"}},
		{"j://u:p@ss:w@h", pieces{Scheme: "j", User: "u", Password: "p@ss:w", Host: "h"}},
		{"j://:p@h", pieces{Scheme: "j", Password: "p", Host: "h"}},
		{"j://[2001:db8::1]:8080/x", pieces{Scheme: "j", Host: "[2001:db8::1]", Port: "8080", Path: []string{"x"}}},
		{"j://[fe80::1%25eth0]", pieces{Scheme: "j", Host: "[fe80::1%eth0]"}},
		{"tgram://42:AAb_c/-100:7/@room", pieces{Scheme: "tgram", Host: "42:AAb_c", Path: []string{"-100:7", "@room"}}},
		{"slack://A/B/c%2Fd/#ops//%23noc/", pieces{Scheme: "slack", Host: "A", Path: []string{"B", "c/d", "#ops", "#noc"}}},
		{"syslog://", pieces{Scheme: "syslog"}},
		{"syslog://_/?Token=a+b%20c&TOKEN=d;to=x,#y", pieces{Scheme: "syslog", Query: "Token=d to=x,#y"}},
		{"json://h?+X-Key=a+b&-dbg=1&:Site=home&%2BX-B=2&flag&=v", pieces{
			Scheme: "json", Host: "h", Query: "flag=", Headers: "X-Key=a+b X-B=2", Params: "dbg=1", Payload: "Site=home",
		}},
		{"json://h?:A=1&:a=2&:A=3", pieces{Scheme: "json", Host: "h", Payload: "A=3 a=2"}},
		{"json://h:1?user=me&pass=p%20w&port=99&x=1", pieces{Scheme: "json", User: "me", Password: "p w", Host: "h", Port: "99", Query: "x=1"}},
		{"https://h/p?user=me&port=x", pieces{Scheme: "https", Host: "h", Path: []string{"p"}, Query: "user=me port=x"}},
	}
	for _, tt := range tests {
		u, err := address.Parse(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if diff := cmp.Diff(tt.want, take(u)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.text, diff)
		}
		if u.Reveal() != strings.TrimSpace(tt.text) {
			t.Errorf("%q reveals %q", tt.text, u.Reveal())
		}
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct{ text, problem string }{
		{"", "the address is empty"},
		{"ntfy.sh/topic", "the address has no scheme"},
		{"mailto:me@mail.example", "the address has no scheme"},
		{"nt fy://topic", "what stands before :// is no scheme"},
		{"://topic", "what stands before :// is no scheme"},
		{"j://" + strings.Repeat("x", 9000), "the address is longer than 8192 bytes"},
		{"j://us#er@h", "the user holds a # that is not escaped"},
		{"j://u:p#w@h", "the password holds a # that is not escaped"},
		{"j://tok#en", "the host's place holds a # that is not escaped"},
		{"j://u:10%@h", "the password holds a % that begins no escape"},
		{"j://u%zz@h", "the user holds a % that begins no escape"},
		{"j://h/a/b%", "path segment 2 holds a % that begins no escape"},
		{"j://h/a?x=%", "the query holds a % that begins no escape"},
		{"j://h/%ff", "path segment 1 holds escapes that are no UTF-8"},
		{"j://h/\xff", "path segment 1 holds bytes that are no UTF-8"},
		{"j://h o/a", "the host's place holds a space"},
		{"j://h//a/b c", "path segment 2 holds a space"},
		{"j://h/a\tb", "path segment 1 holds a control character or line end"},
		{"j://h/a%0Ab", "path segment 1 holds an escaped control character"},
		{"j://h?x=%00", "the query holds an escaped control character"},
		{"j://h?+X=a%0D%0AY:b", "a header in the query holds a control character or line end"},
		{"j://h:", "the port is missing behind the colon"},
		{"j://h:0", "the port is out of range"},
		{"j://h:65536/x", "the port is out of range"},
		{"j://[::1]:x", "the port is no number from 1 to 65535"},
		{"j://[::1", "the host in brackets is no IPv6 address"},
		{"j://[10.0.0.1]", "the host in brackets is no IPv6 address"},
		{"j://::1/x", "the host is an IPv6 address without brackets"},
		{"j://h?user=a%0Ab", "the user in the query holds an escaped control character"},
		{"j://h?Password=a%0Db", "the password in the query holds an escaped control character"},
		{"j://h?port=x", "the port in the query is no number from 1 to 65535"},
	}
	for _, tt := range tests {
		_, err := address.Parse(tt.text)
		var e *address.Error
		if !errors.As(err, &e) {
			t.Errorf("%.40q: error %v, want an *Error", tt.text, err)
			continue
		}
		if e.Problem != tt.problem {
			t.Errorf("%.40q: problem %q, want %q", tt.text, e.Problem, tt.problem)
		}
		if e.Remedy == "" {
			t.Errorf("%.40q: %q has no remedy", tt.text, e.Problem)
		}
	}
}

// A line end is part of a text that a service is to send.
func TestParseKeepsLineEndsOfValues(t *testing.T) {
	u, err := address.Parse("j://h?:text=a%0Ab")
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := u.Payload().Get("text"); got != "a\nb" {
		t.Errorf("text = %q", got)
	}
}

func TestGlobals(t *testing.T) {
	u, err := address.Parse("j://h?Verify=no&cto=2.5&rto=60&overflow=SPLIT&format=markdown&emojis=yes&tz=Europe/Berlin" +
		"&store=off&redirect=1&retry=3&wait=0&optional=true&sound=bell")
	if err != nil {
		t.Fatal(err)
	}
	g, rest, err := u.Globals()
	if err != nil {
		t.Fatal(err)
	}
	yes, no, three := true, false, 3
	want := address.Globals{
		Verify: &no, Connect: 2500e6, Read: 60e9, Overflow: "split", Format: "markdown", Emojis: &yes, Zone: "Europe/Berlin",
		Store: &no, Redirect: &yes, Retry: &three, Optional: &yes,
	}
	if diff := cmp.Diff(want, g); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if join(rest) != "sound=bell" {
		t.Errorf("the service's own: %s", join(rest))
	}
	if _, rest, _ = u.Globals("retry", "Format"); join(rest) != "format=markdown retry=3 sound=bell" {
		t.Errorf("the service's own with retry and format: %s", join(rest))
	}
}

func TestGlobalsErrors(t *testing.T) {
	for _, query := range []string{
		"verify=perhaps", "verify=", "cto=-1", "rto=x", "rto=NaN", "wait=1e9", "overflow=cut", "format=rtf", "retry=1000", "retry=x", "tz=",
	} {
		u, err := address.Parse("j://h?" + query)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = u.Globals()
		name, _, _ := strings.Cut(query, "=")
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", query, err)
		}
	}
}

func TestParseBool(t *testing.T) {
	for text, want := range map[string]string{
		"yes": "yes", "Y": "yes", "on": "yes", "TRUE": "yes", "1": "yes", "enable": "yes", "allow": "yes", "always": "yes",
		"no": "no", "N": "no", "off": "no", "f": "no", "0": "no", "disable": "no", "deny": "no", "never": "no",
		"": "?", "o": "?", "maybe": "?", "2": "?",
	} {
		value, ok := address.ParseBool(text)
		got := "?"
		if ok && value {
			got = "yes"
		} else if ok {
			got = "no"
		}
		if got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

// FuzzParse holds that what parses is bounded, shown by Reveal alone, and
// decoded into text.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"ntfys://me:pw@push.example:8443/a,b/%23c?priority=high&+X=1&-y=2&:z=3", "tgram://42:AAb/-100:7", "j://[::1]:80/x?port=1",
		"x://_/?a;b=c", "x://%", "x://u%40:p@@h:/", "://", "x://h:1:2", "x://h?%2B=%20",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, err := address.Parse(text)
		if err != nil {
			var e *address.Error
			if !errors.As(err, &e) || e.Problem == "" || e.Remedy == "" {
				t.Errorf("%q: error %v", text, err)
			}
			return
		}
		if u.Reveal() != strings.TrimSpace(text) || len(u.Reveal()) > 8<<10 {
			t.Errorf("%q reveals %q", text, u.Reveal())
		}
		if u.String() != u.Scheme()+"://***" {
			t.Errorf("%q prints as %q", text, u)
		}
		got := take(u)
		for _, part := range append(got.Path, got.User, got.Password, got.Host, got.Query, got.Headers) {
			if !utf8.ValidString(part) || strings.ContainsRune(part, 0) {
				t.Errorf("%q holds %q", text, part)
			}
		}
	})
}
