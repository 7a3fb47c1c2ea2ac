package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// ground is where a daemon of a test lives: its folders, and the file that its
// one channel writes to.
type ground struct {
	t                *testing.T
	conf, data, sink string
	starts           int
}

func newGround(t *testing.T) *ground {
	t.Helper()
	dir := t.TempDir()
	g := &ground{t: t, conf: filepath.Join(dir, "conf"), data: filepath.Join(dir, "data"), sink: filepath.Join(inMemory(t), "sink.log")}
	if err := os.Mkdir(g.conf, 0o700); err != nil {
		t.Fatal(err)
	}
	g.write("tocsin.hcl", fmt.Sprintf("tocsin { enabled = true }\nchannel \"log\" \"sink\" {\n  path = %q\n  rich = false\n}\n", g.sink))
	return g
}

// inMemory is a folder that costs no syncing, where there is one: the channel
// syncs each message, which is not what these tests are about.
func inMemory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "tocsin-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func (g *ground) write(name, text string) {
	g.t.Helper()
	if err := os.WriteFile(filepath.Join(g.conf, name), []byte(text), 0o600); err != nil {
		g.t.Fatal(err)
	}
}

func (g *ground) command() *exec.Cmd {
	return exec.Command("tocsin", "serve", "--config", g.conf, "--data", g.data, "--listen", "127.0.0.1:0")
}

// start runs a daemon until the test ends, at the latest, and waits until it is
// ready.
func (g *ground) start() *process {
	g.t.Helper()
	p, log := g.launch()
	if err := p.await(log); err != nil {
		g.t.Fatal(err)
	}
	return p
}

// launch runs a daemon until the test ends, at the latest. Its log is in a file.
func (g *ground) launch() (*process, string) {
	g.t.Helper()
	cmd := g.command()
	name := filepath.Join(filepath.Dir(g.data), fmt.Sprint("log-", g.starts))
	g.starts++
	log, err := os.Create(name)
	if err != nil {
		g.t.Fatal(err)
	}
	defer log.Close()
	cmd.Stderr = log
	p, err := launch(cmd)
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(p.kill)
	return p, name
}

// load posts numbered events from many senders until it is ended.
type load struct {
	end      chan struct{}
	senders  sync.WaitGroup
	number   *atomic.Int64
	mu       sync.Mutex
	accepted map[int]bool
	send     func(client *http.Client, n int) bool // reports whether it was accepted
}

func newLoad() *load {
	return &load{number: new(atomic.Int64), accepted: map[int]bool{}, send: sendNumbered}
}

func (l *load) begin(data string, senders int) {
	l.end = make(chan struct{})
	for range senders {
		l.senders.Go(func() {
			client := localClient(data)
			defer client.CloseIdleConnections()
			for {
				select {
				case <-l.end:
					return
				default:
				}
				n := int(l.number.Add(1))
				if !l.send(client, n) {
					<-time.After(time.Millisecond) // it is not there yet, or any more
					continue
				}
				l.mu.Lock()
				l.accepted[n] = true
				l.mu.Unlock()
			}
		})
	}
}

func (l *load) stop() {
	close(l.end)
	l.senders.Wait()
}

// TestServeIsReadyWhenItSaysSo also tells how long the start took; the figure is
// for people, as a busy machine says nothing about the program.
func TestServeIsReadyWhenItSaysSo(t *testing.T) {
	g := newGround(t)
	began := time.Now()
	p := g.start()
	defer p.stop()
	resp, err := http.Get("http://" + p.addr + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	t.Logf("it answered %v after its start", time.Since(began).Round(time.Millisecond))
	if resp.StatusCode != http.StatusOK {
		t.Errorf("readyz answers %s", resp.Status)
	}
}

func TestASecondDaemonIsRefusedByName(t *testing.T) {
	g := newGround(t)
	first := g.start()
	other := newGround(t)
	other.write("tocsin.hcl", "tocsin { enabled = false }\n")
	before, err := os.ReadFile(filepath.Join(g.data, "last-good.json"))
	if err != nil {
		t.Fatal(err)
	}
	other.data = g.data
	var stderr bytes.Buffer
	cmd := other.command()
	cmd.Stderr = &stderr
	err = cmd.Run()
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || exit.ExitCode() != 2 {
		t.Errorf("it ended with %v, want status 2", err)
	}
	for _, word := range []string{fmt.Sprint("pid ", first.cmd.Process.Pid), g.data, "stop it"} {
		if !strings.Contains(stderr.String(), word) {
			t.Errorf("the error does not say %q:\n%s", word, &stderr)
		}
	}
	if after, err := os.ReadFile(filepath.Join(g.data, "last-good.json")); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the second daemon has changed the first one's copy of its configuration (%v)", err)
	}
	if !sendNumbered(localClient(g.data), 1) {
		t.Error("the first daemon is no longer reached over its socket")
	}
}

