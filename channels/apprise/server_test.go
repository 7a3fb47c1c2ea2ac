package apprise

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin/channels"
	"tocsin/channels/channeltest"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

const testURL = "matrixs://bot:pa55-w0rd@chat.example:8448/%23room-7731/?token=t0k3n-4711"

// secrets are the parts of testURL that no error may show.
func secrets() []string { return []string{"pa55-w0rd", "room-7731", "t0k3n-4711", "chat.example"} }

func patient() *httpsend.Client {
	return httpsend.New(httpsend.Options{Patience: commandTime, MostBody: 1 << 20})
}

func TestServerChannel(t *testing.T) {
	channeltest.Run(t, channeltest.Suite{
		Kind:    Kind(patient()),
		Open:    func(t *testing.T) *channeltest.Peer { return openServer(t).Peer },
		Secrets: secrets(),
		Unsplit: true,
		NoWait:  true, // Apprise does not pass it on
	})
}

// peer is a stand-in of the API server.
type peer struct {
	*channeltest.Peer
	t *testing.T

	mu     sync.Mutex
	notes  []request
	raw    []string
	answer channeltest.Answer
	reply  http.HandlerFunc // when set, answers every note
	asked  int              // for what it speaks
	lists  string
}

func openServer(t *testing.T) *peer {
	t.Helper()
	p := &peer{t: t, lists: `{"version":"1.13.0","schemas":[
		{"service_name":"Matrix","protocols":["matrix"],"secure_protocols":["matrixs"],"enabled":true},
		{"service_name":"DBus","protocols":["dbus"],"secure_protocols":null,"enabled":false},
		{"service_name":"Pushover","protocols":null,"secure_protocols":["pover"]}]}`}
	stop := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serve(w, r, stop) }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(stop) }) // runs first: a hanging request keeps the server from closing
	ch, err := Kind(patient()).New(channels.Values{"url": event.NewSecret(testURL), "api": event.NewSecret(server.URL + "/")})
	if err != nil {
		t.Fatal(err)
	}
	p.Peer = &channeltest.Peer{Channel: ch, Received: p.received, Raw: p.requests, Answer: p.set}
	return p
}

func (p *peer) set(a channeltest.Answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = a
}

func (p *peer) requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.raw)
}

func (p *peer) received() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var texts []string
	for _, n := range p.notes {
		texts = append(texts, n.Title+"\n"+n.Body)
	}
	return texts
}

func (p *peer) serve(w http.ResponseWriter, r *http.Request, stop <-chan struct{}) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the sender went away
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.Method == http.MethodGet && r.URL.Path == "/details" {
		p.asked++
		io.WriteString(w, p.lists)
		return
	}
	if r.Method != http.MethodPost || r.URL.String() != "/notify/" || r.Header.Get("Accept") != "application/json" {
		p.t.Errorf("unexpected request %s %s", r.Method, r.URL)
	}
	p.raw = append(p.raw, fmt.Sprintf("%s %s\n%s\n\n%s", r.Method, r.URL, r.Header.Get("Content-Type"), body))
	if p.reply != nil {
		p.reply(w, r)
		return
	}
	switch p.answer {
	case channeltest.Unauthorized:
		failed(w, "Failed to send Matrix notification: Unauthorized - Invalid Token., error=401.")
	case channeltest.Limited:
		failed(w, "Failed to send Matrix notification: error=429.")
	case channeltest.Broken:
		w.WriteHeader(500)
	case channeltest.TooLarge:
		failed(w, "Failed to send Matrix notification: error=413.")
	case channeltest.Hang:
		p.mu.Unlock()
		select {
		case <-stop:
		case <-r.Context().Done():
		}
		p.mu.Lock()
	default:
		p.take(w, body)
	}
}

// failed answers as Apprise does when a service did not take a note. It repeats the
// URL, as logs do.
func failed(w http.ResponseWriter, line string) {
	w.WriteHeader(424)
	json.NewEncoder(w).Encode(map[string]any{
		"error":   "One or more notification could not be sent",
		"details": [][]string{{"INFO", "2026-03-14 01:59:26,001", "Loaded Matrix URL: " + testURL}, {"WARNING", "2026-03-14 01:59:26,002", line}},
	})
}

// take accepts a note that Apprise would accept.
func (p *peer) take(w http.ResponseWriter, body []byte) {
	var n request
	if err := json.Unmarshal(body, &n); err != nil || n.URLs == "" || n.Body == "" || n.Format != "text" || !slices.Contains([]string{"info", "success", "warning", "failure"}, n.Type) {
		p.t.Errorf("%v: %s", err, body)
		w.WriteHeader(400)
		return
	}
	if n.URLs != testURL+"&overflow=split" {
		p.t.Errorf("it is for %s", n.URLs)
	}
	p.notes = append(p.notes, n)
	io.WriteString(w, `{"error":null,"details":[]}`)
}

// says is what the server says with a status. It repeats the URL.
func says(status int) string {
	if status == 200 {
		return `{"error":null,"details":[["INFO","now","Sent to ` + testURL + `"]]}`
	}
	return fmt.Sprintf(`{"error":"status %d about %s"}`, status, testURL)
}

func detail(line string) string {
	return fmt.Sprintf(`{"error":"One or more notification could not be sent","details":[["WARNING","2026-03-14 01:59:26,002",%q]]}`, line)
}

