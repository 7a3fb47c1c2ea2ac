package pve

import "tocsin/engine/event"

// Post is a notification as it came, with its parts taken apart: its own fields and
// what stands only in its text.
type Post struct {
	Type     string // fields.type, in lower case; empty for the test button
	Outcome  Outcome
	title    string // one line, trimmed
	message  string // whole, without newlines around it
	severity string // the sender's word, in lower case
	host     string // short name
	fields   map[string]any
	facts    facts // growing while it is read
	in       event.Incoming
}

// Outcome is what a notification says about its subject.
type Outcome string

// The outcomes. Mail and the like have one too, as the severity tells.
const (
	OK      Outcome = "ok"
	Warning Outcome = "warning"
	Failed  Outcome = "failed"
)

// outcomeOf says a severity as an outcome.
func outcomeOf(s event.Severity) Outcome {
	switch s {
	case event.Critical:
		return Failed
	case event.Warning:
		return Warning
	}
	return OK
}

// Read reads the body of a notification. The error is a *BadBody.
func Read(body []byte) (*Post, error) {
	top, err := parseObject(body)
	if err != nil {
		return nil, err
	}
	p, err := readPost(top)
	if err != nil {
		return nil, err
	}
	p.Outcome = outcomeOf(p.outcome())
	p.readText()
	return p, nil
}

// unknownSeverity is the word of Proxmox for mail and the like, of which it
// cannot tell how urgent they are.
const unknownSeverity = "unknown"

// BadBody says why a body is no notification, in words for the one who set up
// the sender.
type BadBody struct {
	Reason string // what is wrong with it
	Do     string // the remedy, one sentence
}

// Error returns the reason and the remedy.
func (e *BadBody) Error() string { return e.Reason + ": " + e.Do }

// readText adds what the text of the notification tells about it, and may correct the
// outcome by it.
func (p *Post) readText() {
	switch p.Type {
	case "vzdump":
		p.readBackup()
	case "replication":
		p.readReplication()
	case "fencing":
		p.readFencing()
	case "package-updates":
		p.readUpdates()
	case "system-mail":
		p.readMail()
	case "gc", "prune", "sync", "verify", "verification", "tape-backup":
		p.readStoreJob()
	case "tape-load":
		p.readLabels()
	case "acme":
		p.readCertificate()
	case "", "host_backup_start", "host_backup_complete", "host_backup_fail":
	default: // a type that Proxmox may add one day
		p.facts.put("reason", joinReason(p.title, firstLine(p.message)))
	}
}

// Types lists the types of notifications that are known.
func Types() []string {
	return []string{
		"vzdump", "replication", "fencing", "package-updates", "system-mail",
		"gc", "prune", "sync", "verify", "verification", "tape-backup", "tape-load", "acme",
		"host_backup_start", "host_backup_complete", "host_backup_fail", NoType,
	}
}

// NoType is how a rule names notifications without a type: those of the test button.
const NoType = "none"
