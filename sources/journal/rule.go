package journal

import "tocsin/sources/pattern"

// Rule is what one source block says: which entries it is for, and the event that
// it makes of them.
type Rule struct {
	pattern.Rule

	Identifiers []string // SYSLOG_IDENTIFIER is one of them; none: any
	Units       []string // _SYSTEMD_UNIT is one of them; NAME@.TYPE stands for all instances; none: any
	Users       []int    // _UID is one of them, or the entry has none; none: any
	Transports  []string // _TRANSPORT is one of them; none: any
	Urgency     int      // PRIORITY is at most that; 7: any
	Fields      []string // of the journal, that When, Host and Data ask for by their own names
}
