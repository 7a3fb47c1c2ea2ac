package email

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels/address"
	"tocsin/engine/event"
)

func TestFromURL(t *testing.T) {
	for text, want := range map[string]map[string]any{
		"mailtos://ops:pa%2Fss-7731@example.org":                                                   {"host": "example.org", "tls": "starttls", "username": "ops@example.org", "password": "pa/ss-7731", "from": "<ops@example.org>", "to": []string{"ops@example.org"}},
		"mailtos://ops:pass-7731@gmail.com/ana@example.org,ben@example.org":                        {"host": "smtp.gmail.com", "port": 587.0, "tls": "starttls", "username": "ops@gmail.com", "password": "pass-7731", "from": "<ops@gmail.com>", "to": []string{"ana@example.org", "ben@example.org"}},
		"mailtos://ops:pass-7731@web.de":                                                           {"host": "smtp.web.de", "port": 587.0, "tls": "starttls", "username": "ops", "password": "pass-7731", "from": "<ops@web.de>", "to": []string{"ops@web.de"}},
		"mailto://example.org:2525?smtp=mail.lan&from=pve@example.org&name=PVE&to=ana@example.org": {"host": "mail.lan", "port": 2525.0, "tls": "none", "from": "\"PVE\" <pve@example.org>", "to": []string{"ana@example.org"}},
		"mailtos://ops:pass-7731@example.org:465?smtp=mail.lan":                                    {"host": "mail.lan", "port": 465.0, "tls": "tls", "username": "ops", "password": "pass-7731", "from": "<ops@example.org>", "to": []string{"ops@example.org"}},
		"mailto://mail.lan?to=ana@example.org":                                                     nil,
		"mailtos://ops:pass-7731@example.org?mode=quick":                                           nil,
	} {
		u, err := address.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		values, err := fromURL(u)
		if want == nil {
			if err == nil {
				t.Errorf("%s is taken", text)
			} else if said := fmt.Sprint(err); strings.Contains(said, "7731") || strings.Contains(said, "AAF") {
				t.Errorf("%s: the error shows a secret: %s", text, said)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := map[string]any{}
		for name, v := range values {
			if s, ok := v.(event.Secret); ok {
				v = s.Reveal()
			}
			got[name] = v
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}
