package api

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

const hook = Prefix + "/webhook"

const posted = `{"title":"vzdump backup status","message":"","severity":"error","fields":{"type":"vzdump"}}`

func TestWebhookTakesAnEvent(t *testing.T) {
	f := newFront(t)
	var body string
	f.options.Decode = func(b []byte) (event.Incoming, error) {
		body = string(b)
		return event.Incoming{Type: "backup_fail", Severity: "error"}, nil
	}
	got := f.do("POST", hook, posted)
	got.want(t, 202)
	var answer struct {
		Accepted bool
		ID       string
		Type     string `json:"event_type"`
	}
	got.into(t, &answer)
	if !answer.Accepted || answer.ID != "01EVENTA" || answer.Type != "backup_fail" || body != posted {
		t.Errorf("got %+v for %s", answer, body)
	}
	want := []Submission{{Event: &event.Incoming{Type: "backup_fail", Severity: "error"}}}
	if diff := cmp.Diff(want, f.taken); diff != "" {
		t.Error(diff)
	}
}

// Loopback is believed only when nothing hints at a caller elsewhere.
func TestLoopbackCallers(t *testing.T) {
	for name, tt := range map[string]struct {
		options []option
		own     bool
	}{
		"as Proxmox posts":        {nil, true},
		"by name":                 {[]option{host("localhost:8008")}, true},
		"in capitals":             {[]option{host("LOCALHOST")}, true},
		"IPv6":                    {[]option{from("[::1]:5000"), host("[::1]:8008")}, true},
		"IPv6 without a port":     {[]option{from("[::1]:5000"), host("[::1]")}, true},
		"IPv4 in IPv6":            {[]option{from("[::ffff:127.0.0.1]:5000")}, true},
		"another loopback":        {[]option{from("127.3.2.1:5000"), host("127.9.9.9")}, true},
		"a browser's own tab":     {[]option{header("Sec-Fetch-Site", "none")}, true},
		"with a charset":          {[]option{header("Content-Type", "Application/JSON; charset=utf-8")}, true},
		"own address":             {[]option{from("192.0.2.1:5000")}, false},
		"IPv4 elsewhere in IPv6":  {[]option{from("[::ffff:192.0.2.1]:5000")}, false},
		"link-local":              {[]option{from("[fe80::1%eth0]:5000")}, false},
		"no address":              {[]option{from("")}, false},
		"an address of no shape":  {[]option{from("127.0.0.1")}, false},
		"allowed but foreign":     {[]option{host("pve.lan")}, false},
		"Origin":                  {[]option{header("Origin", "http://127.0.0.1:8008")}, false},
		"Origin null":             {[]option{header("Origin", "null")}, false},
		"Origin empty":            {[]option{header("Origin", "")}, false},
		"from the same site":      {[]option{header("Sec-Fetch-Site", "same-site")}, false},
		"from the same origin":    {[]option{header("Sec-Fetch-Site", "same-origin")}, false},
		"from another site":       {[]option{header("Sec-Fetch-Site", "cross-site")}, false},
		"from two sites":          {[]option{header("Sec-Fetch-Site", "none", "cross-site")}, false},
		"Forwarded":               {[]option{header("Forwarded", "for=127.0.0.1")}, false},
		"X-Forwarded-For":         {[]option{header("X-Forwarded-For", "127.0.0.1")}, false},
		"X-Forwarded-For, empty":  {[]option{header("X-Forwarded-For", "")}, false},
		"X-Forwarded-Host":        {[]option{header("X-Forwarded-Host", "localhost")}, false},
		"X-Forwarded-Proto":       {[]option{header("X-Forwarded-Proto", "https")}, false},
		"X-Forwarded":             {[]option{header("X-Forwarded", "127.0.0.1")}, false},
		"X_Forwarded_For":         {[]option{header("X_Forwarded_For", "127.0.0.1")}, false},
		"X-Real-IP":               {[]option{header("X-Real-IP", "127.0.0.1")}, false},
		"Via":                     {[]option{header("Via", "1.1 edge")}, false},
		"True-Client-IP":          {[]option{header("True-Client-IP", "127.0.0.1")}, false},
		"CF-Connecting-IP":        {[]option{header("CF-Connecting-IP", "127.0.0.1")}, false},
		"CDN-Loop":                {[]option{header("CDN-Loop", "edge")}, false},
		"X-Original-Host":         {[]option{header("X-Original-Host", "pve")}, false},
		"X-Originating-IP":        {[]option{header("X-Originating-IP", "127.0.0.1")}, false},
		"X-Envoy-External-Addr…":  {[]option{header("X-Envoy-External-Address", "127.0.0.1")}, false},
		"X-Azure-ClientIP":        {[]option{header("X-Azure-ClientIP", "127.0.0.1")}, false},
		"a header of no matter":   {[]option{header("X-Request-Id", "7"), header("Accept", "*/*")}, true},
		"a secret is no proof":    {[]option{header("X-Webhook-Secret", "wrong")}, true},
		"over the socket":         {[]option{local(), host("tocsin"), header("Via", "1.1 x")}, true},
		"a token is no proof":     {[]option{from("192.0.2.1:5000"), header("Authorization", "Bearer x")}, false},
		"a timestamp is no proof": {[]option{from("192.0.2.1:5000"), stamped(time.Now())}, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFront(t)
			want := 401
			if tt.own {
				want = 202
			}
			f.do("POST", hook, posted, tt.options...).want(t, want)
			if taken := len(f.taken) == 1; taken != tt.own {
				t.Errorf("%d events were taken", len(f.taken))
			}
		})
	}
}

