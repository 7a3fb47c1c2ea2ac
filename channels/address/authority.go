package address

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

const portRemedy = "write it as a number from 1 to 65535; a / ? or # in a password is written %2F %3F or %23"

// authority reads user, password, host and port. The last @ ends the password,
// so one inside it does no harm; of several in a row it is the first, as some
// hosts are names with an @.
func (r *reader) authority() error {
	text := r.all[:r.layout.authority]
	at := strings.LastIndexByte(text, '@')
	for at > 0 && text[at-1] == '@' {
		at--
	}
	if at >= 0 {
		if err := r.userinfo(text[:at]); err != nil {
			return err
		}
	}
	raw, port, err := r.splitPort(text[at+1:])
	if err != nil {
		return err
	}
	r.port = port
	if raw == "_" {
		return nil
	}
	r.host, err = r.decode(raw, at+1)
	return err
}

func (r *reader) userinfo(text string) (err error) {
	user, password, _ := strings.Cut(text, ":")
	if r.user, err = r.decode(user, 0); err != nil {
		return err
	}
	// Without a password nothing is decoded, so the place is never told.
	r.password, err = r.decode(password, min(len(user)+1, len(text)))
	return err
}

// splitPort cuts a port off. What stands behind the last colon and is no number
// belongs to the host's place: a token may hold a colon.
func (r *reader) splitPort(text string) (host, port string, err error) {
	if strings.HasPrefix(text, "[") {
		return r.splitBrackets(text)
	}
	if a, err := netip.ParseAddr(text); err == nil && a.Is6() {
		return "", "", r.fail("the host is an IPv6 address without brackets", "write it as [address], as in [::1]:8080")
	}
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return text, "", nil
	}
	host, port = text[:i], text[i+1:]
	switch {
	case port == "":
		return "", "", r.fail("the port is missing behind the colon", portRemedy)
	case !isDigits(port):
		return text, "", nil
	case !isPort(port):
		return "", "", r.fail("the port is out of range", portRemedy)
	}
	return host, port, nil
}

func (r *reader) splitBrackets(text string) (host, port string, err error) {
	i := strings.IndexByte(text, ']')
	if i < 0 || !isIPv6(text[:i+1]) {
		return "", "", r.fail("the host in brackets is no IPv6 address", "write it as [address], as in [::1]:8080")
	}
	host, port = text[:i+1], text[i+1:]
	if port != "" && (port[0] != ':' || !isPort(port[1:])) {
		return "", "", r.fail("the port is no number from 1 to 65535", portRemedy)
	}
	return host, strings.TrimPrefix(port, ":"), nil
}

// overrides lets the query give user, password and port, and win.
func (r *reader) overrides() error {
	if r.scheme == "http" || r.scheme == "https" {
		return nil // a page of the service, whose query is its own
	}
	rest := r.parts.query[:0]
	for _, pair := range r.parts.query {
		name := strings.ToLower(pair.Name)
		if slices.Contains([]string{"user", "pass", "password"}, name) && strings.ContainsFunc(pair.Value, unicode.IsControl) {
			return r.fail("the "+name+" in the query holds an escaped control character", "remove it: it often comes with a copied text")
		}
		switch name {
		case "user":
			r.user = pair.Value
		case "pass", "password":
			r.password = pair.Value
		case "port":
			if !isPort(pair.Value) {
				return r.fail("the port in the query is no number from 1 to 65535", portRemedy)
			}
			r.port = pair.Value
		default:
			rest = append(rest, pair)
		}
	}
	r.parts.query = rest
	return nil
}

func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && n > 0 && isDigits(text)
}

func isIPv6(host string) bool {
	inside, ok := strings.CutPrefix(host, "[")
	inside, closed := strings.CutSuffix(inside, "]")
	inside = strings.Replace(inside, "%25", "%", 1)
	a, err := netip.ParseAddr(inside)
	return ok && closed && err == nil && a.Is6()
}

// isHost reports whether a connection can be made to host.
func isHost(host string) bool {
	if isIPv6(host) {
		return true
	}
	return len(host) <= 253 && !strings.ContainsFunc(host, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '.' && c != '-' && c != '_'
	})
}
