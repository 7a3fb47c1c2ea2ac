package address

import "log/slog"

// hidden stands in every print for what an address holds beyond its scheme.
const hidden = "***"

// Error says what is wrong with an address and how it is written right. It
// names parts (the password, path segment 2) and never shows what they hold,
// so it can go to a log or a page as it is.
type Error struct {
	Scheme  string // in lower case; empty when there is none
	Problem string // names the part that is wrong
	Remedy  string // says how to write it
}

// Error returns scheme, problem and remedy in one line.
func (e *Error) Error() string {
	text := e.Problem
	if e.Scheme != "" {
		text = e.Scheme + "://" + hidden + ": " + text
	}
	if e.Remedy != "" {
		text += "; " + e.Remedy
	}
	return text
}

// LogValue logs the error as its parts.
func (e *Error) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("scheme", e.Scheme), slog.String("problem", e.Problem), slog.String("remedy", e.Remedy))
}
