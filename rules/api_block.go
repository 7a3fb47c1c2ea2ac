package rules

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// decodeAPI decodes the block about the HTTP interface.
//
//	api {
//	  listen        = "127.0.0.1:8008"
//	  tls_cert      = "/etc/ssl/tocsin.pem" # with tls_key
//	  tls_key       = "/etc/ssl/tocsin.key"
//	  allowed_hosts = ["pve.lan"]           # beside the loopback names
//	  trusted_proxies = ["192.0.2.10"]      # whose X-Forwarded-For counts
//	  rate          = "1000/s"              # of send, a token
//	}
func (l *loading) decodeAPI(b *block) {
	s := &l.config.Settings.API
	s.Place = place(b.head)
	r := l.read(b)
	r.address("listen", &s.Listen)
	r.str("tls_cert", &s.TLSCert)
	r.str("tls_key", &s.TLSKey)
	r.hosts("allowed_hosts", &s.AllowedHosts)
	r.networks("trusted_proxies", &s.Proxies)
	r.noneIsEverybody("trusted_proxies", s.Proxies)
	r.rate("rate", &s.Rate)
	if (s.TLSCert == "") != (s.TLSKey == "") {
		r.require("tls_cert", "tls_key")
	}
	if s.TLSCert == "" && !isLoopback(s.Listen) {
		r.warn(finding{
			code: CodePlainHTTP, at: r.block.arguments["listen"].valueRange(), in: b.in(), summary: "plain HTTP on the network",
			detail: "Tokens and messages can be read on the way. Set tls_cert and tls_key, or listen on 127.0.0.1.",
		})
	}
	r.done()
}

// noneIsEverybody refuses networks that every address is in.
func (r *reader) noneIsEverybody(name string, list []netip.Prefix) {
	if slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Bits() == 0 }) {
		r.invalid(r.argument(name), name+" holds every address", "Everybody could then say to be anybody. Write the addresses of the proxies.")
	}
}

// address reads where to listen: host:port.
func (r *reader) address(name string, to *string) {
	var text string
	if !r.str(name, &text) {
		return
	}
	host, port, ok := splitAddress(text)
	n, err := strconv.ParseUint(port, 10, 16)
	if !ok || err != nil || n == 0 || strings.ContainsAny(host, " /@") {
		r.invalid(r.argument(name), "not an address to listen on", `Write host and port: "127.0.0.1:8008", "[::1]:8008", or ":8008" for all addresses.`)
		return
	}
	*to = text
}

// splitAddress splits host:port; an IPv6 address stands in brackets.
func splitAddress(text string) (host, port string, ok bool) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return "", "", false
	}
	host, port = text[:i], text[i+1:]
	bare, open := strings.CutPrefix(host, "[")
	bare, closed := strings.CutSuffix(bare, "]")
	return bare, port, open == closed && open == strings.Contains(bare, ":")
}

// isLoopback reports whether nobody but this host can reach an address.
func isLoopback(listen string) bool {
	host, _, _ := splitAddress(listen)
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// hosts reads names that a browser may call this host by, without a port.
func (r *reader) hosts(name string, to *[]string) {
	words, ok := r.words(name)
	if !ok {
		return
	}
	for _, w := range words {
		host := strings.ToLower(strings.Trim(w.text, "[]"))
		if _, err := netip.ParseAddr(host); err != nil && !isHostName(host) {
			r.fail(finding{
				code: CodeValue, at: w.at, in: r.block.in(), summary: fmt.Sprintf("%q is no host name", w.text),
				detail: "Write a name or address alone, without scheme, port, path or wildcard.",
			})
			continue
		}
		*to = append(*to, host)
	}
}

// isHostName accepts what a Host header can carry; "_" is no letter of the DNS,
// but names on local networks have it.
func isHostName(host string) bool {
	for part := range strings.SplitSeq(host, ".") {
		ok := part != "" && len(part) <= 63 && !strings.HasPrefix(part, "-") && !strings.ContainsFunc(part, func(c rune) bool {
			return c != '-' && c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9')
		})
		if !ok {
			return false
		}
	}
	return len(host) <= 253
}

// rate reads a number of things within a time: "120/m".
func (r *reader) rate(name string, to *Rate) {
	var text string
	if !r.str(name, &text) {
		return
	}
	count, unit, ok := strings.Cut(text, "/")
	n, err := strconv.Atoi(strings.TrimSpace(count))
	per, known := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": day}[strings.TrimSpace(unit)]
	if !ok || err != nil || n < 1 || n > 1_000_000 || !known {
		r.invalid(r.argument(name), name+" is no rate", `Write a number within a second, minute, hour or day: "1000/s", "120/m", "30/h", "5/d".`)
		return
	}
	*to = Rate{n, per}
}
