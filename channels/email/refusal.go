package email

import (
	"fmt"
	"net/textproto"
	"regexp"
	"slices"
	"strings"

	"tocsin/engine/event"
)

// refused turns the answer of the server into an error. The same code means
// another thing at another stage: 550 for the sender says that nothing will
// pass, 550 for the text says that this mail will not.
func (f faults) refused(at stage, reply *textproto.Error) *event.SendError {
	if e := f.refusedFor(at, reply); e != nil {
		return e
	}
	why := f.said(at, reply)
	switch {
	case isPassing(reply):
		return temporary("try_later", why+", and asks to try later", "nothing: it is sent again; when it goes on, the server's log tells why")
	case at == encrypting:
		return target("no_starttls", why+", so it does not encrypt, and nothing is sent in the clear",
			`repair its certificate or its TLS, or use tls = "tls" with the port for it (465)`)
	case at == loggingIn:
		return target("bad_login", why+", so it does not take the login", "check username and password, and which logins the server allows")
	case at == sender:
		return target("sender_refused", why+", so it sends nothing from "+f.from.Address, "set from to an address that the server lets this host or user send from")
	case at == content:
		return unfit("rejected", why+", so it does not take this mail", "the server's text tells why; its spam filter and its log may tell more")
	}
	return target("server_refused", why+", so it takes no mail from this host", "let the server accept mail from this host, or use another server")
}

// refusedFor returns what a code says by itself; nil when the stage matters.
// The codes about logins mean a wrong setting, so they hold the channel: every
// other message would fare the same.
func (f faults) refusedFor(at stage, reply *textproto.Error) *event.SendError {
	why := f.said(at, reply)
	switch reply.Code {
	case 535:
		return target("bad_login", why+": wrong user name or password",
			"check username and password; Gmail and other large services want a password made for apps")
	case 534:
		return target("bad_login", why+": it wants a stronger login than this password",
			"make a password for apps in the settings of the mail account, and use that")
	case 530, 538:
		if f.security == plain {
			return target("login_required", why+": it wants encryption or a login", `use tls = "starttls" and set username and password`)
		}
		return target("login_required", why+": it wants a login", "set username and password")
	case 552:
		if at == sender || at == content {
			return unfit("too_large", why+": the mail is too large", "raise the server's limit, or shorten what the templates put into the message")
		}
	}
	switch enhancedCode.FindString(reply.Msg) {
	case quotaCode:
		return temporary("try_later", why+": the account has sent its share for now", "send less by mail, or use an account with a higher limit")
	case "5.7.60", "5.2.252":
		// Exchange looks at the sender only after the text, where refusals are
		// otherwise about the mail.
		return target("sender_refused", why+": the user may not send from "+f.from.Address, "set from to the user's own address, or grant the right to send as it")
	}
	return nil
}

// enhancedCode is the status code of RFC 3463 at the beginning of an answer.
var enhancedCode = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

// quotaCode is how Gmail says that the day's share of mails is used up, in an
// answer that is permanent by its code.
const quotaCode = "5.4.5"

// isPassing reports whether the refusal is for now only. 552 for a recipient
// says that they are too many for one mail, or that a mailbox is full.
func isPassing(reply *textproto.Error) bool {
	return reply.Code/100 == 4 || reply.Code == 552 || enhancedCode.FindString(reply.Msg) == quotaCode
}

// said quotes the server.
func (f faults) said(at stage, reply *textproto.Error) string {
	return fmt.Sprintf("%s said %q %s", f.server(), f.quote(fmt.Sprintf("%d %s", reply.Code, reply.Msg)), at)
}

// undelivered tells which recipients did not get the mail, while have already
// have it.
func (f faults) undelivered(refused []refusal, have int) *event.SendError {
	why := f.refusedWhom(refused)
	if have > 0 {
		why += fmt.Sprintf("; %d have the mail", have)
	}
	if slices.ContainsFunc(refused, refusal.isPassing) {
		return temporary("try_later", why, "nothing: it is sent again to those who lack it")
	}
	if e := f.refusedFor(recipient, refused[0].reply); e != nil {
		return e
	}
	return target("recipient_refused", why, "correct the addresses in to; when the server speaks of relaying, set username and password or allow this host to relay")
}

// note tells which recipients did not get a mail that others got; nothing when
// all did. One bad address among good ones holds no channel and makes no dead
// letter: no attempt of the same mail could fare better.
func (f faults) note(refused []refusal) string {
	if len(refused) == 0 {
		return ""
	}
	return f.refusedWhom(refused) + ": correct the address in to, or take it out"
}

// refusedWhom names the recipients whom the server refused, and quotes it.
func (f faults) refusedWhom(refused []refusal) string {
	const most = 3
	var parts []string
	for _, r := range refused[:min(len(refused), most)] {
		parts = append(parts, fmt.Sprintf("%s: %q", r.who.Address, f.quote(fmt.Sprintf("%d %s", r.reply.Code, r.reply.Msg))))
	}
	return fmt.Sprintf("%s refused %d of %d recipients (%s)", f.server(), len(refused), len(f.to), strings.Join(parts, ", "))
}

// noStartTLS tells a server that lacks the encryption asked for. It may also be
// somebody on the way who took the offer out, so nothing is sent without.
func (f faults) noStartTLS() *event.SendError {
	return target("no_starttls", fmt.Sprintf("%s does not offer STARTTLS, and nothing is sent in the clear", f.server()),
		`use tls = "tls" with the port for it (465); tls = "none" only for a server and a network you trust`)
}

// noLogin tells a server with no login that tocsin speaks.
func (f faults) noLogin(offered string) *event.SendError {
	if offered == "" {
		return target("login_unsupported", fmt.Sprintf("%s offers no login", f.server()),
			"leave username and password out if it takes mail from this host, or use its port for logins (587 or 465)")
	}
	return target("login_unsupported", fmt.Sprintf("%s offers only logins that tocsin does not speak (%s)", f.server(), f.quote(offered)),
		"allow PLAIN or SCRAM-SHA-256 on the server, or use a relay that logs in there")
}

// tooLarge tells that the server announced a limit below the mail's size.
func (f faults) tooLarge(size, limit int) *event.SendError {
	return unfit("too_large", fmt.Sprintf("the mail has %d bytes and %s takes %d", size, f.server(), limit),
		"raise the server's limit, or shorten what the templates put into the message")
}