func TestAStopUnderLoadLosesNothing(t *testing.T) {
	g, l := newGround(t), newLoad()
	const rounds = 3
	for range rounds {
		p := g.start()
		l.begin(g.data, 16)
		<-time.After(300 * time.Millisecond)
		began := time.Now()
		if code := p.stop(); code != 0 {
			t.Errorf("it ended with status %d, want 0", code)
		}
		if took := time.Since(began); took > 15*time.Second {
			t.Errorf("it took %v to stop, want less than 15s", took)
		}
		l.stop()
	}
	g.start()
	missing, twice := await(t, g.sink, l.accepted)
	t.Logf("%d accepted over %d stops", len(l.accepted), rounds)
	if len(l.accepted) == 0 || missing > 0 || twice > 0 {
		t.Errorf("%d of %d accepted events never arrived, %d arrived twice", missing, len(l.accepted), twice)
	}
}

func TestALogThatNobodyReadsEndsNothing(t *testing.T) {
	g := newGround(t)
	g.write("console.hcl", `channel "log" "console" { rich = false }`)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := g.command()
	name := filepath.Join(t.TempDir(), "log")
	log, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = writer, log
	p, err := startDaemon(cmd, name)
	if err != nil {
		t.Fatal(err)
	}
	defer p.kill()
	writer.Close()
	reader.Close()
	client := localClient(g.data)
	for n := range 3 {
		if !sendNumbered(client, n) {
			t.Errorf("event %d was not accepted", n)
		}
	}
	if missing, _ := await(t, g.sink, map[int]bool{0: true, 1: true, 2: true}); missing > 0 {
		t.Errorf("%d events did not arrive over the other channel", missing)
	}
	if code := p.stop(); code != 0 {
		t.Errorf("it ended with status %d, want 0", code)
	}
}

func TestAHangupReloads(t *testing.T) {
	g := newGround(t)
	p := g.start()
	g.write("events.hcl", "event \"note\" {\n  group = \"health\"\n  title = \"hung up {{ .data.title }}\"\n}\n")
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	client := localClient(g.data)
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for n := 1; ; n++ {
		sendNumbered(client, n)
		if text, _ := os.ReadFile(g.sink); bytes.Contains(text, []byte("hung up")) {
			return
		}
		select {
		case <-deadline:
			t.Fatal("the edit is not in use")
		case <-tick.C:
		}
	}
}

// A service that answers nothing holds up the end by its ten seconds, not more;
// nobody new is taken meanwhile, and what was under way is kept.
func TestAStopWaitsForSendsUnderWayAndNoLonger(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes the ten seconds that a send is given: the end of a daemon over a silent service is not tested")
	}
	asked, end := make(chan struct{}, 1), make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		select {
		case asked <- struct{}{}:
		default:
		}
		<-end
	}))
	defer silent.Close()
	defer close(end)
	g := newGround(t)
	g.write("tablet.hcl", fmt.Sprintf("channel \"gotify\" \"tablet\" {\n  url   = %q\n  token = \"Atoken\"\n}\n", silent.URL))
	p := g.start()
	if !sendNumbered(localClient(g.data), 1) {
		t.Fatal("the event was not accepted")
	}
	<-asked
	began := time.Now()
	refused := make(chan time.Duration, 1)
	go func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		client := localClient(g.data)
		for range tick.C {
			if !sendNumbered(client, 2) {
				refused <- time.Since(began)
				return
			}
		}
	}()
	code := p.stop()
	took := time.Since(began)
	if code != 0 || took < 9*time.Second || took > 15*time.Second {
		t.Errorf("it ended with status %d after %v, want 0 after ten seconds", code, took)
	}
	if at := <-refused; at > 5*time.Second {
		t.Errorf("events were taken for %v after it was told to stop", at)
	}
	t.Logf("it ended after %v", took.Round(10*time.Millisecond))
}
