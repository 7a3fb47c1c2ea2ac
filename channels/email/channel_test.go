package email

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/wneessen/go-mail/smtp"

	smtpserver "github.com/emersion/go-smtp"

	"tocsin/channels"
	"tocsin/engine/event"
)

func send(t *testing.T, c channels.Channel, m *event.Message) (event.Receipt, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	return c.Send(ctx, m)
}

// failure returns err, which must be for the operator and show no secret.
func failure(t *testing.T, err error) *event.SendError {
	t.Helper()
	e, ok := errors.AsType[*event.SendError](err)
	if !ok {
		t.Fatalf("got %v, want a *event.SendError", err)
	}
	if e.Code == "" || e.Why == "" || e.Do == "" {
		t.Errorf("the error lacks a part: %#v", e)
	}
	for _, secret := range loginSpellings(testUser, testPassword) {
		if strings.Contains(fmt.Sprintf("%#v %v", e, e), secret) {
			t.Errorf("the error shows the password: %v", e)
		}
	}
	return e
}

func TestSend(t *testing.T) {
	for _, s := range []security{plain, startTLS, implicit} {
		for name, values := range map[string]channels.Values{"without login": {}, "with login": login()} {
			t.Run(string(s)+" "+name, func(t *testing.T) {
				x := serve(t, s)
				receipt, err := send(t, x.channel(values, channels.Values{"to": []string{"ana@lab.example", "Ops <ops@lab.example>"}}), sample())
				if err != nil {
					t.Fatal(err)
				}
				if len(x.mails()) != 1 {
					t.Fatalf("%d mails arrived", len(x.mails()))
				}
				got := x.mails()[0]
				want := arrival{
					from: "tocsin@lab.example", to: []string{"ana@lab.example", "ops@lab.example"}, text: got.text,
					user: values.String("username", ""), tls: s != plain,
				}
				if diff := cmp.Diff(want, got, cmp.AllowUnexported(arrival{})); diff != "" {
					t.Error(diff)
				}
				if receipt.MessageID != "01K4A7Q2M3Z9D5.mail@lab.example" {
					t.Errorf("receipt names %q", receipt.MessageID)
				}
				l := parse(t, got.text)
				if l.parts["text/plain"] != sample().Plain() {
					t.Error(cmp.Diff(sample().Plain(), l.parts["text/plain"]))
				}
			})
		}
	}
}

func TestSendHeaders(t *testing.T) {
	x := serve(t, plain)
	c := x.channel(channels.Values{"to": []string{"ana@lab.example", "Jörg <ops@lab.example>"}})
	m := sample()
	for range 2 { // a retry
		if _, err := send(t, c, m); err != nil {
			t.Fatal(err)
		}
	}
	first, second := parse(t, x.mails()[0].text), parse(t, x.mails()[1].text)
	date, err := first.header.Date()
	if err != nil || time.Since(date).Abs() > time.Minute {
		t.Errorf("Date is %q", first.header.Get("Date"))
	}
	delete(first.header, "Date")
	delete(first.header, "Content-Type")
	want := mail.Header{
		"From": {`"Tocsin im Lab" <tocsin@lab.example>`}, "To": {"<ana@lab.example>, =?utf-8?q?J=C3=B6rg?= <ops@lab.example>"},
		"Subject":      {"=?UTF-8?Q?[pve-s=C3=BCd]_[WARNING]_Sicherung_von_vault-3_mit_War?= =?UTF-8?Q?nungen?="},
		"Message-Id":   {"<01K4A7Q2M3Z9D5.mail@lab.example>"},
		"Mime-Version": {"1.0"}, "Auto-Submitted": {"auto-generated"}, "X-Auto-Response-Suppress": {"All"},
	}
	if diff := cmp.Diff(want, first.header); diff != "" {
		t.Error(diff)
	}
	if first.subject != "[pve-süd] [WARNING] Sicherung von vault-3 mit Warnungen" {
		t.Errorf("subject reads %q", first.subject)
	}
	if a, b := first.header.Get("Message-Id"), second.header.Get("Message-Id"); a != b {
		t.Errorf("the retry has another Message-ID: %s, %s", a, b)
	}

	m.Severity = event.Critical
	if _, err := send(t, c, m); err != nil {
		t.Fatal(err)
	}
	if h := parse(t, x.mails()[2].text).header; h.Get("X-Priority") != "1" || h.Get("Importance") != "high" {
		t.Errorf("a critical mail is not urgent: %v", h)
	}
}

