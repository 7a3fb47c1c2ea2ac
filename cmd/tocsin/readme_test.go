package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// snippet is a fenced block of the README.
type snippet struct {
	lang, text string
}

// readme runs the README as a reader would: from the top, in one shell's
// surroundings, with the quickstart served.
type readme struct {
	t        *testing.T
	dir      string // stands for the checkout
	addr     string // of the served quickstart
	telegram string // a loopback stand-in
	answer   string // output of the last shell block
}

func readSnippets(t *testing.T) []snippet {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var list []snippet
	for _, m := range regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$").FindAllSubmatch(text, -1) {
		list = append(list, snippet{string(m[1]), string(m[2])})
	}
	if len(list) < 8 {
		t.Fatalf("found %d blocks", len(list))
	}
	return list
}

// TestReadme runs every command and loads every snippet of the README.
func TestReadme(t *testing.T) {
	dir := t.TempDir()
	must(t, os.CopyFS(filepath.Join(dir, "examples"), os.DirFS(filepath.Join("..", "..", "examples"))))
	must(t, os.MkdirAll(filepath.Join(dir, "data"), 0o700))
	telegram := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"ok":true,"result":{"message_id":1,"chat":{"id":1}}}`)
	}))
	t.Cleanup(telegram.Close)
	r := &readme{t: t, dir: dir, telegram: telegram.URL}
	for _, s := range readSnippets(t) {
		switch s.lang {
		case "sh":
			r.shell(s.text)
		case "hcl":
			r.hcl(s.text)
		case "console":
			r.diagnostic(s.text)
		default:
			r.picture(s.text)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// shell runs a block of commands. make is looked at and not run: its targets
// are what runs this test.
func (r *readme) shell(text string) {
	r.t.Helper()
	switch {
	case strings.HasPrefix(text, "make run"):
		r.dryMake("run", "serve --config examples/quickstart --data data")
		r.serve("examples/quickstart", "data")
		return
	case strings.HasPrefix(text, "make test"):
		r.dryMake("test", "test -race -shuffle=on ./...")
		return
	}
	if !strings.HasPrefix(text, "curl") {
		for _, line := range lines(text) {
			r.command(line)
		}
		return
	}
	r.run(text)
}

func (r *readme) dryMake(target, want string) {
	r.t.Helper()
	out, err := exec.Command("make", "-n", "-C", filepath.Join("..", ".."), target).CombinedOutput()
	if err != nil || !strings.Contains(string(out), want) {
		r.t.Errorf("make %s does not run %q: %v\n%s", target, want, err, out)
	}
}

// command runs one line; a daemon that it starts is stopped again.
func (r *readme) command(line string) {
	r.t.Helper()
	if config, data, ok := strings.Cut(line, " --data /var"); ok && strings.Contains(line, " serve ") {
		r.serve(strings.Fields(config)[3], "/var"+data)
		return
	}
	r.run(line)
}

// run hands a line to a shell, with the places of this test in place of those
// of a reader.
func (r *readme) run(line string) {
	r.t.Helper()
	line = strings.NewReplacer(
		"bin/tocsin", "tocsin", "127.0.0.1:8008", r.addr, "/etc/tocsin", r.place("/etc/tocsin"), "/var/lib/tocsin", r.place("/var/lib/tocsin"),
	).Replace(line)
	if strings.Contains(line, " init ") {
		line += " --yes"
	}
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir, cmd.Stdin, cmd.Env = r.dir, strings.NewReader("123456:"+strings.Repeat("A", 35)+"\n"), append(os.Environ(), "TZ=UTC")
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Errorf("%s\n%v\n%s", line, err, out)
	}
	r.answer = string(out)
}

func (r *readme) place(path string) string {
	if strings.HasPrefix(path, "/") {
		return filepath.Join(r.dir, "root", path)
	}
	return filepath.Join(r.dir, path)
}

func (r *readme) serve(config, data string) {
	r.t.Helper()
	name := filepath.Join(r.dir, "serve-"+strings.ReplaceAll(data, "/", "_"))
	out, err := os.Create(name + ".out")
	must(r.t, err)
	log, err := os.Create(name + ".err")
	must(r.t, err)
	cmd := exec.Command("tocsin", "serve", "--config", r.place(config), "--data", r.place(data), "--listen", "127.0.0.1:0")
	cmd.Stdout, cmd.Stderr, cmd.Env = out, log, append(os.Environ(), "TZ=UTC")
	p, err := startDaemon(cmd, name+".err")
	must(r.t, err)
	r.t.Cleanup(func() {
		p.stop()
		out.Close()
		log.Close()
	})
	if r.addr == "" {
		r.addr = p.addr
	}
}

// hcl saves a snippet into the quickstart's folder and loads it. The stand-in
// takes Telegram's place.
func (r *readme) hcl(text string) {
	r.t.Helper()
	text = strings.Replace(text, "  chat_id ", fmt.Sprintf("  api_url = %q\n  chat_id ", r.telegram), 1)
	name := filepath.Join(r.dir, "examples", "quickstart", "events.hcl")
	old, _ := os.ReadFile(name)
	must(r.t, os.WriteFile(name, append(old, text...), 0o600))
	r.run("bin/tocsin check examples/quickstart --no-secrets")
	r.run("bin/tocsin test examples/quickstart")
	r.run("bin/tocsin --data data reload")
}

// diagnostic makes the mistake that the README speaks of and compares.
func (r *readme) diagnostic(want string) {
	r.t.Helper()
	dir := r.t.TempDir()
	text := "event \"backup_fail\" {\n  titel = \"BACKUP FAILED on {{ .host }}\"\n}\n"
	must(r.t, os.WriteFile(filepath.Join(dir, "events.hcl"), []byte(text), 0o600))
	out, _ := exec.Command("tocsin", "check", dir).CombinedOutput() // it fails, as it should
	if !strings.Contains(string(out), want) {
		r.t.Errorf("the README shows\n%s\ntocsin says\n%s", want, out)
	}
}

// picture compares what the README says is answered or printed.
func (r *readme) picture(text string) {
	r.t.Helper()
	switch {
	case strings.Contains(text, "[CRITICAL] backup_fail"):
		if !regexp.MustCompile(`^\{"accepted":true,"id":"\w{26}","event_type":"backup_fail"}\s*$`).MatchString(r.answer) {
			r.t.Errorf("the webhook answered %q", r.answer)
		}
		r.printed(text)
	case strings.Contains(text, "escape title"):
		r.body(text)
	case strings.Contains(text, "event ► decide"):
	default:
		r.t.Errorf("nothing tests this block:\n%s", text)
	}
}

func (r *readme) printed(want string) {
	r.t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		out, err := os.ReadFile(filepath.Join(r.dir, "serve-data.out"))
		must(r.t, err)
		if strings.Contains(string(out), want) {
			return
		}
		select {
		case <-deadline:
			r.t.Fatalf("the README shows\n%s\nthe terminal shows\n%s", want, out)
		case <-tick.C:
		}
	}
}

// body fills the template for Proxmox's target as Proxmox would, and posts it.
func (r *readme) body(template string) {
	r.t.Helper()
	body := strings.NewReplacer(
		"{{ escape title }}", "Test notification ", "{{ escape message }}", `A test.\n`, "{{ severity }}", "info",
		"{{ timestamp }}", "1773964809", "{{ json fields }}", "{}",
	).Replace(template)
	resp, err := http.Post("http://"+r.addr+"/api/notifications/webhook", "application/json", strings.NewReader(body))
	must(r.t, err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		r.t.Errorf("the body for Proxmox's target was answered %s", resp.Status)
	}
}
