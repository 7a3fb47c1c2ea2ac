package email

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"tocsin/engine/event"
)

// mostRecipients is what every mail server takes for one mail.
const mostRecipients = 100

// parseSender reads the address in the field from.
func parseSender(text string) (*mail.Address, error) {
	if strings.TrimSpace(text) == "" {
		return nil, wrong("from", "missing sender", `Give the address to send from: from = "tocsin <alerts@example.org>".`)
	}
	a, fault := parseAddress(text)
	if fault != "" {
		return nil, wrong("from", "invalid sender", fault)
	}
	return a, nil
}

// parseRecipients reads the addresses in the field to. An address that comes
// twice counts once.
func parseRecipients(texts []string) ([]*mail.Address, error) {
	if len(texts) == 0 {
		return nil, wrong("to", "missing recipients", `Give at least one address: to = ["ana@example.org"].`)
	}
	var to []*mail.Address
	for _, text := range texts {
		a, fault := parseAddress(text)
		if fault != "" {
			return nil, wrong("to", "invalid recipient", fault)
		}
		if !slices.ContainsFunc(to, func(b *mail.Address) bool { return strings.EqualFold(a.Address, b.Address) }) {
			to = append(to, a)
		}
	}
	if len(to) > mostRecipients {
		return nil, wrong("to", "too many recipients", fmt.Sprintf("A mail takes %d; use a mailing list, or several channels.", mostRecipients))
	}
	return to, nil
}

// parseAddress reads one address with or without a name, or tells in a sentence
// what is wrong with it. Letters outside ASCII are fine in the name only: few
// servers take them in the address itself.
func parseAddress(text string) (a *mail.Address, fault string) {
	if strings.ContainsFunc(text, isControl) {
		return nil, fmt.Sprintf("%q holds a control character.", text)
	}
	a, err := mail.ParseAddress(text)
	if err != nil {
		return nil, fmt.Sprintf("%q is not one e-mail address like ana@example.org.", text)
	}
	if strings.ContainsFunc(a.Name+a.Address, isControl) { // encoded words may hide some
		return nil, fmt.Sprintf("%q hides a control character.", text)
	}
	if strings.ContainsFunc(a.Address, func(r rune) bool { return r > 0x7e }) {
		return nil, fmt.Sprintf("%q has letters outside ASCII in the address; write the domain in its xn-- form.", a.Address)
	}
	if local, domain := splitAddress(a); len(local) > 64 || len(domain) > 253 {
		return nil, fmt.Sprintf("%q is longer than mail servers take.", event.Clip(a.Address, 80))
	}
	return a, ""
}

func splitAddress(a *mail.Address) (local, domain string) {
	at := strings.LastIndexByte(a.Address, '@')
	return a.Address[:at], a.Address[at+1:]
}

// envelope returns a as it stands in the commands of SMTP: <ana@example.org>.
func envelope(a *mail.Address) string { return (&mail.Address{Address: a.Address}).String() }