func TestServerFaults(t *testing.T) {
	const temporary, target, unfit = event.Temporary, event.Target, event.Unfit
	channeltest.RunFaults(t, channeltest.FaultSuite{
		Within:  commandTime,
		Secrets: secrets(),
		Open: func(t *testing.T, n channeltest.Network) channels.Channel {
			client := httpsend.New(httpsend.Options{Dial: n.Dial, Roots: n.Roots, Patience: commandTime})
			c, err := Kind(client).New(channels.Values{"url": event.NewSecret(testURL), "api": event.NewSecret(n.URL("http://apprise.example"))})
			if err != nil {
				t.Fatal(err)
			}
			return c
		},
		Faults: append(channeltest.HTTPFaults(t, says),
			channeltest.Reply("406", 406, says(406)), channeltest.Reply("421", 421, says(421)), channeltest.Reply("431", 431, says(431)),
			channeltest.Reply("424, the service's 403", 424, detail("Failed to send to "+testURL+": Forbidden, error=403.")),
			channeltest.Reply("424, the service's 400", 424, detail("Failed to send Matrix notification: error=400.")),
			channeltest.Reply("424, the service's 503", 424, detail("Failed to send Matrix notification: error=503.")),
			channeltest.Reply("424, no connection", 424, detail("A Connection error occurred sending Matrix notification to chat.example.")),
			channeltest.Reply("424, no reason", 424, ""),
		),
		Verdicts: map[string]channeltest.Verdict{
			"301": {Class: temporary, Code: "redirected"}, "302": {Class: temporary, Code: "redirected"},
			"307": {Class: temporary, Code: "redirected"}, "308": {Class: temporary, Code: "redirected"},
			"400": {Class: unfit, Code: "rejected"},
			"401": {Class: target, Code: "unauthorized"},
			"403": {Class: target, Code: "forbidden"},
			"404": {Class: target, Code: "wrong_path"},
			"406": {Class: target, Code: "wrong_path"},
			"408": {Class: temporary, Code: "server_error"},
			"410": {Class: target, Code: "gone"},
			"413": {Class: unfit, Code: "too_large"},
			"421": {Class: target, Code: "wrong_path"},
			"422": {Class: unfit, Code: "rejected"},
			"425": {Class: temporary, Code: "server_error"},
			"431": {Class: unfit, Code: "too_large"},
			"500": {Class: temporary, Code: "server_error"},

			"424, the service's 403": {Class: target, Code: "forbidden"},
			"424, the service's 400": {Class: unfit, Code: "rejected"},
			"424, the service's 503": {Class: temporary, Code: "server_error"},
			"424, no connection":     {Class: temporary, Code: "failed"},
			"424, no reason":         {Class: temporary, Code: "failed"},

			"429 for seconds":    {Class: temporary, Code: "rate_limited", RetryAfter: 7 * time.Second},
			"429 for a fraction": {Class: temporary, Code: "rate_limited", RetryAfter: 250 * time.Millisecond},
			"429 until a date":   {Class: temporary, Code: "rate_limited", RetryAfter: 90 * time.Second},
			"429 without a wait": {Class: temporary, Code: "rate_limited"},
			"429 of a gateway":   {Class: temporary, Code: "rate_limited", RetryAfter: 15 * time.Minute},
			"503 for seconds":    {Class: temporary, Code: "server_error", RetryAfter: 2 * time.Minute},
			"502 of a gateway":   {Class: temporary, Code: "server_error", Maybe: true},
			"504 of a gateway":   {Class: temporary, Code: "server_error", Maybe: true},

			"200 with a login page":      {Class: target, Code: "not_apprise"},
			"200 with a long login page": {Class: target, Code: "not_apprise"},
			"204":                        {Class: target, Code: "bad_url"},
			"200 with another's JSON":    {}, "200 without a body": {}, "200 with JSON cut off": {}, "200 broken off": {}, "200 over 64 KiB": {},
			"400 over 64 KiB": {Class: unfit, Code: "rejected"},
		},
	})
}

// What the server speaks is asked once, and a reload does not wait for each of many
// channels.
func TestServerIsAskedOnce(t *testing.T) {
	p := openServer(t)
	f := p.Channel.(*channel).fallback
	for scheme, want := range map[string]bool{"matrix": true, "MATRIXS": true, "pover": true, "dbus": false, "carrier": false, "https": true} {
		if got, err := f.Speaks(scheme); got != want || err != nil {
			t.Errorf("%s: %v, %v", scheme, got, err)
		}
	}
	if p.asked != 1 {
		t.Errorf("it was asked %d times", p.asked)
	}
	if lacks := p.Channel.(channels.Checked).Missing(true); lacks != nil {
		t.Errorf("lacks %v", lacks)
	}
	other, err := f.Channel(event.NewSecret("carrier://pigeon"))
	if err != nil {
		t.Fatal(err)
	}
	if lacks := other.(channels.Checked).Missing(false); lacks != nil {
		t.Errorf("without asking it lacks %v", lacks)
	}
	if lacks := other.(channels.Checked).Missing(true); lacks == nil || !strings.Contains(lacks.Summary, "carrier://") || strings.Contains(lacks.Error(), "pigeon") {
		t.Errorf("lacks %v", lacks)
	}
}

func TestServerThatCannotBeAsked(t *testing.T) {
	for name, lists := range map[string]string{"a page": "<html>sign in</html>", "nothing": `{"schemas":[]}`} {
		p := openServer(t)
		p.lists = lists
		if _, err := p.Channel.(*channel).fallback.Speaks("matrix"); err == nil || !strings.Contains(err.Error(), "apprise.api") {
			t.Errorf("%s: %v", name, err)
		}
	}
	f := New(Options{Client: patient(), API: event.NewSecret("http://ana:hush-7731@127.0.0.1:1/")})
	_, err := f.Speaks("matrix")
	if err == nil || !strings.Contains(err.Error(), "refused") || strings.Contains(err.Error(), "hush") {
		t.Errorf("nobody there: %v", err)
	}
}
