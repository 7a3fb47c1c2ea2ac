package pve

import (
	"regexp"
	"strings"
)

// cronSubject is the subject of a mail from cron: Cron <user@host> command.
var cronSubject = regexp.MustCompile(`^Cron <([^@>]*)@[^>]*> (.*)$`)

// readMail reads a mail to root that Proxmox passed on. Subject and text are
// both whatever some program wrote, and may both be empty.
func (p *Post) readMail() {
	p.facts.put("subject", p.title)
	if m := cronSubject.FindStringSubmatch(p.title); m != nil {
		p.facts.put("user", m[1])
		p.facts.put("command", m[2])
	}
	p.facts.put("program", mailProgram(p.title, p.message))
	p.facts.put("reason", firstOf(oneLine(meaningfulLine(p.message), maxReason), p.title))
}

// mailProgram names the program that wrote a mail, where that can be told.
func mailProgram(subject, text string) string {
	switch {
	case cronSubject.MatchString(subject):
		return "cron"
	case strings.HasPrefix(subject, "SMART error"), strings.Contains(opening(text), "smartd daemon"):
		return "smartd"
	case strings.HasPrefix(subject, "ZFS "), strings.HasPrefix(text, "ZFS has "):
		return "zed"
	case strings.Contains(opening(text), "mail message from mdadm"):
		return "mdadm"
	case strings.Contains(subject, "unattended-upgrades"):
		return "unattended-upgrades"
	}
	return ""
}

// opening is the part of a mail in which programs name themselves.
func opening(text string) string { return text[:min(len(text), 512)] }

// boilerplate is how lines of a mail begin that say nothing about its subject.
var boilerplate = regexp.MustCompile(`(?i)^(this (message|e-?mail|mail) (was|is)|this is an automatically|the following (warning|error)|host name:|dns domain:|running on \S+$|(dear|hello|hi)\b.{0,20},$)`)

// maxPreamble bounds, in lines, how far into a mail its point is looked for.
const maxPreamble = 50

// meaningfulLine returns the first line of a mail that says something: no
// greeting, no heading that only opens what follows.
func meaningfulLine(text string) string {
	n := 0
	for line := range strings.Lines(text) {
		if n++; n > maxPreamble {
			break
		}
		line = strings.TrimSpace(line)
		if line == "" || strings.HasSuffix(line, ":") || boilerplate.MatchString(line) || strings.Trim(line, "-=*#_ ") == "" {
			continue
		}
		return line
	}
	return firstLine(text)
}
