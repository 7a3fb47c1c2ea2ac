package channeltest

import (
	"slices"
	"strings"

	"tocsin/engine/event"
)

// arrives checks that an ordinary message arrives with everything it says.
func (x *exam) arrives() {
	x.inBothDresses(func(dress string, rich bool, p *Peer) {
		m := message("ordinary", rich)
		parts := x.deliver(dress, p, m)
		x.shows(dress, parts, m.Title, m.Body, "Storage", "tank-2", "Took", "4m 12s", m.Host)
		if len(parts) > 1 {
			x.faultf("%s: a short message came in %d parts", dress, len(parts))
		}
		if raw := p.Raw(); len(raw) == 0 {
			x.faultf("%s: Raw recorded no request", dress)
		}
	})
}

// arrivesEmpty checks messages of which little is there: no body, no details,
// not even a host.
func (x *exam) arrivesEmpty() {
	x.inBothDresses(func(dress string, rich bool, p *Peer) {
		m := message("empty", rich)
		m.Body, m.Details = "", nil
		x.shows(dress, x.deliver(dress, p, m), m.Title, m.Host)
		m = message("bare", rich)
		m.Body, m.Details, m.Icon, m.Host = "", nil, "", ""
		x.shows(dress, x.deliver(dress, p, m), m.Title)
	})
}

// arrivesForeign checks text that is not ASCII: scripts from right to left,
// joined emoji, combining marks.
func (x *exam) arrivesForeign() {
	x.inBothDresses(func(dress string, rich bool, p *Peer) {
		m := message("foreign", rich)
		m.Title = "דיסק מלא — القرص ممتلئ"
		m.Body = "👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301 日本語 ß Ελλάδα 𝔘𝔫𝔦"
		m.Details = []event.Detail{{Label: "מארח", Value: "شبكة"}}
		m.Host = "сервер-1"
		x.shows(dress, x.deliver(dress, p, m), m.Title, m.Body, "מארח", "شبكة", m.Host)
	})
}

// marksRepeat checks that people are told of a message that may be a repeat.
func (x *exam) marksRepeat() {
	x.inBothDresses(func(dress string, rich bool, p *Peer) {
		m := message("repeat", rich)
		m.Repeat = true
		x.shows(dress, x.deliver(dress, p, m), event.RepeatNote)
	})
}

// venom is text that is markup or a mention somewhere. It must be seen as it is.
const venom = `<b>x</b> & *bold* _it_ ~~s~~ ||sp|| ` + "`code` ```block```" +
	` @everyone @here <@1> <@&2> <#3> [x](http://e.example) ![i](http://e.example/i.png) &lt;i&gt; <script>alert(1)</script> {{ .X }} ${x} %s %{x} \* end`

// defuses checks that every field is shown as it is, whatever it says.
func (x *exam) defuses() {
	x.inBothDresses(func(dress string, rich bool, p *Peer) {
		m := message("venom", rich)
		m.Title = "T " + venom
		m.Body = "B " + venom + "\n# head\n> quote\n- item\n1. one\n=== rule"
		m.Details = []event.Detail{{Label: "L " + venom, Value: "V " + venom}}
		m.Host = "H " + venom
		parts := x.deliver(dress, p, m)
		x.shows(dress, parts, m.Title, m.Body, m.Details[0].Label, m.Details[0].Value, m.Host)
	})
}

// keepsHeaders checks that a line break in a field begins no header of a mail
// or a request.
func (x *exam) keepsHeaders() {
	const forged = "X-Forged: yes"
	x.inBothDresses(func(dress string, rich bool, p *Peer) {
		m := message("headers", rich)
		lines := "\r\n" + forged + "\r\n\r\nforged"
		m.Type += lines
		m.Title += lines
		m.Host += lines
		m.Details = []event.Detail{{Label: "Label" + lines, Value: "Value" + lines}}
		x.shows(dress, x.deliver(dress, p, m), "Backup of guest 231 failed", "pve-lab-7")
		for _, raw := range p.Raw() {
			head, _, _ := strings.Cut(strings.ReplaceAll(raw, "\r\n", "\n"), "\n\n")
			if slices.Contains(strings.FieldsFunc(head, func(r rune) bool { return r == '\n' || r == '\r' }), forged) {
				x.faultf("%s: a field of the message began a header line", dress)
			}
		}
	})
}
