package email

import (
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"net/textproto"
	"strings"
	"testing"

	"tocsin/channels"
	"tocsin/channels/channeltest"
	"tocsin/engine/event"
)

// channelTo returns a channel to addr.
func channelTo(t *testing.T, opts Options, addr *net.TCPAddr, values ...channels.Values) channels.Channel {
	t.Helper()
	x := &server{t: t, addr: addr, security: plain, authority: &channeltest.Authority{Roots: opts.Roots}}
	c := x.channel(values...)
	c.(*channel).options.Refuse = opts.Refuse
	return c
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		on    func(string, string) error
		class event.Class
		code  string
		say   string // in the error
	}{
		"greeting, busy":            {at("greet", 421, "4.3.2 too busy"), event.Temporary, "try_later", "too busy"},
		"greeting, unwanted":        {at("greet", 554, "5.7.1 no thanks"), event.Target, "server_refused", "no thanks"},
		"login, wrong password":     {at("login", 535, "5.7.8 not accepted"), event.Target, "bad_login", "password made for apps"},
		"login, app password":       {at("login", 534, "5.7.9 Application-specific password required"), event.Target, "bad_login", "for apps"},
		"login, encryption":         {at("login", 538, "5.7.11 encrypt"), event.Target, "login_required", "starttls"},
		"login, later":              {at("login", 454, "4.7.0 try again"), event.Temporary, "try_later", "try again"},
		"login, disabled":           {at("login", 504, "5.5.4 mechanism off"), event.Target, "bad_login", "mechanism off"},
		"login, echo":               {at("login", 535, "user \""+testUser+"\" password \""+testPassword+"\""), event.Target, "bad_login", "[set]"},
		"login, encoded echo":       {at("login", 500, "what is "+loginSpellings(testUser, testPassword)[0]+"?"), event.Target, "bad_login", "[set]"},
		"sender, later":             {at("mail", 451, "4.3.0 disk trouble"), event.Temporary, "try_later", "disk trouble"},
		"sender, login wanted":      {at("mail", 530, "5.7.0 authenticate"), event.Target, "login_required", "username"},
		"sender, refused":           {at("mail", 550, "5.7.1 not yours"), event.Target, "sender_refused", "set from to"},
		"sender, bad domain":        {at("mail", 553, "5.1.8 no such domain"), event.Target, "sender_refused", "tocsin@lab.example"},
		"sender, too large":         {at("mail", 552, "5.3.4 too big"), event.Unfit, "too_large", "too big"},
		"text, later":               {at("data", 452, "4.3.1 no space"), event.Temporary, "try_later", "no space"},
		"text, spam":                {at("data", 550, "5.7.1 looks like spam"), event.Unfit, "rejected", "spam"},
		"text, refused":             {at("data", 554, "5.6.0 odd MIME"), event.Unfit, "rejected", "odd MIME"},
		"text, too large":           {at("data", 552, "5.3.4 too big"), event.Unfit, "too_large", "too big"},
		"text, quota of the sender": {at("data", 550, "5.4.5 Daily user sending limit exceeded"), event.Temporary, "try_later", "its share"},
		"text, not the sender's":    {at("data", 550, "5.7.60 SendAsDenied"), event.Target, "sender_refused", "set from to"},
		"control characters":        {at("data", 554, "\x1b[31mred\x07 \u202e"), event.Unfit, "rejected", "<U+001B>[31mred<U+0007>"},
		"a novel":                   {at("data", 554, strings.Repeat("refused ", 200)), event.Unfit, "rejected", "(cut)"},
		"cut at the sender":         {at("mail", 0, ""), event.Temporary, "reset", "at the sender"},
		"cut at the recipient":      {at("rcpt", 0, ""), event.Temporary, "reset", "recipient"},
		"closing at the recipient":  {at("rcpt", 421, "4.3.2 going down"), event.Temporary, "try_later", "going down"},
	} {
		t.Run(name, func(t *testing.T) {
			x := serve(t, plain)
			x.refuse(c.on)
			_, err := send(t, x.channel(login()), sample())
			e := failure(t, err)
			if e.Class != c.class || e.Code != c.code || e.Maybe || !strings.Contains(e.Error(), c.say) {
				t.Errorf("got %s %+v, want %s %s with %q", e.Class, e, c.class, c.code, c.say)
			}
			if !strings.Contains(e.Why, "127.0.0.1") || len(e.Why) > 500 {
				t.Errorf("the cause names no server or is long: %s", e.Why)
			}
			if len(x.mails()) != 0 {
				t.Error("a mail arrived")
			}
		})
	}
}