// A request in which everything is wrong is refused by the first layer; put
// right, by the next one, until it is taken. No layer lets the body be parsed
// before its time.
func TestLayersInOrder(t *testing.T) {
	f := newFront(t)
	f.settings.WebhookAllow = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	f.settings.WebhookRate = Rate{1, time.Hour}
	decoded, repeat := 0, true
	f.options.Decode = func(body []byte) (event.Incoming, error) {
		if decoded++; !strings.Contains(string(body), "title") {
			return event.Incoming{}, errors.New("neither a title nor a message")
		}
		return event.Incoming{Type: "custom"}, nil
	}
	f.intake.submit = func(_ context.Context, _ time.Duration, _ ...Submission) []Outcome {
		return []Outcome{{ID: "1", Repeat: repeat}}
	}
	options := []option{from("198.51.100.4:1"), host("evil.example"), header("Content-Type", "text/plain")}
	method, body := "PUT", strings.Repeat("x", maxBody+1)
	step := func(status int, code, word string) {
		t.Helper()
		got := f.do(method, hook, body, options...)
		got.want(t, status, word)
		if got.fault.Code != code {
			t.Errorf("got the code %s, want %s", got.fault.Code, code)
		}
	}
	put := func(more ...option) { options = append(options, more...) }

	step(405, "method_not_allowed", "")
	method = "POST"
	step(413, "too_large", "1 MiB")
	body = "{}"
	step(415, "not_json", "application/json")
	put(header("Content-Type", "application/json"))
	step(421, "foreign_host", "allowed_hosts")
	put(host("pve.lan:8008"))
	step(403, "forbidden", "webhook.allow") // takes the one request of its address
	step(429, "rate_limited", "Retry-After")
	f.settings.WebhookRate = Rate{}
	step(403, "forbidden", "webhook.allow")
	put(from("192.0.2.9:1"))
	f.settings.WebhookSecret = event.Secret{}
	step(401, "unauthorized", "none is configured")
	f.settings.WebhookSecret = event.NewSecret(sharedSecret)
	step(401, "unauthorized", "missing or wrong")
	put(header("X-Webhook-Secret", sharedSecret))
	step(401, "unauthorized", "X-Tocsin-Timestamp is missing")
	put(stamped(time.Now()))
	if decoded > 0 {
		t.Fatal("the body was parsed too early")
	}
	step(400, "malformed", "neither a title nor a message")
	body = posted
	step(409, "replayed", "taken before")
	repeat = false
	f.do(method, hook, body, options...).want(t, 202)
}

