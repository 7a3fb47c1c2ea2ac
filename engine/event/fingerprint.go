package event

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"sort"
)

// Fingerprint tells which events are about the same thing. It is a digest, so
// that event data under a stranger's control cannot be made to collide with
// another event and silence it.
type Fingerprint [16]byte

// String returns the fingerprint in hexadecimal.
func (f Fingerprint) String() string { return hex.EncodeToString(f[:]) }

// ParseFingerprint reads what String wrote.
func ParseFingerprint(text string) (Fingerprint, error) {
	var f Fingerprint
	if n, err := hex.Decode(f[:], []byte(text)); err != nil || n != len(f) {
		return f, fmt.Errorf("fingerprint %q is not %d hexadecimal digits", text, 2*len(f))
	}
	return f, nil
}

// FingerprintOf returns the fingerprint of e over the named data fields. The
// field "host" stands for the event's host. A field that e lacks counts as
// missing. Without a list (nil) the host and all data count; an empty list
// leaves the type and the cluster alone.
func FingerprintOf(e *Event, fields []string) Fingerprint {
	h := sha256.New()
	part(h, e.Type)
	part(h, e.Cluster)
	if fields == nil {
		fields = allFields(e)
	}
	for _, field := range fields {
		v, ok := e.Data[field]
		switch {
		case field == "host":
			part(h, e.Host)
		case ok:
			part(h, field)
			part(h, Text(v))
		default:
			part(h, "")
		}
	}
	var f Fingerprint
	var sum [sha256.Size]byte
	copy(f[:], h.Sum(sum[:0]))
	return f
}

func allFields(e *Event) []string {
	fields := make([]string, 0, len(e.Data)+1)
	for k := range e.Data {
		fields = append(fields, k)
	}
	sort.Strings(fields)
	return append(fields, "host")
}

// part hashes s with its length before it, so that no two lists of parts hash
// alike.
func part(h hash.Hash, s string) {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(s)))
	h.Write(n[:])
	h.Write([]byte(s))
}
