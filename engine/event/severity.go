package event

import (
	"fmt"
	"strings"
)

// Severity says how urgent an event is. Severities are ordered: a higher one
// is more urgent.
type Severity uint8

// The severities, from the least to the most urgent.
const (
	Info Severity = iota
	Warning
	Critical
)

// Severities lists every severity, from the least to the most urgent.
func Severities() [3]Severity { return [3]Severity{Info, Warning, Critical} }

// String returns INFO, WARNING or CRITICAL.
func (s Severity) String() string {
	switch s {
	case Info:
		return "INFO"
	case Warning:
		return "WARNING"
	case Critical:
		return "CRITICAL"
	}
	return fmt.Sprintf("Severity(%d)", uint8(s))
}

// ParseSeverity reads a severity in any of the words that programs use for it:
// critical, alert, emergency, fatal, error and err are CRITICAL; warning, warn
// and unknown are WARNING; notice, info, debug and ok are INFO. Case does not
// matter. It reports false for every other word.
func ParseSeverity(word string) (Severity, bool) {
	switch strings.ToLower(strings.TrimSpace(word)) {
	case "critical", "crit", "alert", "emergency", "emerg", "fatal", "error", "err":
		return Critical, true
	case "warning", "warn", "unknown":
		return Warning, true
	case "notice", "info", "informational", "debug", "ok":
		return Info, true
	}
	return Info, false
}

// MarshalText writes the severity as String does.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a severity as ParseSeverity does.
func (s *Severity) UnmarshalText(text []byte) error {
	v, ok := ParseSeverity(string(text))
	if !ok {
		return fmt.Errorf("unknown severity %q: use INFO, WARNING or CRITICAL", text)
	}
	*s = v
	return nil
}