// Once the text and its last dot are out, a lost answer leaves the fate of the
// mail open.
func TestLostAnswer(t *testing.T) {
	x := serve(t, plain)
	x.refuse(at("data", 0, ""))
	c := x.channel()
	_, err := send(t, c, sample())
	if e := failure(t, err); e.Class != event.Temporary || e.Code != "reset" || !e.Maybe {
		t.Errorf("got %+v", e)
	}
	x.refuse(nil)
	m := sample()
	m.Repeat = true
	if _, err := send(t, c, m); err != nil {
		t.Fatal(err)
	}
	for media, text := range parse(t, x.mails()[0].text).parts {
		if !strings.Contains(text, event.RepeatNote) {
			t.Errorf("%s does not say that it may have arrived before", media)
		}
	}
}

func TestFaultsOfEncryption(t *testing.T) {
	stranger := channeltest.NewAuthority(t)
	for name, c := range map[string]struct {
		server, channel security
		host            string
		class           event.Class
		code, say       string
	}{
		"unknown authority, starttls": {startTLS, startTLS, "", event.Target, "tls", "update-ca-certificates"},
		"unknown authority, tls":      {implicit, implicit, "", event.Target, "tls", "certificate"},
		"not offered":                 {plain, startTLS, "", event.Target, "no_starttls", "nothing is sent in the clear"},
		"plain server, tls":           {startTLS, implicit, "", event.Target, "tls", `use tls = "starttls"`},
	} {
		t.Run(name, func(t *testing.T) {
			x := serve(t, c.server)
			_, err := send(t, channelTo(t, Options{Roots: stranger.Roots}, x.addr, channels.Values{"tls": string(c.channel)}), sample())
			if e := failure(t, err); e.Class != c.class || e.Code != c.code || !strings.Contains(e.Error(), c.say) {
				t.Errorf("got %s %+v, want %s %s with %q", e.Class, e, c.class, c.code, c.say)
			}
			if len(x.mails()) != 0 {
				t.Error("a mail arrived")
			}
		})
	}

	t.Run("other name", func(t *testing.T) {
		f := faults{settings: &settings{host: "mx.lab.example", port: 465}, ctx: t.Context()}
		x := serve(t, implicit)
		conn, err := net.Dial("tcp", x.addr.String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		err = tls.Client(conn, &tls.Config{ServerName: "mx.lab.example", RootCAs: x.authority.Roots}).HandshakeContext(t.Context())
		if e := f.fault(encrypting, err); e.Class != event.Target || e.Code != "tls" || !strings.Contains(e.Do, "name in the certificate") {
			t.Errorf("got %+v", e)
		}
	})
}

// No login leaves over a connection that lost its encryption on the way.
func TestStrippedStartTLS(t *testing.T) {
	addr := script(t, "220 mx", "250-mx\n250 AUTH PLAIN LOGIN", "334 ")
	_, err := send(t, channelTo(t, Options{}, addr, login(), channels.Values{"tls": "starttls"}), sample())
	if e := failure(t, err); e.Code != "no_starttls" {
		t.Errorf("got %+v", e)
	}
}

func TestGuard(t *testing.T) {
	refuse := func(ap netip.AddrPort) bool { return ap == netip.MustParseAddrPort("127.0.0.1:8008") }
	for address, want := range map[string]bool{
		"192.0.2.7:25": true, "[2001:db8::7]:587": true, "127.0.0.1:25": true, "[::1]:25": true,
		"169.254.169.254:25": false, "[fe80::1%eth0]:25": false, "0.0.0.0:25": false, "[::]:25": false, "224.0.0.1:25": false, "255.255.255.255:25": false,
		"[::ffff:169.254.169.254]:25": false, "[64:ff9b::a9fe:a9fe]:25": false, "127.0.0.1:8008": false, "[::ffff:127.0.0.1]:8008": false, "nonsense": false,
	} {
		c := &channel{settings: settings{security: startTLS}, options: Options{Refuse: refuse}}
		if err := c.guard("tcp", address, nil); (err == nil) != want {
			t.Errorf("%s: got %v", address, err)
		}
	}
	c := &channel{settings: settings{security: plain, username: "u"}}
	if err := c.guard("tcp4", "192.0.2.7:25", nil); err == nil {
		t.Error("a login in the clear may leave this host")
	}
}

func TestSendToBlockedAddress(t *testing.T) {
	x := serve(t, plain)
	c := channelTo(t, Options{Refuse: func(ap netip.AddrPort) bool { return ap.Port() == uint16(x.addr.Port) }}, x.addr)
	_, err := send(t, c, sample())
	if e := failure(t, err); e.Class != event.Target || e.Code != "blocked_address" {
		t.Errorf("got %+v", e)
	}
	if x.count() != 0 {
		t.Error("the server was reached")
	}
}

func TestNetworkFaults(t *testing.T) {
	f := faults{settings: &settings{host: "mx.lab.example", port: 465, security: startTLS}, ctx: t.Context()}
	for name, c := range map[string]struct {
		at   stage
		err  error
		code string
		say  string
	}{
		"no such name":    {connecting, &net.DNSError{Err: "no such host", Name: "mx.lab.example", IsNotFound: true}, "dns", "was not found"},
		"name server":     {connecting, &net.DNSError{Err: "i/o timeout", Name: "mx.lab.example", IsTimeout: true}, "dns", "name server"},
		"no route":        {connecting, &net.OpError{Op: "dial", Err: errors.New("network is unreachable")}, "unreachable", "(network is unreachable)"},
		"slow greeting":   {greeting, &net.OpError{Op: "read", Err: timeoutError{}}, "timeout", `use tls = "tls"`},
		"slow connection": {connecting, &net.OpError{Op: "dial", Err: timeoutError{}}, "timeout", "firewall"},
		"protocol later":  {content, textproto.ProtocolError("short response"), "reset", "short response"},
	} {
		if e := f.fault(c.at, c.err); e.Class != event.Temporary || e.Code != c.code || !strings.Contains(e.Error(), c.say) {
			t.Errorf("%s: got %+v", name, e)
		}
	}
}

type timeoutError struct{}

func (timeoutError) Error() string   { return "i/o timeout" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }

func TestGreetingName(t *testing.T) {
	tcp := func(ip string) net.Addr {
		return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(ip), 4000))
	}
	for _, c := range []struct {
		name  string
		local net.Addr
		want  string
	}{
		{"pve1.lab.example", tcp("192.0.2.7"), "pve1.lab.example"},
		{"pve1.lab.example.", tcp("192.0.2.7"), "pve1.lab.example"},
		{"pve1", tcp("192.0.2.7"), "[192.0.2.7]"},
		{"", tcp("::ffff:192.0.2.7"), "[192.0.2.7]"},
		{"localhost", tcp("2001:db8::7"), "[IPv6:2001:db8::7]"},
		{"pve1.lab\r\nQUIT", tcp("fe80::7%eth0"), "[IPv6:fe80::7]"},
		{"pve1", &net.UnixAddr{Name: "/x"}, "[127.0.0.1]"},
	} {
		if got := greetingName(c.name, c.local); got != c.want {
			t.Errorf("%q from %s greets as %q, want %q", c.name, c.local, got, c.want)
		}
	}
}
