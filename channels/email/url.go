package email

import (
	"net/mail"
	"slices"
	"strconv"
	"strings"

	"tocsin/channels"
	"tocsin/channels/address"
	"tocsin/engine/event"
)

// shapes are how mail addresses are written: mailtos://USER:PASSWORD@DOMAIN.
var shapes = address.MustCompile("mailto(s)://{user?}:{password?}@{domain}:{port?}/{to...?}")

// provider is a mail service that is known by the domain of its addresses.
type provider struct {
	domains []string
	host    string
	port    float64
	tls     string
	short   bool // the login is what stands before the @
}

// providers are those whose server does not have the name of the domain.
func providers() []provider {
	return []provider{
		{[]string{"gmail.com", "googlemail.com"}, "smtp.gmail.com", 587, "starttls", false},
		{[]string{"outlook.com", "hotmail.com", "live.com", "msn.com"}, "smtp-mail.outlook.com", 587, "starttls", false},
		{[]string{"yahoo.com", "yahoo.de", "yahoo.co.uk", "yahoo.fr", "yahoo.es"}, "smtp.mail.yahoo.com", 465, "tls", false},
		{[]string{"icloud.com", "me.com", "mac.com"}, "smtp.mail.me.com", 587, "starttls", false},
		{[]string{"fastmail.com", "fastmail.fm"}, "smtp.fastmail.com", 465, "tls", false},
		{[]string{"zoho.com"}, "smtp.zoho.com", 587, "starttls", false},
		{[]string{"yandex.com", "yandex.ru", "ya.ru"}, "smtp.yandex.ru", 465, "tls", false},
		{[]string{"gmx.net", "gmx.de", "gmx.at", "gmx.ch"}, "mail.gmx.net", 587, "starttls", false},
		{[]string{"gmx.com"}, "mail.gmx.com", 587, "starttls", false},
		{[]string{"web.de"}, "smtp.web.de", 587, "starttls", true},
		{[]string{"t-online.de"}, "securesmtp.t-online.de", 465, "tls", false},
		{[]string{"aol.com"}, "smtp.aol.com", 465, "tls", false},
		{[]string{"qq.com"}, "smtp.qq.com", 465, "tls", false},
		{[]string{"163.com"}, "smtp.163.com", 465, "tls", false},
	}
}

// mailbox is what an address says about the mail account.
type mailbox struct {
	u      address.URL
	domain string
	login  string // as it is written
	box    string // the account's own address; empty: none is named
}

// fromURL reads an address such as mailtos://ops:secret@example.org?to=a@b.org.
// The login is also the sender, and gets the mail unless others are named.
func fromURL(u address.URL) (channels.Values, error) {
	m, err := shapes.Match(u)
	if err != nil {
		return nil, err
	}
	b := mailbox{u: u, domain: strings.ToLower(m.Values["domain"][0]), login: u.User()}
	if b.box = b.login; b.login != "" && !strings.Contains(b.login, "@") {
		b.box = b.login + "@" + b.domain
	}
	v := b.server()
	if err := b.setPort(v); err != nil {
		return nil, err
	}
	if u.Password() != "" {
		v["password"] = event.NewSecret(u.Password())
	} else {
		delete(v, "username")
	}
	from := b.sender()
	if from == nil {
		return nil, &address.Error{Scheme: u.Scheme(), Problem: "it names no sender", Remedy: "add ?from=alerts@example.org"}
	}
	v["from"] = from.String()
	to := slices.Clone(m.Values["to"])
	to = append(to, address.SplitList(b.query("to"))...)
	if len(to) == 0 {
		to = []string{from.Address}
	}
	v["to"] = to
	return v, nil
}

func (b *mailbox) query(key string) string {
	text, _ := b.u.Query().Get(key)
	return text
}

// server returns where the mail goes: to a server that is named, to that of a
// provider, or to the domain itself.
func (b *mailbox) server() channels.Values {
	v := channels.Values{"host": b.domain, "tls": "none", "username": b.box}
	if b.u.Scheme() == "mailtos" {
		v["tls"] = "starttls"
	}
	if b.login != b.box && b.query("smtp") != "" {
		v["username"] = b.login
	}
	for _, p := range providers() {
		if slices.Contains(p.domains, b.domain) {
			v["host"], v["port"], v["tls"] = p.host, p.port, p.tls
			if p.short {
				v["username"], _, _ = strings.Cut(b.box, "@")
			}
		}
	}
	if host := b.query("smtp"); host != "" {
		v["host"] = host
	}
	return v
}

// setPort takes the port over. The one of mail over TLS says how to encrypt, and
// so does ?mode=.
func (b *mailbox) setPort(v channels.Values) error {
	if port, err := strconv.Atoi(b.u.Port()); err == nil {
		v["port"] = float64(port)
		if port == 465 && v["tls"] == "starttls" {
			v["tls"] = "tls"
		}
	}
	switch mode := strings.ToLower(b.query("mode")); mode {
	case "":
	case "ssl", "tls":
		v["tls"] = "tls"
	case "starttls":
		v["tls"] = "starttls"
	case "insecure":
		v["tls"] = "none"
	default:
		return &address.Error{Scheme: b.u.Scheme(), Problem: "the value of \"mode\" in the query is none", Remedy: "write ssl, starttls or insecure"}
	}
	return nil
}

// sender returns who the mail is from: ?from= is an address or only a name.
func (b *mailbox) sender() *mail.Address {
	out := &mail.Address{Name: b.query("name"), Address: b.box}
	from := b.query("from")
	if given, err := mail.ParseAddress(from); err == nil {
		out.Address = given.Address
		if given.Name != "" {
			out.Name = given.Name
		}
	} else if from != "" {
		out.Name = from
	}
	if out.Address == "" {
		return nil
	}
	return out
}
