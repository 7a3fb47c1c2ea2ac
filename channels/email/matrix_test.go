package email

import (
	"bufio"
	"crypto/tls"
	"io"
	"maps"
	"net"
	"strconv"
	"strings"
	"testing"

	"tocsin/channels"
	"tocsin/channels/channeltest"
	"tocsin/engine/event"
)

// dialogue is what a mail server says: to a whole line or else to its first
// word, at first to nothing (""), and behind the text to its dot. What it does
// not say, it says as a good server does.
type dialogue map[string]string

// Things to do in place of an answer.
const (
	hangUp = "hang up"
	listen = "listen" // and say nothing for ever
)

func (d dialogue) reply(line string) string {
	word, _, _ := strings.Cut(line, " ")
	good := dialogue{
		"": "220 mx.lab.example ESMTP", "EHLO": "250-mx\n250-SIZE 1000000\n250-AUTH PLAIN\n250 ENHANCEDSTATUSCODES", "HELO": "250 mx",
		"AUTH": "235 2.7.0 welcome", "DATA": "354 go on", ".": "250 2.0.0 kept", "QUIT": "221 2.0.0 bye", "STARTTLS": "220 2.0.0 go on",
	}
	for _, said := range []string{d[line], d[word], good[word]} {
		if said != "" {
			return said
		}
	}
	return "250 2.0.0 fine"
}

// serve plays the server. With a config it encrypts on demand.
func (d dialogue) serve(config *tls.Config) func(net.Conn) {
	return func(conn net.Conn) {
		in := bufio.NewReader(conn)
		for line := ""; ; {
			reply := d.reply(line)
			switch reply {
			case hangUp:
				return
			case listen:
				io.Copy(io.Discard, in)
				return
			}
			io.WriteString(conn, strings.ReplaceAll(reply, "\n", "\r\n")+"\r\n")
			if line == "STARTTLS" && config != nil && reply[0] == '2' {
				conn = tls.Server(conn, config)
				in = bufio.NewReader(conn)
			}
			var err error
			if line, err = next(in, line == "DATA" && reply[0] == '3'); err != nil {
				return
			}
		}
	}
}

// next reads the next command, or a text up to its dot.
func next(in *bufio.Reader, text bool) (string, error) {
	for {
		line, err := in.ReadString('\n')
		if line = strings.TrimRight(line, "\r\n"); err != nil || !text || line == "." {
			return line, err
		}
	}
}

