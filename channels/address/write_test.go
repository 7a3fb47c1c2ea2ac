package address_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels/address"
)

func TestWrite(t *testing.T) {
	type values = map[string][]string
	tests := []struct {
		shape  string
		values values
		want   string
	}{
		{"ntfy(s)://{user?}:{password?}@{host}:{port?}/{topics...}",
			values{"user": {"me"}, "password": {"p@:/?#% w"}, "host": {"[::1]"}, "port": {"80"}, "topics": {"a", "b"}},
			"ntfy://me:p%40%3A%2F%3F%23%25%20w@[::1]:80/a/b"},
		{"ntfy(s)://{user?}:{password?}@{host}:{port?}/{topics...}",
			values{"password": {"pw"}, "host": {"h"}, "topics": {"a"}}, "ntfy://:pw@h/a"},
		{"tgram://{token}/{chats...?}", values{"token": {"42:AAb"}, "chats": {"-1:7", "@room"}}, "tgram://42:AAb/-1:7/@room"},
		{"brevo://{key}:{sender@}", values{"key": {"K:1"}, "sender": {"a@b@c.example"}}, "brevo://K%3A1:a%40b@c.example"},
		{"sms://{u}@{to...}", values{"u": {"x"}, "to": {"+1", "+2"}}, "sms://x@+1/+2"},
		{"x://{a}/#{b...?}|{c...?}", values{"a": {"_"}, "b": {"ops"}, "c": {"é/+"}}, "x://%5F/%23ops/%C3%A9%2F+"},
		{"line://{token+:.+=}/{to...?}", values{"token": {"a/b c="}, "to": {"U/1"}}, "line://a/b%20c=/U%2F1"},
		{"json://{host}/{path+?}", values{"host": {"h"}, "path": {"in/a?/"}}, "json://h/in/a%3F/"},
		{"https://h.example/{a}?key={b}&x=1", values{"a": {"A"}, "b": {"&=;#+%"}}, "https://h.example/A?key=%26%3D%3B%23+%25&x=1"},
		{"https://h.example/?{t}", values{"t": {"To/k"}}, "https://h.example?To%2Fk"},
	}
	for _, tt := range tests {
		got, err := compile(t, tt.shape)[0].Write("", tt.values)
		if err != nil {
			t.Error(err)
		} else if got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.shape, got, tt.want)
		}
	}
}

func TestWriteErrors(t *testing.T) {
	type values = map[string][]string
	tests := []struct {
		shape, scheme string
		values        values
		want          string
	}{
		{"x://{a}", "y", values{"a": {"s3cret"}}, "the scheme is not one of the shape"},
		{"://{a}", "", values{"a": {"s3cret"}}, "the scheme is not one of the shape"},
		{"x://{a}", "x", values{}, "{a} is missing"},
		{"x://{a}", "x", values{"a": {"s3cret"}, "b": {"1"}}, "it has no field {b}"},
		{"x://{a}", "x", values{"a": {"s3cret", "s3cret2"}}, "{a} has 2 values"},
		{"x://{a}", "x", values{"a": {""}}, "{a} has an empty value"},
		{"x://{a}", "x", values{"a": {"s3cret\n"}}, "holds an escaped control character"},
		{"x://{a:[0-9]+}", "x", values{"a": {"s3cret"}}, "the host's place is no {a}"},
		{"x://{a}:{port}", "x", values{"a": {"s3/cret"}, "port": {"1"}}, "no host name has"},
		{"x://h/{a...}", "x", values{"a": {"s3,cret"}}, "would be read as other values"},
		{"x://h/{a?}/{b?}", "x", values{"b": {"s3cret"}}, "would be read as other values"},
	}
	for _, tt := range tests {
		_, err := compile(t, tt.shape)[0].Write(tt.scheme, tt.values)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "s3") {
			t.Errorf("%s: error %v, want %q", tt.shape, err, tt.want)
		}
	}
}

// FuzzWrite holds that any text can be written in any place, and is read back.
func FuzzWrite(f *testing.F) {
	for _, s := range []string{"a", "_", "%", "%41", "#", "/", "@", ":", "a:b", "a:1", "a:b:c", "::1", "[::1]", "[x]", "é", "+", " ", "?", "&", ";", "=", ","} {
		f.Add(s, s)
		f.Add("x"+s, s+"y")
		f.Add(s+"/x", "y/")
	}
	shapes := compile(f,
		"x://{a}:{b}@{c}/{d}/{e/...}?q={f}",
		"x://{a}/#{b/...?}|{c/...?}",
		"x://{a}?{b}",
		"x://{a/...}",
		"x://p-{a}.s/{b?}",
		"x://{a}/{b+}",
	)
	f.Fuzz(func(t *testing.T, one, two string) {
		for _, shape := range shapes {
			values := map[string][]string{}
			for i, field := range shape.Fields() {
				values[field.Name] = []string{[]string{one, two}[i%2]}
				if field.List {
					values[field.Name] = []string{one, two}
				}
			}
			text, err := shape.Write("x", values)
			if err != nil {
				if writable(shape, one) && writable(shape, two) {
					t.Errorf("%q and %q: %v", one, two, err)
				}
				continue
			}
			got, err := shape.Match(parse(t, text))
			if err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(values, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", text, diff)
			}
		}
	})
}

// writable reports whether text must be writable everywhere: it is in UTF-8, of
// reasonable length, and without the little that a query, a list with a mark or
// a value of several segments takes for something else.
func writable(shape address.Shape, text string) bool {
	plain := !strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c >= 0x7f && c <= 0xa0 || c == 0xfffd })
	marks := !strings.HasPrefix(text, "#") || !strings.Contains(shape.String(), "#{")
	bare := strings.TrimLeft(text, "+-:") == text && !slices.Contains(reserved, strings.ToLower(text)) || !strings.Contains(shape.String(), "?{")
	segments := !strings.HasPrefix(text, "/") && !strings.Contains(text, "//") || !strings.Contains(shape.String(), "+}")
	return text != "" && len(text) < 500 && segments && strings.TrimSpace(text) == text && plain && marks && bare
}

var reserved = []string{"user", "pass", "password", "port"}

// FuzzCompile holds that every shape that compiles can be shown, matched and
// written.
func FuzzCompile(f *testing.F) {
	for _, s := range slices.Concat(slack, ntfy, []string{"://{a@}", `x://h/{a:\{}|#{b...?}`, "x://{k}:{s@}?a=b&{c}", "x://{", "x|y(s)://:"}) {
		f.Add(s)
	}
	urls := []address.URL{parse(f, "x://u:p@h:1/a/b,c?q=1&t"), parse(f, "ntfys://h/#x/@y"), parse(f, "slack://")}
	f.Fuzz(func(t *testing.T, text string) {
		shape, err := address.Compile(text)
		if err != nil {
			return
		}
		if shape.Form("x") == "" || shape.String() != text {
			t.Errorf("%q shows as %q", text, shape.Form("x"))
		}
		for _, u := range urls {
			values, err := shape.Match(u)
			if err != nil {
				continue
			}
			written, err := shape.Write(u.Scheme(), maps.Clone(values))
			if err != nil {
				continue // an item may fit a field only beside others
			}
			again, err := shape.Match(parse(t, written))
			if err != nil || cmp.Diff(values, again) != "" {
				t.Errorf("%q: %s was read as %q, %v", text, written, again, err)
			}
		}
	})
}
