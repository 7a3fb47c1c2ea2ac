package event

import "log/slog"

// redacted is what every print of a set Secret shows.
const redacted = "[set]"

// Secret is a value that must never be shown. It prints, logs and marshals as
// "[set]", or as nothing when it is empty; only Reveal gives it away. Two
// Secrets of the same value are not equal.
//
// The value stands behind a pointer, because fmt calls no methods on what a
// struct holds in an unexported field: it prints an address there.
type Secret struct{ value *string }

// NewSecret hides value.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{value: &value}
}

// Reveal returns the hidden value, for the one place that uses it.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsSet reports whether there is a value.
func (s Secret) IsSet() bool { return s.value != nil }

// String returns "[set]" or nothing.
func (s Secret) String() string {
	if s.value == nil {
		return ""
	}
	return redacted
}

// GoString hides the value from %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the value from JSON and every other encoding.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue hides the value from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
