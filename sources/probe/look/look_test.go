package look

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tocsin/engine/event"
	"tocsin/sources/probe"
)

const secret = "s3cr3t-t0k3n"

// shell is a rule that runs a script.
func shell(script string, within time.Duration) *probe.Rule {
	return &probe.Rule{Kind: probe.Command, Command: []string{"/bin/sh", "-c", script}, Timeout: within, Reads: []string{"stdout"}}
}

func look(t *testing.T, r *probe.Rule) probe.Result {
	t.Helper()
	return New(Options{}).Look(t.Context(), r)
}

func TestCommand(t *testing.T) {
	t.Setenv("TOCSIN_LEAK", secret)
	for name, c := range map[string]struct {
		script string
		want   string
	}{
		"output":       {"echo out; echo err >&2; exit 3", "3 out\n err\n"},
		"odd output":   {`printf 'a\033[1m\200'`, "0 a<U+001B>[1m\ufffd "},
		"its folder":   {"pwd", "0 /\n "},
		"nothing read": {"cat; echo done", "0 done\n "},
		"environment":  {"env | sort | cut -d= -f1 | grep -v -e _ -e PWD -e SHLVL | tr '\\n' ' '", "0 HOME LANG PATH  "},
		"no leak":      {"echo [$TOCSIN_LEAK]", "0 []\n "},
	} {
		t.Run(name, func(t *testing.T) {
			res := look(t, shell(c.script, time.Minute))
			if got := fmt.Sprint(res.Values["code"], " ", res.Values["stdout"], " ", res.Values["stderr"]); got != c.want || res.Failure != "" {
				t.Errorf("got %q %s, want %q", got, res.Failure, c.want)
			}
		})
	}
	one, two := look(t, shell("echo a", time.Minute)), look(t, shell("echo b", time.Minute))
	if again := look(t, shell("echo a", time.Minute)); one.Mark != again.Mark || one.Mark == two.Mark {
		t.Error("the mark does not tell outputs apart")
	}
}

func TestCommandThatFails(t *testing.T) {
	for name, c := range map[string]struct {
		rule    *probe.Rule
		want    string
		lacking bool
	}{
		"not there":     {&probe.Rule{Kind: probe.Command, Command: []string{"no-such-program"}, Timeout: time.Minute}, "no-such-program is not in PATH", true},
		"not there too": {&probe.Rule{Kind: probe.Command, Command: []string{"/no/such"}, Timeout: time.Minute}, "/no/such does not exist", true},
		"too long":      {shell("head -c 1100000 /dev/zero | tr '\\0' x", time.Minute), "what /bin/sh writes is not read: it has more than 1024 KiB", false},
		"a signal":      {shell("kill -TERM $$", time.Minute), "/bin/sh was ended by the signal terminated", false},
		"no time":       {shell("exec sleep 60", 100*time.Millisecond), "sh did not end within 100ms and was killed with its children", false},
	} {
		t.Run(name, func(t *testing.T) {
			if res := look(t, c.rule); res.Failure != c.want || res.Lacking != c.lacking {
				t.Errorf("%q %v, want %q", res.Failure, res.Lacking, c.want)
			}
		})
	}
}

// A program that is not done in time takes its children with it.
func TestChildrenEndToo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	look(t, shell(fmt.Sprintf("sleep 60 & echo $! > %s; wait", file), 300*time.Millisecond))
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		if state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err != nil || strings.Contains(string(state), ") Z ") || syscall.Kill(pid, 0) != nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Error("the child goes on")
}

// request is a rule that asks a server of this test.
func request(url string, reads ...string) *probe.Rule {
	return &probe.Rule{Kind: probe.HTTP, Request: probe.Request{URL: event.NewSecret(url), Method: "GET"}, Timeout: time.Minute, Reads: reads}
}

func TestRequest(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path+" "+r.Host+" "+r.Header.Get("X-Key"))
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		case "/long":
			w.Write(make([]byte, probe.MaxText+1))
		default:
			w.Header().Set("Last-Modified", "today")
			w.WriteHeader(http.StatusTeapot)
			fmt.Fprint(w, "short and stout\x07")
		}
	}))
	defer server.Close()
	r := request(server.URL+"/tea?key="+secret, "body")
	r.Request.Headers = map[string]event.Secret{"X-Key": event.NewSecret("k"), "Host": event.NewSecret("tea.example")}
	res := look(t, r)
	headers, _ := res.Values["headers"].(map[string]any)
	if res.Failure != "" || res.Values["status"] != 418.0 || res.Values["body"] != "short and stout<U+0007>" || headers["last-modified"] != "today" {
		t.Errorf("%+v", res)
	}
	r = request(server.URL+"/moved", "status")
	r.Request.Method = "HEAD"
	if res := look(t, r); res.Values["status"] != 302.0 {
		t.Errorf("%+v", res)
	}
	if res := look(t, request(server.URL+"/long", "body")); !strings.Contains(res.Failure, "more than 1024 KiB") {
		t.Errorf("%q", res.Failure)
	}
	if res := look(t, request(server.URL+"/long", "status")); res.Failure != "" || res.Values["status"] != 200.0 {
		t.Errorf("%q", res.Failure)
	}
	if got, want := strings.Join(asked[:2], ", "), "GET /tea tea.example k, HEAD /moved "; !strings.HasPrefix(got, want) || len(asked) != 4 {
		t.Errorf("asked %q", asked)
	}
}

