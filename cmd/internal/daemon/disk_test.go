package daemon

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tocsin/api"
)

// smallDisk is a file system of a few megabytes, mounted for the test.
func smallDisk(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can mount a small disk: what a full one does to the daemon is not tested")
	}
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=6m,mode=700"); err != nil {
		t.Skipf("no small disk can be mounted: what a full one does to the daemon is not tested: %v", err)
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

func TestAFullDiskRefusesEventsAndLosesNone(t *testing.T) {
	h := &house{t: t, config: t.TempDir(), data: smallDisk(t)}
	h.write("tocsin.hcl", quietDefaults+console)
	h.start()
	defer func() { h.stop() }()
	var accepted []int
	post := func(n int) int {
		resp := h.postNote(n)
		defer resp.Body.Close()
		switch resp.StatusCode {
		case http.StatusAccepted:
			accepted = append(accepted, n)
		case http.StatusServiceUnavailable:
			wantRefusal(t, resp)
		default:
			t.Fatalf("note %d was answered %s", n, resp.Status)
		}
		return resp.StatusCode
	}
	n := 0
	for ; n < 20; n++ {
		post(n)
	}
	free := fill(t, h.data)
	refused := 0
	for end := n + 1000; n < end && refused < 5; n++ { // the log may still have room
		if post(n) != http.StatusAccepted {
			refused++
		}
	}
	if refused == 0 {
		t.Fatal("nothing was refused")
	}
	if resp, err := http.Get("http://" + h.daemon.Addr() + "/healthz"); err != nil || resp.StatusCode != 200 {
		t.Errorf("healthz: %v, %v", resp, err)
	}
	free()
	freed := time.Now()
	h.eventually("events are taken again", func() bool { n++; return post(n) == http.StatusAccepted })
	t.Logf("%d accepted, %d refused, taken again %v after there was room", len(accepted), refused, time.Since(freed).Round(time.Millisecond))
	h.eventually("everything accepted arrived", func() bool {
		out := h.out.String()
		for _, n := range accepted {
			if !strings.Contains(out, fmt.Sprintf("note %d end", n)) {
				return false
			}
		}
		return true
	})
	for _, n := range accepted {
		if got := strings.Count(h.out.String(), fmt.Sprintf("note %d end", n)); got != 1 {
			t.Errorf("note %d arrived %d times", n, got)
		}
	}
}

// wantRefusal checks that an answer says what is wrong and when to come again.
func wantRefusal(t *testing.T, resp *http.Response) {
	t.Helper()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Error struct{ Code, Why, Do string }
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if e := answer.Error; e.Code != "unavailable" || !strings.Contains(e.Why, "full") || !strings.Contains(e.Do, "free some space") {
		t.Errorf("the answer is %s", text)
	}
	if after, err := strconv.Atoi(resp.Header.Get("Retry-After")); err != nil || after < 1 {
		t.Errorf("Retry-After is %q", resp.Header.Get("Retry-After"))
	}
}
