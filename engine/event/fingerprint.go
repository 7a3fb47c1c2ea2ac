package event

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"sort"
)

// Fingerprint tells which events are about the same thing. It is a digest, so
// that event data under a stranger's control cannot be made to collide with
// another event and silence it.
type Fingerprint [16]byte

// String returns the fingerprint in hexadecimal.
func (f Fingerprint) String() string { return hex.EncodeToString(f[:]) }

// FingerprintOf returns the fingerprint of e over the named data fields. The
// field "host" stands for the event's host. A field that e lacks counts as
// missing. Without a list (nil) the host and all data count; an empty list
// leaves the type and the cluster alone.
func FingerprintOf(e *Event, fields []string) Fingerprint {
	var room [512]byte // most fingerprints need no more, and so no allocation
	b := part(part(room[:0], e.Type), e.Cluster)
	if fields == nil {
		fields = allFields(e)
	}
	for _, field := range fields {
		v, ok := e.Data[field]
		switch {
		case field == "host":
			b = part(b, e.Host)
		case ok:
			b = part(part(b, field), Text(v))
		default:
			b = part(b, "")
		}
	}
	sum := sha256.Sum256(b)
	return Fingerprint(sum[:16])
}

func allFields(e *Event) []string {
	fields := make([]string, 0, len(e.Data)+1)
	for k := range e.Data {
		fields = append(fields, k)
	}
	sort.Strings(fields)
	return append(fields, "host")
}

// part adds s with its length before it, so that no two lists of parts read
// alike.
func part(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint64(b, uint64(len(s))), s...)
}