// TestEachLayerAlone: a request with one thing wrong is refused for that, and no
// body is parsed; the same request with all of it right is taken.
func TestEachLayerAlone(t *testing.T) {
	for name, tt := range map[string]struct {
		method  string
		body    string
		options []option
		prepare func(f *front)
		status  int
		word    string
	}{
		"nothing":   {status: 202},
		"method":    {method: "PUT", status: 405},
		"length":    {body: strings.Repeat("x", maxBody+1), status: 413, word: "1 MiB"},
		"type":      {options: []option{header("Content-Type", "text/plain")}, status: 415, word: "application/json"},
		"Host":      {options: []option{host("evil.example")}, status: 421, word: "allowed_hosts"},
		"rate":      {prepare: func(f *front) { f.limits("198.51.100.4") }, status: 429},
		"peer":      {options: []option{from("203.0.113.9:1")}, status: 403, word: "webhook.allow"},
		"no secret": {options: []option{header("X-Webhook-Secret")}, status: 401, word: "missing or wrong"},
		"secret":    {options: []option{header("X-Webhook-Secret", sharedSecret+"x")}, status: 401, word: "missing or wrong"},
		"closed":    {prepare: func(f *front) { f.settings.WebhookSecret = event.Secret{} }, status: 401, word: "none is configured"},
		"no time":   {options: []option{header("X-Tocsin-Timestamp")}, status: 401, word: "X-Tocsin-Timestamp is missing"},
		"time":      {options: []option{stamped(time.Now().Add(-time.Hour))}, status: 401, word: "away"},
		"replay":    {prepare: func(f *front) { f.intake.submit = repeats }, status: 409, word: "taken before"},
		"body":      {body: "[]", status: 400},
	} {
		f := newFront(t)
		f.settings.WebhookAllow = []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}
		decoded := false
		f.options.Decode = func(body []byte) (event.Incoming, error) {
			if decoded = true; string(body) == "[]" {
				return event.Incoming{}, errors.New("no object")
			}
			return event.Incoming{Type: "custom"}, nil
		}
		if tt.prepare != nil {
			tt.prepare(f)
		}
		decoded = false
		options := with(remote(), append([]option{from("198.51.100.4:1")}, tt.options...)...)
		method, body := "POST", posted
		if tt.method != "" {
			method = tt.method
		}
		if tt.body != "" {
			body = tt.body
		}
		got := f.do(method, hook, body, options...)
		if got.status != tt.status || !strings.Contains(got.body, tt.word) {
			t.Errorf("%s: got %d %s, want %d and %q", name, got.status, got.body, tt.status, tt.word)
		}
		if parsed := tt.status == 202 || tt.status == 409 || tt.status == 400; decoded != parsed {
			t.Errorf("%s: the body was parsed: %t, want %t", name, decoded, parsed)
		}
	}
}

// repeats answers as for events that were taken before.
func repeats(context.Context, time.Duration, ...Submission) []Outcome {
	return []Outcome{{ID: "1", Repeat: true}}
}

// limits uses up what a remote address may post.
func (f *front) limits(addr string) {
	f.settings.WebhookRate = Rate{1, time.Hour}
	f.do("POST", hook, posted, with(remote(), from(addr+":1"))...).want(f.tb, 202)
}

// TestTwoSecrets: while callers change to another secret, both are taken, plain and
// as keys of signatures.
func TestTwoSecrets(t *testing.T) {
	const former = "kestrel-ovation-16"
	f := newFront(t)
	f.secrets = append(f.secrets, former)
	post := func(secret string) int {
		return f.do("POST", hook, posted, with(remote(), header("X-Webhook-Secret", secret))...).status
	}
	sign := func(secret string) int {
		return f.do("POST", hook, posted, signed(secret, "m1", time.Now(), posted)...).status
	}
	check := func(when string, want map[string]int) {
		t.Helper()
		for secret, status := range want {
			if got, other := post(secret), sign(secret); got != status || other != status {
				t.Errorf("%s, %s: got %d and signed %d, want %d", when, secret, got, other, status)
			}
		}
	}
	check("before", map[string]int{sharedSecret: 202, former: 401})
	f.settings.OldSecret = event.NewSecret(former)
	check("meanwhile", map[string]int{sharedSecret: 202, former: 202, former + sharedSecret: 401})
	f.settings.OldSecret = event.Secret{}
	check("after", map[string]int{sharedSecret: 202, former: 401})
	f.settings.OldSecret, f.settings.WebhookSecret = event.NewSecret(former), event.Secret{} // the files could not be read
	check("without the new one", map[string]int{sharedSecret: 401, former: 401})
}

