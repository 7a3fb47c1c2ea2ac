package pve

import (
	"tocsin/engine/event"
)

// Decode reads the body of a notification. The error is a *BadBody.
//
// The host of the event is the one that the notification names, without its
// domain; for fencing that is the node that failed. Its severity is that of
// the notification and counts only upwards from the catalogue's, except where
// the catalogue cannot know: an unknown type is as severe as the sender says.
func Decode(body []byte) (event.Incoming, error) {
	top, err := parseObject(body)
	if err != nil {
		return event.Incoming{}, err
	}
	p, err := readPost(top)
	if err != nil {
		return event.Incoming{}, err
	}
	in := event.Incoming{
		Source:   "webhook",
		Host:     p.host,
		Time:     p.time,
		Severity: p.severity,
		AtLeast:  true,
	}
	if _, known := event.ParseSeverity(p.severity); !known && p.severity != "" {
		in.Severity = unknownSeverity // the word itself stays in the data
	}
	p.classify(&in)
	in.Data = p.facts
	return in, nil
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

// classify sets the type of the event and adds what the text of the
// notification tells about it.
func (p *post) classify(in *event.Incoming) {
	switch p.kind {
	case "":
		in.Type = p.readCustom()
	case "vzdump":
		in.Type = p.readBackup()
	case "replication":
		in.Type = p.readReplication()
	case "fencing":
		in.Type = p.readFencing()
	case "package-updates":
		in.Type = p.readUpdates()
	case "system-mail":
		in.Type = p.readMail()
	case "gc", "prune", "sync", "verify", "verification", "tape-backup":
		in.Type = p.readStoreJob()
	case "tape-load":
		p.readLabels()
		in.Type = p.readCustom()
	case "acme":
		in.Type = p.readCertificate(in)
	case "host_backup_start", "host_backup_complete", "host_backup_fail":
		in.Type = p.kind // a backup of the host itself names its event
	default:
		in.Type = p.readUnknown(in)
	}
}

// readCustom tells a notification in its own words.
func (p *post) readCustom() string {
	p.facts.put("title", p.title)
	return "custom"
}

// readUnknown reads a type that Proxmox may add one day. The catalogue's
// severity is meant for failures of the system, so the sender's counts alone.
func (p *post) readUnknown(in *event.Incoming) string {
	in.AtLeast = false
	if in.Severity == "" {
		in.Severity = unknownSeverity
	}
	p.facts.put("reason", joinReason(p.title, firstLine(p.message)))
	return "system_problem"
}
