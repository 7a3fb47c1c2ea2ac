package email

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// mechanism returns how to log in with a mechanism that the server offers, or nil
// when it offers none that tocsin speaks. PLAIN comes first: the connection is
// encrypted or stays on this host, and servers offer the other mechanisms also
// for users whose stored password does not fit them.
func (c *channel) mechanism(offered string) smtp.Auth {
	mechanisms := strings.Fields(strings.ToUpper(offered))
	password := c.password.Reveal()
	for _, m := range []struct {
		name string
		auth func() smtp.Auth
	}{
		{"PLAIN", func() smtp.Auth { return smtp.PlainAuth("", c.username, password, c.host, true) }},
		{"LOGIN", func() smtp.Auth { return smtp.LoginAuth(c.username, password, c.host, true) }},
		{"SCRAM-SHA-256", func() smtp.Auth { return smtp.ScramSHA256Auth(c.username, password) }},
		{"SCRAM-SHA-1", func() smtp.Auth { return smtp.ScramSHA1Auth(c.username, password) }},
		{"CRAM-MD5", func() smtp.Auth { return smtp.CRAMMD5Auth(c.username, password) }},
	} {
		if slices.Contains(mechanisms, m.name) {
			return m.auth()
		}
	}
	return nil
}

// loginSpellings returns the forms in which a login may come back in what the
// server says: the password as it is, and what PLAIN and LOGIN send.
func loginSpellings(username, password string) []string {
	if password == "" {
		return nil
	}
	b64 := base64.StdEncoding.EncodeToString
	return []string{b64([]byte("\x00" + username + "\x00" + password)), b64([]byte(password)), password}
}
