package store

import (
	"database/sql"

	"tocsin/engine"
	"tocsin/engine/event"
)

const stampColumns = "fingerprint,event_type,severity,last_sent_ts,cooldown_until,count"

// stampRow is one row of the log of stamps.
type stampRow struct {
	Fingerprint sql.RawBytes
	Type        string
	Severity    sql.RawBytes
	At, Until   int64
	Count       int
}

// fields are where stampColumns are read into: there may be many rows, so each
// is read without reflection.
func (r *stampRow) fields() []any {
	return []any{&r.Fingerprint, &r.Type, &r.Severity, &r.At, &r.Until, &r.Count}
}

func (r *stampRow) fingerprint() (f event.Fingerprint) {
	copy(f[:], r.Fingerprint)
	return f
}

func (r *stampRow) stamp() engine.Stamp {
	return engine.Stamp{
		Fingerprint: r.fingerprint(),
		Type:        r.Type,
		Severity:    severity(string(r.Severity)),
		At:          instant(r.At),
		Until:       instant(r.Until),
		Count:       r.Count,
	}
}

func bindStamp(args []any, s *engine.Stamp) []any {
	return append(args, s.Fingerprint[:], s.Type, s.Severity.String(), millis(s.At), millis(s.Until), s.Count)
}

// bindCleared writes the row that says a fingerprint is free.
func bindCleared(args []any, f *event.Fingerprint) []any {
	return append(args, f[:], "", "", int64(0), int64(0), 0)
}

// severity reads what Severity.String wrote. Every other text reads as INFO.
func severity(text string) event.Severity {
	s, _ := event.ParseSeverity(text)
	return s
}