func TestSecretOfRemoteCallers(t *testing.T) {
	for given, want := range map[string]int{
		sharedSecret:                       202,
		"":                                 401,
		sharedSecret[:len(sharedSecret)-1]: 401,
		sharedSecret + "x":                 401,
		strings.ToUpper(sharedSecret):      401,
		"[set]":                            401,
		strings.Repeat("k", 20<<10):        401,
	} {
		f := newFront(t)
		if got := f.do("POST", hook, posted, with(remote(), header("X-Webhook-Secret", given))...); got.status != want {
			t.Errorf("%.40q: got %d, want %d", given, got.status, want)
		}
	}
}

// Without a secret nobody passes from elsewhere, not even with an empty one.
func TestNoSecretMeansClosed(t *testing.T) {
	f := newFront(t)
	f.settings.WebhookSecret = event.Secret{}
	for _, given := range []option{header("X-Webhook-Secret", ""), header("X-Webhook-Secret"), header("X-Webhook-Secret", sharedSecret)} {
		f.do("POST", hook, posted, with(remote(), given)...).want(t, 401, "set webhook.secret")
	}
	f.do("POST", hook, posted).want(t, 202)
}

func TestTimeOfRemoteCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().Unix()
		for text, want := range map[string]int{
			fmt.Sprint(now):                       202,
			fmt.Sprint(now - 300):                 202,
			fmt.Sprint(now + 300):                 202,
			fmt.Sprint(now - 301):                 401,
			fmt.Sprint(now + 301):                 401,
			fmt.Sprint(now * 1000):                401, // milliseconds
			"":                                    401,
			"now":                                 401,
			fmt.Sprint(now) + ".5":                401,
			fmt.Sprint(now) + " ":                 401,
			fmt.Sprintf("%#x", now):               401,
			"0":                                   401,
			"-1":                                  401,
			"9223372036854775807":                 401,
			"-9223372036854775808":                401,
			"92233720368547758070":                401,
			strings.Repeat("9", 10_000):           401,
			time.Now().UTC().Format(time.RFC3339): 401,
		} {
			f := newFront(t)
			if got := f.do("POST", hook, posted, with(remote(), header("X-Tocsin-Timestamp", text))...); got.status != want {
				t.Errorf("%.40q: got %d, want %d: %s", text, got.status, want, got.body)
			}
		}
		f := newFront(t)
		old := []option{header("X-Tocsin-Timestamp"), header("X-ProxMenux-Timestamp", fmt.Sprint(now))}
		f.do("POST", hook, posted, with(remote(), old...)...).want(t, 202)
	})
}

// The claim binds time and body together and outlives the time's window.
func TestReplayClaims(t *testing.T) {
	f := newFront(t)
	now := time.Now()
	post := func(when, body string) event.Claim {
		f.do("POST", hook, body, with(remote(), header("X-Tocsin-Timestamp", when))...).want(t, 202)
		return f.taken[len(f.taken)-1].Claim
	}
	first := post(fmt.Sprint(now.Unix()), posted)
	if first.Key == "" || first.Digest == "" || first.Until.Before(now.Add(10*time.Minute-time.Second)) {
		t.Errorf("got %+v", first)
	}
	for when, same := range map[string]bool{
		fmt.Sprint(now.Unix()):       true,
		"0" + fmt.Sprint(now.Unix()): true, // the same time, written in another way
		"+" + fmt.Sprint(now.Unix()): true,
		fmt.Sprint(now.Unix() - 1):   false,
	} {
		if got := post(when, posted); (got.Key == first.Key) != same {
			t.Errorf("%s: got the key %s, want the same as before: %t", when, got.Key, same)
		}
	}
	if other := post(fmt.Sprint(now.Unix()), posted+" "); other.Key == first.Key {
		t.Error("another body has the same key")
	}
	f.do("POST", hook, posted, header("X-Tocsin-Timestamp", fmt.Sprint(now.Unix()))).want(t, 202)
	if own := f.taken[len(f.taken)-1].Claim; own != (event.Claim{}) {
		t.Errorf("a caller on this host has the claim %+v", own)
	}
}

