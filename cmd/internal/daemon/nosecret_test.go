package daemon

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// secretForms are the ways in which a secret could stand in what is told.
func secretForms(secret string) []string {
	return []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
		base64.StdEncoding.EncodeToString([]byte(secret))[:len(secret)], // inside of a longer text
	}
}

// TestNoSecretIsTold sets secrets in every way that the API has, also in ways that
// fail, and looks for them in everything that is told or kept: but for the folder
// of secrets and for a file that its author wrote them into.
func TestNoSecretIsTold(t *testing.T) {
	h := newEditable(t)
	stream := h.listen("")
	secret := func(n int) string { return fmt.Sprintf("%d:AAq+%d/quite=aLong&one%%that-isSecret", 70+n, n) }
	token := func(n int) string { return fmt.Sprintf("%d:AAHquiteALongOneThatIsOfCourseSecret", 77770+n) }
	var secrets []string
	var told strings.Builder
	call := func(status int, method, path, body string, header ...string) *answered {
		t.Helper()
		a := h.call(method, path, body, header...)
		fmt.Fprintf(&told, "%s %s %d %s\n", method, path, a.status, a.text)
		if status != 0 {
			a.want(status)
		}
		return a
	}
	use := func(s string) string { secrets = append(secrets, s); return s }

	// As settings.
	seen := call(200, "GET", "/settings", "")
	call(200, "POST", "/settings?dry_run=1", `{"channel":{"telegram":{"phone":{"bot_token":"`+use(token(0))+`"}}}}`)
	call(200, "POST", "/settings", `{"channel":{"telegram":{"phone":{"bot_token":"`+use(token(1))+`"}}}}`)
	call(200, "POST", "/settings", `{"webhook_secret":"`+use(secret(2))+`"}`)
	call(200, "POST", "/settings", `{"gotify.url":"https://push.example","gotify.token":"`+use(secret(3))+`"}`)
	call(200, "POST", "/settings", `{"heartbeat":{"url":"https://hc.example/ping/`+use("b1946ac92492d2347c6235b4d2611184")+`"}}`)
	call(200, "POST", "/settings", `{"channel":{"webhook":{"hook":{"url":"http://127.0.0.1:9/in?key=`+use("marmoset9tapestry")+`","headers":{"X-Token":"`+use(secret(4))+`"},"when":"false"}}}}`)
	// As blocks.
	call(200, "PUT", "/blocks/channel/gotify/second", `{"url":"https://push.example","when":"false","token":"`+use(secret(5))+`"}`)
	call(200, "PUT", "/blocks/channel/gotify/third", "url = \"https://push.example\"\nwhen = \"false\"\ntoken = \""+strings.ReplaceAll(use(secret(6)), "%", "%%")+"\"\n", "Content-Type", "application/hcl")
	// As a file.
	call(200, "PUT", "/files/own.hcl", "channel \"gotify\" \"fourth\" {\n  url = \"https://push.example\"\n  when = \"false\"\n  token = \""+use(secret(7))+"\"\n}\n", "If-None-Match", "*")
	call(200, "POST", "/settings", `{"channel":{"gotify":{"fourth":{"when":"true"}}}}`)
	call(200, "POST", "/settings", `{"channel":{"gotify":{"fourth":{"token":"`+use(secret(8))+`"}}}}`) // in place of a literal one
	// In ways that fail.
	call(422, "POST", "/settings", `{"channel":{"telegram":{"phone":{"chat_id":{},"bot_token":"`+use(token(9))+`"}}}}`)
	call(422, "POST", "/settings", `{"channel":{"telegram":{"phone":{"bot_token":"`+use("short"+secret(10))+`"}}}}`)
	call(422, "POST", "/settings", `{"channel":{"telegram":{"phone":{"bot_tokn":"`+use(token(11))+`"}}}}`)
	call(0, "POST", "/settings", `{"channel":{"telegram":{"phone":{"bot_token":"`+use(token(12)))
	call(0, "POST", "/settings", `{"`+use(token(13))+`":1}`)
	call(422, "PUT", "/blocks/channel/gotify/fifth", "token = \""+use(secret(14))+"\"\nurl = ", "Content-Type", "application/hcl")
	call(422, "PUT", "/files/bad.hcl", "channel \"gotify\" \"sixth\" {\n  token = \""+use(secret(15))+"\n}\n")
	call(200, "POST", "/check", `{"path":"bad.hcl","text":"channel \"gotify\" \"x\" {\n  url = 5\n  token = [\"`+use(token(16))+`\"]\n}\n"}`)
	call(412, "POST", "/settings", `{"webhook":{"secret":"`+use(secret(17))+`"}}`, "If-Match", seen.tag)
	call(422, "POST", "/test", `{"channel":{"kind":"gotify","name":"x","url":"ftp://x","token":"`+use(secret(18))+`"}}`)
	call(0, "POST", "/changes/2/undo", "")
	call(202, "POST", "/send", `{"event_type":"vm_start","data":{"vmid":1}}`)
	call(202, "POST", "/send", `{"event_type":"ct_start","severity":"WARNING","data":{"vmid":1}}`)
	h.eventually("the stream tells of the delivery", func() bool { return strings.Contains(stream.String(), "event: delivery") })
	for _, path := range []string{"/settings", "/rules", "/channels", "/events", "/changes", "/history", "/decisions", "/outbox", "/status", "/files"} {
		call(200, "GET", path, "")
	}
	_, metrics := h.request("GET", "/metrics", nil, nil)
	kept := map[string]string{"answers": told.String(), "log": h.err.String(), "output": h.out.String(), "metrics": metrics, "stream": stream.String()}
	h.stop()
	for _, root := range []string{h.data, h.config} {
		err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && d.Name() == "secrets":
				return filepath.SkipDir
			case d.Type().IsRegular() && d.Name() != "own.hcl" && d.Name() != "test-token" && d.Name() != "last-good.json":
				text, err := os.ReadFile(path)
				kept[path] = string(text)
				return err
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for where, text := range kept {
		for _, s := range secrets {
			for _, form := range secretForms(s) {
				if at := strings.Index(text, form); at >= 0 {
					t.Errorf("%s: the secret %q stands there: %.200q", where, s, text[max(0, at-100):])
				}
			}
		}
	}
	if len(kept) < 10 || !strings.Contains(kept[filepath.Join(h.config, "panel.hcl")], `secret("second_token")`) {
		t.Errorf("too little was looked at: %d texts", len(kept))
	}
}
