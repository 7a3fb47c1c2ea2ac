package notifications

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The checks of values return why one is refused, and nothing when it is taken.
// They never quote it: it may be a secret.

var idPattern = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`)

func checkID(id string) string {
	switch {
	case len(id) < 2 || len(id) > 32:
		return "an id has 2 to 32 characters"
	case !idPattern.MatchString(id):
		return "an id has letters, digits, dots, hyphens and underscores"
	}
	return ""
}

func checkComment(text string) string {
	switch {
	case utf8.RuneCountInString(text) > 128:
		return "a comment has at most 128 characters"
	case strings.ContainsFunc(text, isControl):
		return "a control character stands in it"
	}
	return ""
}

// isControl reports what Proxmox VE takes for a control character: those of ASCII.
func isControl(r rune) bool { return r < 0x20 || r == 0x7f }

func checkAddress(text string) string {
	if n := utf8.RuneCountInString(text); n < 2 || n > 64 {
		return "it has 2 to 64 characters"
	}
	if strings.ContainsFunc(text, isControl) {
		return "a control character stands in it"
	}
	return ""
}

func checkBool(text string) string {
	if _, ok := parseBool(text); !ok {
		return "it is true or false"
	}
	return ""
}

func parseBool(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case "1", "on", "yes", "true":
		return true, true
	case "0", "off", "no", "false":
		return false, true
	}
	return false, false
}

func checkPort(text string) string {
	if n, err := strconv.ParseInt(text, 10, 64); err != nil || n < 0 || n > 65535 {
		return "it is a number from 0 to 65535"
	}
	return ""
}

func oneOf(words ...string) func(string) string {
	return func(text string) string {
		if slices.Contains(words, text) {
			return ""
		}
		return "it is one of " + strings.Join(words, ", ") + ", in lower case"
	}
}

var (
	dnsName = regexp.MustCompile(`^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.)*[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$`)
	urlPort = regexp.MustCompile(`^[0-9]{1,5}$`)
)

// checkURL looks at scheme, host and port; behind the first slash stands a template.
func checkURL(text string) string {
	rest, http := strings.CutPrefix(text, "http://")
	if !http {
		var https bool
		if rest, https = strings.CutPrefix(text, "https://"); !https {
			return "it begins with http:// or https://"
		}
	}
	host, path, _ := strings.Cut(rest, "/")
	if strings.ContainsFunc(path, isControl) {
		return "a control character stands in it"
	}
	if isIPv6(host) {
		return ""
	}
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		if !urlPort.MatchString(host[i+1:]) {
			return "the port is no number"
		}
		host = host[:i]
	}
	inner, open := strings.CutPrefix(host, "[")
	inner, closed := strings.CutSuffix(inner, "]")
	if open && closed && isIPv6(inner) || !open && !closed && dnsName.MatchString(host) {
		return ""
	}
	return "the host is no DNS name and no address; a query needs a slash before it, and a user and password may not stand in it"
}

func isIPv6(text string) bool {
	addr, err := netip.ParseAddr(text)
	return err == nil && addr.Is6() && addr.Zone() == ""
}

// checkPair reads name=NAME,value=BASE64, in any order and perhaps quoted. What the
// value holds is not looked at, as Proxmox VE does so only when it sends.
func checkPair(text string) string {
	_, why := parsePair(text)
	return why
}

// parsePair returns the members of a property string.
func parsePair(text string) (members map[string]string, why string) {
	members = map[string]string{}
	for text != "" {
		key, rest, ok := strings.Cut(text, "=")
		if !ok || strings.ContainsAny(key, `,"`) {
			return nil, "it is written name=NAME,value=BASE64"
		}
		var value string
		if value, text, ok = member(rest); !ok {
			return nil, "a quoted text in it does not end as it should"
		}
		if _, twice := members[key]; twice || key != "name" && key != "value" {
			return nil, "it has one name and one value, and nothing else"
		}
		members[key] = value
	}
	if _, named := members["name"]; !named {
		return nil, "it lacks the name"
	}
	return members, ""
}

// member reads one value and the comma behind it.
func member(text string) (value, rest string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		value, rest, _ = strings.Cut(text, ",")
		return value, rest, true
	}
	var out strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			rest, comma := strings.CutPrefix(text[i+1:], ",")
			return out.String(), rest, comma || rest == ""
		case c == '\\' && i+1 < len(text) && strings.IndexByte(`"\n`, text[i+1]) >= 0:
			i++
			out.WriteByte(map[byte]byte{'"': '"', '\\': '\\', 'n': '\n'}[text[i]])
		case c == '\\':
			return "", "", false
		default:
			out.WriteByte(c)
		}
	}
	return "", "", false
}

// visible is text for a diagnostic: short, and on one line.
func visible(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	if len(text) > 60 {
		text = strings.ToValidUTF8(text[:60], "") + "…"
	}
	return fmt.Sprintf("%q", text)
}