// openTo returns how to make a channel that is encrypted as given where the
// fault is not about TLS from the first byte.
func openTo(s security, values channels.Values) func(*testing.T, channeltest.Network) channels.Channel {
	return func(t *testing.T, n channeltest.Network) channels.Channel {
		v := channels.Values{
			"host": "mx.lab.example", "tls": string(s), "from": "tocsin@lab.example", "to": []string{"ana@lab.example", "bob@lab.example"},
		}
		if n.Secure {
			v["tls"] = string(implicit)
		}
		if host, port, err := net.SplitHostPort(n.Address); err == nil {
			number, _ := strconv.ParseFloat(port, 64)
			v["host"], v["port"] = host, number
		}
		maps.Copy(v, values)
		c, err := Kind(Options{Roots: n.Roots, Dial: n.Dial}).New(v)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
}

// says is a fault of a server in the clear: it says one thing amiss.
func says(name, to, reply string) channeltest.Fault {
	return channeltest.Fault{Name: name, Serve: dialogue{to: reply}.serve(nil)}
}

// stalls is a fault of a server that falls silent.
func stalls(name, at string) channeltest.Fault {
	return channeltest.Fault{Name: name, Serve: dialogue{at: listen}.serve(nil), Timed: true}
}

type verdict = channeltest.Verdict

// secretsOfLogin are the password in every spelling that is sent.
func secretsOfLogin() []string { return loginSpellings(testUser, testPassword) }

// Faults of the way, and what a server says before any mail: the greeting, the
// name of this host, the login.
func TestFaultsBeforeTheMail(t *testing.T) {
	const temporary, target = event.Temporary, event.Target
	inTheClear := login()
	channeltest.RunFaults(t, channeltest.FaultSuite{
		Within: sendLimit, Secrets: secretsOfLogin(), Open: func(t *testing.T, n channeltest.Network) channels.Channel {
			if n.Address == "" { // by name, where no login goes in the clear
				return openTo(startTLS, inTheClear)(t, n)
			}
			return openTo(plain, inTheClear)(t, n)
		},
		Faults: append(channeltest.WayFaults(t),
			stalls("greeting never comes", ""),
			says("greeting lost", "", hangUp),
			says("greeting 421", "", "421 4.3.2 too busy"),
			says("greeting 554", "", "554 5.7.1 no mail from you"),
			says("greeting of a web server", "", "HTTP/1.1 400 Bad Request"),
			says("greeting without an end", "", strings.TrimSuffix(strings.Repeat("220-and more\n", 40_000), "\n")),
			stalls("EHLO never answered", "EHLO"),
			channeltest.Fault{Name: "EHLO refused", Serve: dialogue{"EHLO": "550 5.7.1 bad name", "HELO": "550 5.7.1 bad name"}.serve(nil)},
			channeltest.Fault{Name: "EHLO 421", Serve: dialogue{"EHLO": "421 4.3.2 later", "HELO": "421 4.3.2 later"}.serve(nil)},
			says("EHLO lost", "EHLO", hangUp),
			says("no AUTH offered", "EHLO", "250-mx\n250 SIZE"),
			says("only strange logins", "EHLO", "250-mx\n250 AUTH XOAUTH2 NTLM"),
			says("AUTH 454", "AUTH", "454 4.7.0 try later"),
			says("AUTH 421", "AUTH", "421 4.7.0 too many sessions"),
			says("AUTH 504", "AUTH", "504 5.5.4 mechanism off"),
			says("AUTH 530", "AUTH", "530 5.7.0 must issue STARTTLS first"),
			says("AUTH 534", "AUTH", "534 5.7.9 application-specific password required"),
			says("AUTH 535", "AUTH", "535 5.7.8 bad password "+testPassword),
			says("AUTH 538", "AUTH", "538 5.7.11 encryption required"),
			stalls("AUTH never answered", "AUTH"),
			says("AUTH lost", "AUTH", hangUp),
		),
		Verdicts: map[string]verdict{
			"greeting never comes":     {Class: temporary, Code: "timeout"},
			"greeting lost":            {Class: temporary, Code: "reset"},
			"greeting 421":             {Class: temporary, Code: "try_later"},
			"greeting 554":             {Class: target, Code: "server_refused"},
			"greeting of a web server": {Class: target, Code: "not_smtp"},
			"greeting without an end":  {Class: target, Code: "not_smtp"},
			"EHLO never answered":      {Class: temporary, Code: "timeout"},
			"EHLO refused":             {Class: target, Code: "server_refused"},
			"EHLO 421":                 {Class: temporary, Code: "try_later"},
			"EHLO lost":                {Class: temporary, Code: "reset"},
			"no AUTH offered":          {Class: target, Code: "login_unsupported"},
			"only strange logins":      {Class: target, Code: "login_unsupported"},
			"AUTH 421":                 {Class: temporary, Code: "try_later"},
			"AUTH 454":                 {Class: temporary, Code: "try_later"},
			"AUTH 504":                 {Class: target, Code: "bad_login"},
			"AUTH 530":                 {Class: target, Code: "login_required"},
			"AUTH 534":                 {Class: target, Code: "bad_login"},
			"AUTH 535":                 {Class: target, Code: "bad_login"},
			"AUTH 538":                 {Class: target, Code: "login_required"},
			"AUTH never answered":      {Class: temporary, Code: "timeout"},
			"AUTH lost":                {Class: temporary, Code: "reset"},
		},
	})
}

// What a server says to a mail: its sender, its recipients, its text.
func TestFaultsOfTheMail(t *testing.T) {
	const temporary, target, unfit = event.Temporary, event.Target, event.Unfit
	const bob = "RCPT TO:<bob@lab.example>"
	channeltest.RunFaults(t, channeltest.FaultSuite{
		Within: sendLimit, Secrets: secretsOfLogin(), Open: openTo(plain, login()),
		Faults: []channeltest.Fault{
			says("SIZE too small", "EHLO", "250-mx\n250-AUTH PLAIN\n250 SIZE 500"),
			says("MAIL 421", "MAIL", "421 4.3.2 going down"), says("MAIL 451", "MAIL", "451 4.3.0 disk trouble"),
			says("MAIL 452", "MAIL", "452 4.3.1 no space"), says("MAIL 530", "MAIL", "530 5.7.0 log in"),
			says("MAIL 550", "MAIL", "550 5.7.1 not yours"), says("MAIL 552", "MAIL", "552 5.3.4 too big"),
			says("MAIL 553", "MAIL", "553 5.1.8 no such domain"), says("MAIL lost", "MAIL", hangUp),
			says("RCPT 421", "RCPT", "421 4.3.2 going down"), says("RCPT 450", "RCPT", "450 4.2.0 greylisted"),
			says("RCPT 452", "RCPT", "452 4.5.3 too many recipients"), says("RCPT 550", "RCPT", "550 5.1.1 no such user"),
			says("RCPT 552", "RCPT", "552 5.2.2 mailbox full"), says("RCPT 554", "RCPT", "554 5.7.1 relay access denied"),
			says("RCPT 450 for one of two", bob, "450 4.2.0 greylisted"), says("RCPT 550 for one of two", bob, "550 5.1.1 no such user"),
			says("RCPT lost", "RCPT", hangUp), stalls("RCPT never answered", "RCPT"),
			says("DATA 451", "DATA", "451 4.3.0 local error"), says("DATA 554", "DATA", "554 5.5.1 no valid recipients"),
			says("DATA lost", "DATA", hangUp),
			says("text 421", ".", "421 4.3.2 going down"), says("text 451", ".", "451 4.3.0 local error"),
			says("text 452", ".", "452 4.3.1 no space"), says("text 550", ".", "550 5.7.1 looks like spam"),
			says("text 552", ".", "552 5.3.4 too big"), says("text 554", ".", "554 5.7.1 "+testPassword+" is spam"),
			says("text 550 for the day", ".", "550 5.4.5 daily sending limit exceeded"),
			says("answer lost behind the dot", ".", hangUp), stalls("answer never comes behind the dot", "."),
			says("goodbye lost", "QUIT", hangUp), stalls("goodbye never comes", "QUIT"),
		},
		Verdicts: map[string]verdict{
			"SIZE too small":          {Class: unfit, Code: "too_large"},
			"MAIL 421":                {Class: temporary, Code: "try_later"},
			"MAIL 451":                {Class: temporary, Code: "try_later"},
			"MAIL 452":                {Class: temporary, Code: "try_later"},
			"MAIL 530":                {Class: target, Code: "login_required"},
			"MAIL 550":                {Class: target, Code: "sender_refused"},
			"MAIL 552":                {Class: unfit, Code: "too_large"},
			"MAIL 553":                {Class: target, Code: "sender_refused"},
			"MAIL lost":               {Class: temporary, Code: "reset"},
			"RCPT 421":                {Class: temporary, Code: "try_later"},
			"RCPT 450":                {Class: temporary, Code: "try_later"},
			"RCPT 450 for one of two": {Class: temporary, Code: "try_later"},
			"RCPT 452":                {Class: temporary, Code: "try_later"},
			"RCPT 550":                {Class: target, Code: "recipient_refused"},
			"RCPT 550 for one of two": {}, // with a note
			"RCPT 552":                {Class: temporary, Code: "try_later"},
			"RCPT 554":                {Class: target, Code: "recipient_refused"},
			"RCPT lost":               {Class: temporary, Code: "reset"},
			"RCPT never answered":     {Class: temporary, Code: "timeout"},
			"DATA 451":                {Class: temporary, Code: "try_later"},
			"DATA 554":                {Class: unfit, Code: "rejected"},
			"DATA lost":               {Class: temporary, Code: "reset"},
			"text 421":                {Class: temporary, Code: "try_later"},
			"text 451":                {Class: temporary, Code: "try_later"},
			"text 452":                {Class: temporary, Code: "try_later"},
			"text 550":                {Class: unfit, Code: "rejected"},
			"text 550 for the day":    {Class: temporary, Code: "try_later"},
			"text 552":                {Class: unfit, Code: "too_large"},
			"text 554":                {Class: unfit, Code: "rejected"},

			"answer lost behind the dot":        {Class: temporary, Code: "reset", Maybe: true},
			"answer never comes behind the dot": {Class: temporary, Code: "timeout", Maybe: true},
			"goodbye lost":                      {},
			"goodbye never comes":               {},
		},
	})
}

// What may be wrong with TLS, from the first byte and by STARTTLS.
func TestFaultsOfTLS(t *testing.T) {
	const temporary, target = event.Temporary, event.Target
	offer := dialogue{"EHLO": "250-mx\n250-STARTTLS\n250 AUTH PLAIN"}
	refuses := func(name, reply string) channeltest.Fault {
		return channeltest.Fault{Name: name, Serve: dialogue{"EHLO": offer["EHLO"], "STARTTLS": reply}.serve(nil)}
	}
	immediate := channeltest.TLSFaults(t, func(config *tls.Config) func(net.Conn) {
		return channeltest.Encrypted(config, dialogue{}.serve(nil))
	})
	upgraded := channeltest.TLSFaults(t, func(config *tls.Config) func(net.Conn) { return offer.serve(config) })
	for i := range upgraded {
		upgraded[i].Name, upgraded[i].Secure = "STARTTLS, "+upgraded[i].Name, false
	}
	channeltest.RunFaults(t, channeltest.FaultSuite{
		Within: sendLimit, Secrets: secretsOfLogin(), Open: openTo(startTLS, login()),
		Faults: append(append(immediate, upgraded...),
			channeltest.Fault{Name: "no TLS", Secure: true, Serve: dialogue{}.serve(nil)},
			channeltest.Fault{Name: "slow handshake", Secure: true, Timed: true, Serve: dialogue{"": listen}.serve(nil)},
			says("STARTTLS missing", "EHLO", "250-mx\n250 AUTH PLAIN"),
			refuses("STARTTLS 454", "454 4.7.0 not now"),
			refuses("STARTTLS 501", "501 5.5.2 what"),
			refuses("STARTTLS 554", "554 5.7.0 no"),
			refuses("STARTTLS lost", hangUp),
			refuses("STARTTLS without TLS", "220 2.0.0 go on\n250 hi"),
		),
		Verdicts: map[string]verdict{
			"no TLS":               {Class: target, Code: "tls"},
			"slow handshake":       {Class: temporary, Code: "timeout"},
			"STARTTLS missing":     {Class: target, Code: "no_starttls"},
			"STARTTLS 454":         {Class: temporary, Code: "try_later"},
			"STARTTLS 501":         {Class: target, Code: "no_starttls"},
			"STARTTLS 554":         {Class: target, Code: "no_starttls"},
			"STARTTLS lost":        {Class: temporary, Code: "tls"},
			"STARTTLS without TLS": {Class: target, Code: "tls"},
		},
	})
}
