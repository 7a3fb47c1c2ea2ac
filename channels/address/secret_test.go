package address_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"tocsin/channels/address"
)

// prints returns v in every way that a program prints things.
func prints(t testing.TB, v any) string {
	t.Helper()
	var b bytes.Buffer
	type holder struct {
		Exported any
		hidden   any
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&b, verb+"\n", v)
		fmt.Fprintf(&b, verb+"\n", holder{v, v})
		fmt.Fprintf(&b, verb+"\n", []any{v, &v})
	}
	slog.New(slog.NewTextHandler(&b, nil)).Info("m", "v", v)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("m", "v", v)
	if text, err := json.Marshal(v); err == nil {
		b.Write(text)
	}
	return b.String()
}

func TestURLHidesItself(t *testing.T) {
	u, err := address.Parse("slack://s3cretA:s3cretB@s3cretC/s3cretD?s3cretE=s3cretF&+s3cretG=s3cretH")
	if err != nil {
		t.Fatal(err)
	}
	if got := u.String(); got != "slack://***" {
		t.Errorf("String() = %q", got)
	}
	text := prints(t, u) + prints(t, &u) + prints(t, struct{ U address.URL }{u})
	if strings.Contains(text, "s3cret") || strings.Contains(text, fmt.Sprintf("%x", "s3cret")) {
		t.Errorf("a secret shows in:\n%s", text)
	}
	pair := fmt.Sprintf("%v %+v %#v %s", u.Query(), u.Headers(), u.Query()[0], u.Query()[0])
	if strings.Contains(pair, "s3cret") {
		t.Errorf("a pair shows in %s", pair)
	}
	if got := (address.URL{}).String() + (address.URL{}).Reveal(); got != "" {
		t.Errorf("the zero URL prints %q", got)
	}
}

// mark stands in every secret of FuzzErrorsHide and in no message.
const mark = "zQ7x"

// FuzzErrorsHide holds every error about an address against the parts of it: none
// may show.
func FuzzErrorsHide(f *testing.F) {
	for _, s := range []string{"", "a", "#", "%", "%zz", "/", "@", ":", " ", "?", "\n", "%00", "[::1]", "99999", "&x", "=", "\xff"} {
		f.Add(s, s, s, s, s)
		f.Add("a", s, "b", s, "")
		f.Add("", "", s, "x", s)
	}
	sets := testSets(f)
	f.Fuzz(func(t *testing.T, user, password, host, path, query string) {
		for _, scheme := range []string{"slack", "https", "ntfys", "brevo", "sms", "none"} {
			text := fmt.Sprintf("%s://%s%s:%s%s@%s%s/%s%s/%s?%s%s=%s", scheme, user, mark, password, mark, host, mark, mark, path, mark, query, mark, mark)
			for _, part := range []string{text, strings.Replace(text, "@", "", 1), strings.TrimPrefix(text, scheme+"://")} {
				checkHidden(t, part, sets)
			}
		}
	})
}

func checkHidden(t *testing.T, text string, sets []address.Set) {
	u, err := address.Parse(text)
	if err != nil {
		if strings.Contains(prints(t, err), mark) {
			t.Errorf("%q: %v", text, err)
		}
		return
	}
	if strings.Contains(u.String(), mark) {
		t.Errorf("%q prints as %s", text, u)
	}
	if _, _, err := u.Globals(); err != nil && strings.Contains(prints(t, err), mark) {
		t.Errorf("%q: %v", text, err)
	}
	for _, set := range sets {
		if _, err := set.Match(u); err != nil && strings.Contains(prints(t, err), mark) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// testSets are shapes of every kind.
func testSets(t testing.TB) []address.Set {
	t.Helper()
	var sets []address.Set
	for _, shapes := range [][]string{
		{"slack://{bot?}@{a:[A-Z]+}/{b}/{c}/#{channels...?}|@{users...?}", "slack://{token:xox.+}/{ids...?:[0-9]+}", "https://hooks.slack.example/{a}/{b?}"},
		{"ntfy(s)://{topic}", "ntfy(s)://{user?}:{password?}@{host}:{port?}/{topics...}", "ntfys://{token}@{host}:{port?}/{topics...}?auth=token"},
		{"brevo://{key}:{sender@}/{targets...?}", "brevo://{sender@}/{key}"},
		{"sms://{user}:{password}@{phones...}"},
		{"://{host}:{port?}/{path/...?}/in/{token}?q={q?}", "://{x}?{bare}"},
	} {
		sets = append(sets, compile(t, shapes...))
	}
	return sets
}

func compile(t testing.TB, shapes ...string) address.Set {
	t.Helper()
	var set address.Set
	for _, text := range shapes {
		shape, err := address.Compile(text)
		if err != nil {
			t.Fatal(err)
		}
		set = append(set, shape)
	}
	return set
}