// What goes wrong is told without the address, which may hold a secret.
func TestRequestThatFails(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer slow.Close()
	for name, c := range map[string]struct{ url, want string }{
		"an unknown authority": {server.URL, "is signed by an authority that this machine does not trust"},
		"nobody":               {closed.URL, ""},
		"metadata":             {"http://169.254.169.254", "link-local"},
		"no answer":            {slow.URL, "did not answer in time"},
	} {
		t.Run(name, func(t *testing.T) {
			r := request(c.url+"/x?key="+secret, "status")
			if name == "no answer" {
				r.Timeout = 100 * time.Millisecond
			}
			res := look(t, r)
			if res.Failure == "" || !strings.Contains(res.Failure, c.want) || strings.Contains(res.Failure, secret) {
				t.Errorf("%q", res.Failure)
			}
		})
	}
	r := request(server.URL, "status")
	r.Request.Any = true
	if res := look(t, r); res.Values["status"] != 404.0 {
		t.Errorf("%+v", res)
	}
}

// aFile is a rule over files.
func aFile(path string, reads ...string) *probe.Rule {
	return &probe.Rule{Kind: probe.File, Path: path, Timeout: time.Minute, Reads: reads}
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, age time.Duration) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
		return path
	}
	a := write("a.conf", "one\n", 2*time.Hour)
	res := look(t, aFile(a, "content"))
	age := res.Values["age"].(event.Duration)
	if res.Failure != "" || res.Values["content"] != "one\n" || res.Values["exists"] != true || res.Values["path"] != a || res.Values["size"] != event.Bytes(4) || time.Duration(age).Round(time.Minute) != 2*time.Hour {
		t.Errorf("%+v", res)
	}
	write("a.conf", "one\n", time.Hour)
	if again := look(t, aFile(a, "content")); again.Mark != res.Mark {
		t.Error("a file that was written anew with the same text is another")
	}
	write("b.conf", "two", time.Minute)
	both := look(t, aFile(filepath.Join(dir, "*.conf"), "content"))
	files := both.Values["files"].([]any)
	if len(files) != 2 || both.Values["size"] != event.Bytes(7) || both.Values["content"] != nil || len(both.Texts) != 2 || both.Values["mtime"] != files[1].(map[string]any)["mtime"] {
		t.Errorf("%+v", both)
	}
	large := write("large", strings.Repeat("x", probe.MaxText+1), 0)
	if res := look(t, aFile(large, "size")); res.Failure != "" || res.Values["size"] != event.Bytes(probe.MaxText+1) {
		t.Errorf("%q", res.Failure)
	}
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		large: "is not read: it has more than 1024 KiB", pipe: "cannot be read: it is no regular file", dir: "cannot be read: it is no regular file",
		filepath.Join(dir, "gone"): "gone does not exist", filepath.Join(dir, "gone*"): "no file fits",
	} {
		res := look(t, aFile(path, "content"))
		if !strings.Contains(res.Failure, want) || res.Lacking != strings.Contains(path, "gone") {
			t.Errorf("%s: %q %v", path, res.Failure, res.Lacking)
		}
	}
	if res := look(t, aFile(filepath.Join(dir, "gone"), "exists")); res.Failure != "" || res.Values["exists"] != false {
		t.Errorf("%+v", res)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if res := New(Options{}).Look(ended, aFile(a, "content")); !strings.Contains(res.Failure, "no time") {
		t.Errorf("%q", res.Failure)
	}
}

// What nobody may read says who must be given the right.
func TestUnreadable(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&os.PathError{Op: "open", Path: "/x", Err: syscall.EACCES}, "/x cannot be read: give the daemon's user the right, such as by a group"},
		{&os.PathError{Op: "open", Path: "/x", Err: syscall.ENOENT}, "/x does not exist"},
		{&os.PathError{Op: "read", Path: "/x", Err: syscall.EIO}, "/x cannot be read: input/output error"},
	} {
		if res := probe.Unreadable("/x", c.err); res.Failure != c.want {
			t.Errorf("%q, want %q", res.Failure, c.want)
		}
	}
}
