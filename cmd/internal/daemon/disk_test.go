package daemon

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tocsin/api"
)

// ownMounts is set in a process that has mounts of its own.
const ownMounts = "TOCSIN_TEST_OWN_MOUNTS"

// mayMount reports whether this process may mount file systems. Where it may not,
// the test is run again in a process that has a user and mounts of its own, and
// what came of it there is reported here.
func mayMount(t *testing.T) bool {
	t.Helper()
	dir := t.TempDir()
	err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=1m")
	if err == nil {
		return unix.Unmount(dir, unix.MNT_DETACH) == nil
	}
	if os.Getenv(ownMounts) != "" {
		t.Skipf("NOT TESTED, nothing can be mounted here: %v", err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=2m")
	cmd.Env = append(os.Environ(), ownMounts+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	_, ran := errors.AsType[*exec.ExitError](err)
	switch {
	case err != nil && !ran:
		t.Skipf("NOT TESTED, no process may have mounts of its own: %v", err)
	case err != nil:
		t.Errorf("with mounts of its own: %v\n%s", err, out)
	case strings.Contains(string(out), "--- SKIP"):
		t.Skipf("with mounts of its own: %s", out)
	}
	return false
}

// smallDisk is a file system of a few megabytes, mounted for the test.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=6m,mode=700"); err != nil {
		t.Skipf("NOT TESTED, nothing can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill takes all room of a disk and returns how to give it back.
func fill(t *testing.T, dir string) (free func()) {
	t.Helper()
	name := filepath.Join(dir, "ballast")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 4096)
	for err == nil {
		_, err = f.Write(block)
	}
	if !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(name); err != nil {
			t.Error(err)
		}
	}
}

// postNote posts a notification as Proxmox does.
func (h *house) postNote(n int) *http.Response {
	h.t.Helper()
	body := fmt.Sprintf(`{"title":"note %d end","message":%q,"severity":"info","timestamp":1,"fields":{}}`, n, strings.Repeat("m", 8000))
	resp, err := http.Post("http://"+h.daemon.Addr()+api.Prefix+"/webhook", "application/json", strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	return resp
}

// poster posts notes and remembers which were accepted.
type poster struct {
	*house
	next             int
	accepted         []int
	refused          int
	why, do          string // what an answer that refuses must say
	key              string // of a reader
	arrivedElsewhere string // what came over the channel before this start
}

// post posts the next note and reports whether it was accepted.
func (p *poster) post() bool {
	p.t.Helper()
	p.next++
	resp := p.postNote(p.next)
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusAccepted:
		p.accepted = append(p.accepted, p.next)
	case http.StatusServiceUnavailable:
		p.refused++
		p.wantRefusal(resp)
	default:
		p.t.Fatalf("note %d was answered %s", p.next, resp.Status)
	}
	return resp.StatusCode == http.StatusAccepted
}

// untilRefused posts until some notes are refused: the log may still have room.
func (p *poster) untilRefused() {
	p.t.Helper()
	before := p.refused
	for end := p.next + 1000; p.next < end && p.refused < before+5; {
		p.post()
	}
	if p.refused == before {
		p.t.Fatal("nothing was refused")
	}
	if resp, err := http.Get("http://" + p.daemon.Addr() + "/healthz"); err != nil || resp.StatusCode != 200 {
		p.t.Errorf("healthz: %v, %v", resp, err)
	}
	if status, text := p.request("GET", api.Prefix+"/history", nil, map[string]string{"Authorization": "Bearer " + p.key}); status != 200 {
		p.t.Errorf("the history is answered %d %s", status, text)
	}
}

// wantAll waits until everything that was accepted has arrived.
func (p *poster) wantAll(most int) {
	p.t.Helper()
	p.eventually("everything accepted arrived", func() bool {
		out := p.arrivedElsewhere + p.out.String()
		for _, n := range p.accepted {
			if !strings.Contains(out, fmt.Sprintf("note %d end", n)) {
				return false
			}
		}
		return true
	})
	for _, n := range p.accepted {
		if got := strings.Count(p.arrivedElsewhere+p.out.String(), fmt.Sprintf("note %d end", n)); got > most {
			p.t.Errorf("note %d arrived %d times, want at most %d", n, got, most)
		}
	}
}

func TestAFullDiskRefusesEventsAndLosesNone(t *testing.T) {
	if !mayMount(t) {
		return
	}
	h := &house{t: t, config: t.TempDir(), data: smallDisk(t)}
	h.write("tocsin.hcl", quietDefaults+console)
	h.start()
	defer func() { h.stop() }()
	p := &poster{house: h, key: h.token(), why: "full", do: "free some space"}
	p.enough(20)
	free := fill(t, h.data)
	p.untilRefused()
	free()
	freed := time.Now()
	h.eventually("events are taken again", p.post)
	t.Logf("%d accepted, %d refused, taken again %v after there was room", len(p.accepted), p.refused, time.Since(freed).Round(time.Millisecond))
	p.wantAll(1)
}

// enough posts notes that must be accepted.
func (p *poster) enough(n int) {
	p.t.Helper()
	for range n {
		if !p.post() {
			p.t.Fatalf("note %d was refused", p.next)
		}
	}
}

// wantRefusal checks that an answer says what is wrong and when to come again.
func (p *poster) wantRefusal(resp *http.Response) {
	p.t.Helper()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	var answer struct {
		Error struct{ Code, Why, Do string }
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		p.t.Fatalf("%s: %v", text, err)
	}
	if e := answer.Error; e.Code != "unavailable" || !strings.Contains(e.Why, p.why) || !strings.Contains(e.Do, p.do) {
		p.t.Errorf("the answer is %s", text)
	}
	if after, err := strconv.Atoi(resp.Header.Get("Retry-After")); err != nil || after < 1 {
		p.t.Errorf("Retry-After is %q", resp.Header.Get("Retry-After"))
	}
}
