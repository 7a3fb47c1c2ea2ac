package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"tocsin/channels"
	"tocsin/engine/event"
	"tocsin/sources/probe"
)

// probeKinds are the kinds of sources that look at something now and then.
func probeKinds() []sourceKind {
	return []sourceKind{
		probeSource(probe.Command, (*reader).commandSubject),
		probeSource(probe.HTTP, (*reader).httpSubject),
		probeSource(probe.File, (*reader).fileSubject),
		probeSource(probe.Cert, (*reader).certSubject),
	}
}

// commandSubject reads the program to run.
//
//	source "command" "updates" {
//	  command = ["apt-get", "-s", "dist-upgrade"]  # no shell
//	  timeout = "1m"
//	}
func (r *reader) commandSubject(p *probe.Rule) {
	const mostWords = 100
	r.require("command")
	p.Timeout = time.Minute
	r.span("timeout", &p.Timeout, leastTimeout, mostTimeout)
	words, ok := r.words("command")
	if !ok {
		return
	}
	a := r.argument("command")
	p.Command = textsOf(words)
	switch {
	case len(words) == 0 || words[0].text == "":
		r.invalid(a, "no program", `Write the program and its arguments: command = ["pvesm", "status"].`)
	case len(words) > mostWords:
		r.invalid(a, "too many arguments", fmt.Sprintf("A command has at most %d.", mostWords))
	case strings.ContainsAny(words[0].text, " \t"):
		r.invalid(a, "program with blanks in its name", `There is no shell. Write each argument by itself: command = ["pvesm", "status"].`)
	case strings.Contains(words[0].text, "/") && !path.IsAbs(words[0].text):
		r.invalid(a, "program by a relative path", "Write its whole path, or its name alone, which is looked for in PATH.")
	case slices.ContainsFunc(words, func(w word) bool { return strings.Contains(w.text, "\x00") }):
		r.invalid(a, "argument with a zero byte", "No program can be given one.")
	}
}

// httpSubject reads what to ask for.
//
//	source "http" "release" {
//	  url     = "https://releases.example/latest.json"
//	  method  = "GET"                                        # or HEAD
//	  headers = { Authorization = secret("release_token") }
//	  verify  = true                                         # false: any certificate is taken
//	  timeout = "15s"
//	}
func (r *reader) httpSubject(p *probe.Rule) {
	r.require("url")
	p.Timeout = 15 * time.Second
	p.Request.Method = "GET"
	r.span("timeout", &p.Timeout, leastTimeout, mostWaiting)
	r.choice("method", &p.Request.Method, "GET", "HEAD")
	verify := true
	r.flag("verify", &verify)
	p.Request.Any = !verify
	if a := r.argument("url"); a != nil {
		before := len(r.diags)
		secret := r.secretIn(a, "url", a.expr, holdsSecret)
		p.Held = secret.held
		text := strings.TrimSpace(secret.value.Reveal())
		if secret.held == "" && len(r.diags) == before && !isWebAddress(text) {
			r.invalid(a, "url is no web address", `Write it whole, such as "https://releases.example/latest.json".`)
		}
		p.Request.URL = event.NewSecret(text)
		r.dependsOnSecret("url", text)
	}
	if a := r.argument("headers"); a != nil {
		headers, held := r.secretMap(a, channels.Field{Name: "headers", Example: `headers = { Accept = "application/json" }`})
		for _, name := range slices.Sorted(maps.Keys(headers)) {
			value := headers[name].Reveal()
			if !headerName(name) || strings.ContainsAny(value, "\r\n\x00") {
				r.invalid(a, "invalid header", "Names of headers are letters, digits and dashes; their values have one line.")
			}
			r.dependsOnSecret("header "+name, value)
		}
		p.Request.Headers = headers
		if p.Held == "" {
			p.Held = held
		}
	}
}

// headerName reports whether a name can be one of a header.
func headerName(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}

// dependsOnSecret notes what a source depends on without keeping it.
func (r *reader) dependsOnSecret(name, value string) {
	sum := sha256.Sum256([]byte(value))
	r.asks = append(r.asks, name, hex.EncodeToString(sum[:]))
}

// fileSubject reads the file to look at.
//
//	source "file" "members" {
//	  path    = "/etc/pve/.members"   # or a glob
//	  timeout = "10s"
//	}
func (r *reader) fileSubject(p *probe.Rule) {
	r.require("path")
	p.Timeout = 10 * time.Second
	r.span("timeout", &p.Timeout, leastTimeout, mostWaiting)
	if !r.str("path", &p.Path) {
		return
	}
	if _, err := path.Match(p.Path, ""); err != nil {
		r.invalid(r.argument("path"), "invalid glob", "A [ needs its ], and a \\ something behind it.")
	}
	r.wholePath(p.Path)
}

// wholePath refuses a path that depends on where the daemon was started.
func (r *reader) wholePath(text string) {
	if !path.IsAbs(text) || strings.Contains(text, "\x00") {
		r.invalid(r.argument("path"), "path that is not whole", `Write it from the root on: path = "/etc/hostname".`)
	}
}

// certSubject reads whose certificate to look at.
//
//	source "cert" "panel" {
//	  address = "pve.example:8006"        # or a file:
//	  path    = "/etc/pve/local/pve-ssl.pem"
//	  timeout = "10s"
//	}
func (r *reader) certSubject(p *probe.Rule) {
	p.Timeout = 10 * time.Second
	r.span("timeout", &p.Timeout, leastTimeout, mostWaiting)
	switch address, file := r.argument("address"), r.argument("path"); {
	case address == nil && file == nil:
		r.require("address")
	case address != nil && file != nil:
		r.fail(finding{code: CodeExcludes, at: file.nameRange, in: r.block.in(), summary: "address and path", detail: "Keep one of them: a source looks at one certificate."})
	}
	if r.str("path", &p.Path) {
		r.wholePath(p.Path)
	}
	if !r.str("address", &p.Address) {
		return
	}
	u, err := url.Parse("tls://" + p.Address)
	if err != nil || u.Hostname() == "" || u.Host != p.Address {
		r.invalid(r.argument("address"), "address is no host with a port", `Write it as "pve.example:8006".`)
		return
	}
	if u.Port() == "" {
		p.Address += ":443"
	}
}
