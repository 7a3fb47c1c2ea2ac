package daemon

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/api"
	"tocsin/rules"
	"tocsin/sources/pve/notifications"
)

// proxmoxFiles makes a folder in place of / with the files of Proxmox VE.
func proxmoxFiles(t *testing.T, public string) (root string, read func() string) {
	t.Helper()
	root = t.TempDir()
	path := filepath.Join(root, "etc/pve/notifications.cfg")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(public), 0o640); err != nil {
		t.Fatal(err)
	}
	return root, func() string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
}

const mailToRoot = "sendmail: mail-to-root\n\tmailto-user root@pam\n"

func TestRegisterByTheAPI(t *testing.T) {
	root, read := proxmoxFiles(t, mailToRoot)
	h := &house{t: t, config: t.TempDir(), data: t.TempDir(), proxmox: root}
	h.write("tocsin.hcl", quietDefaults)
	h.start()
	defer h.stop()
	p := proxmox{h.daemon}

	c, err := p.Register(t.Context(), true)
	if err != nil || c.Done || len(c.Changes) != 2 || read() != mailToRoot {
		t.Fatalf("dry run: got %+v, %v", c, err)
	}
	c, err = p.Register(t.Context(), false)
	if err != nil || !c.Done || len(c.Copies) != 2 || !strings.Contains(c.Changes[1].Diff, "+\turl http://"+h.daemon.Addr()+"/api/notifications/webhook\n") {
		t.Fatalf("got %+v, %v", c, err)
	}
	if c, err := p.Register(t.Context(), false); err != nil || c.Done || len(c.Changes) != 0 {
		t.Errorf("again: got %+v, %v", c, err)
	}
	r, err := p.Registration(t.Context())
	if err != nil || !r.Registered || r.Files["/etc/pve/notifications.cfg"] != read() {
		t.Errorf("got %+v, %v", r, err)
	}
	if c, err := p.Unregister(t.Context(), false); err != nil || !c.Done || read() != mailToRoot {
		t.Errorf("got %+v, %v, and %q", c, err, read())
	}
	if err := os.WriteFile(filepath.Join(root, "etc/pve/notifications.cfg"), []byte("# mine\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	_, err = p.Register(t.Context(), false)
	if bad, ok := errors.AsType[*api.BadRequest](err); !ok || !strings.Contains(bad.Why, "notifications.cfg:1") || read() != "# mine\n" {
		t.Errorf("got %v", err)
	}
}

// TestADaemonLeavesProxmoxAlone that was not told where its files lie.
func TestADaemonLeavesProxmoxAlone(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults})
	_, err := proxmox{h.daemon}.Register(t.Context(), false)
	if bad, ok := errors.AsType[*api.BadRequest](err); !ok || !strings.Contains(bad.Do, "tocsin pve setup") {
		t.Errorf("got %v", err)
	}
}

// TestSwitchedOn: notifications that are switched on are what Proxmox VE is told of; off
// touches no file, and neither does a start.
func TestSwitchedOn(t *testing.T) {
	root, read := proxmoxFiles(t, mailToRoot)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	h := &house{t: t, config: t.TempDir(), data: t.TempDir(), proxmox: root, configured: true}
	enabled := func(on bool) {
		h.write("tocsin.hcl", strings.Replace(quietDefaults, "enabled      = true", fmt.Sprintf("enabled = %t", on), 1)+fmt.Sprintf("api { listen = %q }\n", l.Addr()))
	}
	reload := func() {
		t.Helper()
		if _, err := h.daemon.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	enabled(true)
	h.start()
	reload()
	enabled(false)
	reload()
	if read() != mailToRoot {
		t.Fatalf("a start or switching off wrote\n%s", read())
	}
	enabled(true)
	reload()
	h.eventually("the target is registered", func() bool { return strings.Contains(read(), "url http://"+l.Addr().String()+"/") })
	enabled(false)
	reload()
	h.stop()
	if !strings.Contains(read(), "webhook: tocsin") {
		t.Error("switching off took the target out")
	}
}

func TestProxmoxTarget(t *testing.T) {
	for listen, want := range map[string]string{
		"127.0.0.1:8008": "127.0.0.1:8008", ":9000": "127.0.0.1:9000", "0.0.0.0:9000": "127.0.0.1:9000", "[::]:9000": "127.0.0.1:9000",
		"localhost:1": "127.0.0.1:1", "[::1]:9000": "[::1]:9000", "127.0.0.2:9000": "127.0.0.2:9000", "192.0.2.7:9000": "", "pve.lan:9000": "",
	} {
		got, err := ProxmoxTarget(&rules.Settings{API: rules.API{Listen: listen}}, false)
		if want != "" {
			want = "http://" + want + "/api/notifications/webhook"
		}
		if got.URL != want || (err != nil) != (want == "") {
			t.Errorf("%s: got %s, %v", listen, got.URL, err)
		}
	}
	if got, err := ProxmoxTarget(nil, false); err != nil || got.URL != "http://127.0.0.1:8008/api/notifications/webhook" {
		t.Errorf("without a configuration: got %s, %v", got.URL, err)
	}
	if _, err := ProxmoxTarget(nil, true); err == nil {
		t.Error("a secret was sent along that nobody has")
	}
}

// TestWhatIsRegisteredIsTaken posts as Proxmox VE does with the target that was written,
// where callers of this host need the secret too.
func TestWhatIsRegisteredIsTaken(t *testing.T) {
	root, read := proxmoxFiles(t, mailToRoot)
	h := &house{t: t, config: t.TempDir(), data: t.TempDir(), proxmox: root}
	h.write("tocsin.hcl", quietDefaults+"webhook {\n  secret   = secret(\"webhook\")\n  loopback = \"secret\"\n}\n")
	h.write("secrets/webhook", "kestrel-ovation-17")
	h.start()
	defer h.stop()
	if _, err := (proxmox{h.daemon}).Register(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	private, err := os.ReadFile(filepath.Join(root, "etc/pve/priv/notifications.cfg"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := notifications.Read([]byte(read()), private)
	if err != nil {
		t.Fatal(err)
	}
	var target, secrets notifications.Section
	for _, s := range files.Public.Sections {
		if s.ID == notifications.TargetID {
			target = s
		}
	}
	secrets = files.Private.Sections[0]
	_, secret, _ := strings.Cut(secrets.Values("secret")[0], ",value=")
	render := strings.NewReplacer(
		"{{ secrets.token }}", decode64(t, secret), "{{ timestamp }}", fmt.Sprint(time.Now().Unix()), "{{ escape title }}", `Test \"notification\" `,
		"{{ escape message }}", `It works.\n`, "{{ severity }}", "info", "{{ json fields }}", "{}",
	)
	header := map[string]string{"Content-Type": ""}
	for _, line := range target.Values("header") {
		name, value, _ := strings.Cut(strings.TrimPrefix(line, "name="), ",value=")
		header[name] = render.Replace(decode64(t, value))
	}
	body := render.Replace(decode64(t, target.Values("body")[0]))
	if status, text := h.request("POST", api.Prefix+"/webhook", strings.NewReader(body), header); status != 202 || !strings.Contains(text, `"event_type":"custom"`) {
		t.Errorf("got %d %s", status, text)
	}
	delete(header, "X-Webhook-Secret")
	if status, text := h.request("POST", api.Prefix+"/webhook", strings.NewReader(body), header); status != 401 {
		t.Errorf("without the secret: got %d %s", status, text)
	}
}

func decode64(t *testing.T, text string) string {
	t.Helper()
	out, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