func TestLoopbackMayNeedTheSecret(t *testing.T) {
	f := newFront(t)
	f.settings.LoopbackSecret = true
	f.settings.WebhookAllow = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} // of callers elsewhere
	secret, stamp := header("X-Webhook-Secret", sharedSecret), stamped(time.Now())
	f.do("POST", hook, posted).want(t, 401)
	f.do("POST", hook, posted, secret).want(t, 401, "X-Tocsin-Timestamp")
	f.do("POST", hook, posted, stamp).want(t, 401, "X-Webhook-Secret")
	f.do("POST", hook, posted, secret, stamp).want(t, 202)
	if f.taken[0].Claim.Key == "" {
		t.Error("it can be replayed")
	}
	f.do("POST", hook, posted, secret, stamp, header("Via", "1.1 x")).want(t, 403) // came through a proxy: not on the list
	f.do("POST", hook, posted, local()).want(t, 202)
}

func TestAllowList(t *testing.T) {
	f := newFront(t)
	f.settings.WebhookAllow = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("fe80::/10")}
	for addr, want := range map[string]int{
		"10.200.3.4:99":        202,
		"[::ffff:10.1.1.1]:99": 202,
		"[2001:db8:7::1]:99":   202,
		"[fe80::1%eth0]:99":    202,
		"11.0.0.1:99":          403,
		"[::ffff:11.0.0.1]:99": 403,
		"[2001:db9::1]:99":     403,
		"127.0.0.1:99":         403, // asks for pve.lan, so it is no caller on this host
		"":                     403,
		"nowhere":              403,
	} {
		if got := f.do("POST", hook, posted, with(remote(), from(addr))...); got.status != want {
			t.Errorf("%s: got %d, want %d", addr, got.status, want)
		}
	}
	f.do("POST", hook, posted, with(remote(), from("10.0.0.1:9"), header("X-Webhook-Secret", "wrong"))...).want(t, 401) // in addition, never instead
	f.do("POST", hook, posted).want(t, 202)
}

func TestWebhookErrorsOfTheInside(t *testing.T) {
	for name, tt := range map[string]struct {
		decode, submit error
		status         int
		words          []string
	}{
		"no notification": {decode: errors.New("no title"), status: 400, words: []string{"no title", "Proxmox notification target"}},
		"with a remedy":   {decode: &BadRequest{"it is an array", "send an object"}, status: 400, words: []string{"it is an array", "send an object"}},
		"not kept":        {submit: &Unavailable{"the disk is full", "make room"}, status: 503, words: []string{"the disk is full", "make room", "nothing was accepted"}},
		"wrapped":         {submit: fmt.Errorf("submit: %w", &Unavailable{"no", "x"}), status: 503},
		"unknown":         {submit: errors.New("dsn=postgres://secret@db"), status: 500, words: []string{"look into its log"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFront(t)
			f.options.Decode = func([]byte) (event.Incoming, error) { return event.Incoming{Type: "custom"}, tt.decode }
			f.intake.submit = func(context.Context, time.Duration, ...Submission) []Outcome { return []Outcome{{Err: tt.submit}} }
			got := f.do("POST", hook, posted)
			got.want(t, tt.status, tt.words...)
			if strings.Contains(got.body, "dsn") || strings.Contains(got.body, "accepted\":true") {
				t.Errorf("got %s", got.body)
			}
		})
	}
}