func TestSendParts(t *testing.T) {
	x := serve(t, plain)
	c := x.channel()
	m := sample()
	if _, err := send(t, c, m); err != nil {
		t.Fatal(err)
	}
	m.Rich = false
	if _, err := send(t, c, m); err != nil {
		t.Fatal(err)
	}
	rich, bare := parse(t, x.mails()[0].text), parse(t, x.mails()[1].text)
	if diff := cmp.Diff([]string{"text/plain", "text/html"}, rich.order); diff != "" {
		t.Errorf("rich mail: %s", diff)
	}
	if diff := cmp.Diff([]string{"text/plain"}, bare.order); diff != "" {
		t.Errorf("plain mail: %s", diff)
	}
	if rich.parts["text/plain"] != bare.parts["text/plain"] {
		t.Error("the text differs between rich and plain")
	}
	page := rich.parts["text/html"]
	if !strings.Contains(page, "guest 118 &lt;locked&gt; &amp; skipped") {
		t.Error("the page does not escape markup")
	}
	for _, want := range []string{"💾 Sicherung", "coldpool", "🏠 pve-süd", "2026-03-14 01:00:02 +0100"} {
		if !strings.Contains(html.UnescapeString(page), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// A refused recipient keeps the mail from nobody else, and the next attempt
// reaches only those who lack it.
func TestSendRefusedRecipients(t *testing.T) {
	const ana, bob, eve = "ana@lab.example", "bob@lab.example", "eve@lab.example"
	type step struct {
		refuse map[string]error // by recipient
		to     []string         // who gets it
		class  event.Class      // zero: success
		say    string           // in the error's cause, or in the note
	}
	later, never := answer(450, "4.2.0 greylisted"), answer(550, "5.1.1 no such user")
	for name, steps := range map[string][]step{
		"one for now": {
			{map[string]error{bob: later}, []string{ana, eve}, event.Temporary, "refused 1 of 3 recipients (bob@lab.example: \"450 4.2.0 greylisted\"); 2 have the mail"},
			{nil, []string{bob}, 0, ""},
			{nil, []string{ana, bob, eve}, 0, ""}, // all had it: sent again by hand, it goes to all
		},
		"one for good": {
			{map[string]error{eve: never}, []string{ana, bob}, 0, "refused 1 of 3 recipients (eve@lab.example: \"550 5.1.1 no such user\"): correct the address in to"},
			{map[string]error{eve: never}, []string{ana, bob}, 0, "eve@"}, // sent again by hand
		},
		"one for now, one for good": {
			{map[string]error{bob: later, eve: never}, []string{ana}, event.Temporary, "2 of 3"},
			{map[string]error{eve: never}, []string{bob}, 0, "1 of 3"},
		},
		"mailbox full":    {{map[string]error{bob: answer(552, "5.2.2 over quota")}, []string{ana, eve}, event.Temporary, "bob@"}},
		"day's share":     {{map[string]error{bob: answer(550, "5.4.5 Daily limit exceeded")}, []string{ana, eve}, event.Temporary, "bob@"}},
		"all for good":    {{map[string]error{ana: never, bob: never, eve: never}, nil, event.Target, "3 of 3"}},
		"all without way": {{map[string]error{ana: answer(554, "5.7.1 Relay access denied"), bob: never, eve: never}, nil, event.Target, "Relay access denied"}},
		"all for now":     {{map[string]error{ana: later, bob: never, eve: never}, nil, event.Temporary, "3 of 3"}, {nil, []string{ana, bob, eve}, 0, ""}},
		"login wanted":    {{map[string]error{ana: answer(530, "5.7.0 log in"), bob: answer(530, "5.7.0 log in"), eve: answer(530, "5.7.0 log in")}, nil, event.Target, "wants"}},
	} {
		t.Run(name, func(t *testing.T) {
			x := serve(t, plain)
			c := x.channel(channels.Values{"to": []string{ana, bob, eve}})
			for i, s := range steps {
				x.refuse(func(step, to string) error {
					if step != "rcpt" {
						return nil
					}
					return s.refuse[to]
				})
				before := len(x.mails())
				receipt, err := send(t, c, sample())
				if s.class == 0 && err != nil {
					t.Fatalf("attempt %d: %v", i+1, err)
				}
				if s.class == 0 && (!strings.Contains(receipt.Note, s.say) || (s.say == "") != (receipt.Note == "")) {
					t.Errorf("attempt %d: the note is %q, want %q", i+1, receipt.Note, s.say)
				}
				if s.class != 0 {
					if e := failure(t, err); e.Class != s.class || e.Maybe || !strings.Contains(e.Why, s.say) {
						t.Errorf("attempt %d: got %s %+v, want %s with %q", i+1, e.Class, e, s.class, s.say)
					}
				}
				var to []string
				for _, m := range x.mails()[before:] {
					to = append(to, m.to...)
				}
				if diff := cmp.Diff(s.to, to); diff != "" {
					t.Errorf("attempt %d reached others: %s", i+1, diff)
				}
			}
		})
	}
}

func TestSendTooLargeForServer(t *testing.T) {
	x := serve(t, plain, func(s *smtpserver.Server) { s.MaxMessageBytes = 20_000 })
	c := x.channel()
	m := sample()
	m.Body = strings.Repeat("a line of text that fills the mail\n", 2000)
	_, err := send(t, c, m)
	if e := failure(t, err); e.Class != event.Unfit || e.Code != "too_large" || !strings.Contains(e.Why, "20000") {
		t.Errorf("got %+v", e)
	}
	m.Rich, m.Brief = false, true
	if _, err := send(t, c, m); err != nil {
		t.Fatalf("brief: %v", err)
	}
	if text := parse(t, x.mails()[0].text).parts["text/plain"]; !strings.Contains(text, "characters cut)") || !strings.HasSuffix(text, "host: pve-süd") {
		t.Errorf("the cut mail ends in %q", text[len(text)-80:])
	}
}

func TestSendReturnsWhenCancelled(t *testing.T) {
	for _, step := range []string{"greet", "mail", "rcpt", "data"} {
		t.Run(step, func(t *testing.T) {
			x := serve(t, startTLS)
			there := make(chan struct{}, 1)
			x.refuse(func(now, _ string) error {
				if now == step {
					there <- struct{}{}
					<-x.over
				}
				return nil
			})
			c := x.channel()
			ctx, cancel := context.WithCancel(t.Context())
			go func() { <-there; cancel() }()
			_, err := c.Send(ctx, sample())
			e := failure(t, err)
			if e.Class != event.Temporary || e.Code != "cancelled" || e.Maybe != (step == "data") {
				t.Errorf("got %+v", e)
			}
		})
	}
}

// expired is a context whose deadline passes when done is closed, so that no
// test depends on how fast this machine is.
type expired struct {
	context.Context
	done chan struct{}
}

func (e expired) Done() <-chan struct{} { return e.done }

func (e expired) Err() error {
	select {
	case <-e.done:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

func TestSendTakesTooLong(t *testing.T) {
	x := serve(t, plain)
	ctx := expired{t.Context(), make(chan struct{})}
	x.refuse(func(step, _ string) error {
		if step == "data" {
			close(ctx.done)
			<-x.over
		}
		return nil
	})
	_, err := x.channel().Send(ctx, sample())
	if e := failure(t, err); e.Class != event.Temporary || e.Code != "timeout" || !e.Maybe {
		t.Errorf("got %+v", e)
	}
}

// A hundred mails at once look like an attack; ten do not.
func TestPace(t *testing.T) {
	p := (&channel{}).Pace()
	if p != (channels.Pace{Every: time.Second, Burst: 10}) {
		t.Errorf("got %+v", p)
	}
}

func TestChannelHidesLogin(t *testing.T) {
	c := serve(t, startTLS).channel(login())
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		text := fmt.Sprintf(format, c)
		if strings.Contains(text, testPassword) || strings.Contains(text, "7731") || !strings.Contains(text, "tocsin@lab.example") {
			t.Errorf("%s prints %s", format, text)
		}
	}
}

func TestLoginMechanisms(t *testing.T) {
	c := &channel{settings: settings{host: "127.0.0.1", username: testUser, password: event.NewSecret(testPassword)}}
	for offered, want := range map[string]string{
		"PLAIN LOGIN": "PLAIN", "LOGIN": "LOGIN", "login cram-md5": "LOGIN", "CRAM-MD5": "CRAM-MD5",
		"SCRAM-SHA-1 SCRAM-SHA-256": "SCRAM-SHA-256", "SCRAM-SHA-1": "SCRAM-SHA-1", "XOAUTH2": "", "": "",
	} {
		got := ""
		if auth := c.mechanism(offered); auth != nil {
			var err error
			if got, _, err = auth.Start(&smtp.ServerInfo{Name: "127.0.0.1"}); err != nil {
				t.Fatal(err)
			}
		}
		if got != want {
			t.Errorf("of %q tocsin takes %q, want %q", offered, got, want)
		}
	}
}
