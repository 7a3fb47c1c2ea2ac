package salvage

import (
	"encoding/binary"
	"errors"
	"math"
)

// errRecord is a row that is not as SQLite writes one.
var errRecord = errors.New("no record")

// varint reads a number of one to nine bytes; n is 0 when it has no end.
func varint(text []byte) (v uint64, n int) {
	for n < len(text) && n < 8 {
		b := text[n]
		n++
		v = v<<7 | uint64(b&0x7f)
		if b < 0x80 {
			return v, n
		}
	}
	if n == 8 && len(text) > 8 {
		return v<<8 | uint64(text[8]), 9
	}
	return 0, 0
}

// record reads the values of a row: a header with a type for each, and then
// their bytes. It wants all of the text to be used, and nothing beyond.
func record(text []byte) ([]any, error) {
	size, at := varint(text)
	if at == 0 || size < uint64(at) || size > uint64(len(text)) {
		return nil, errRecord
	}
	types, body := text[at:size], text[size:]
	var values []any
	for len(types) > 0 {
		serial, n := varint(types)
		if n == 0 {
			return nil, errRecord
		}
		types = types[n:]
		value, used, ok := valueOf(serial, body)
		if !ok {
			return nil, errRecord
		}
		values, body = append(values, value), body[used:]
	}
	if len(body) > 0 {
		return nil, errRecord
	}
	return values, nil
}

// valueOf reads one value: nil, int64, float64, string or []byte.
func valueOf(serial uint64, body []byte) (value any, used int, ok bool) {
	switch {
	case serial == 0:
		return nil, 0, true
	case serial == 8, serial == 9:
		return int64(serial - 8), 0, true
	case serial <= 7:
		return number(serial, body)
	case serial < 12, (serial-12)/2 > uint64(len(body)):
		return nil, 0, false
	}
	used = int((serial - 12) / 2)
	if serial%2 == 1 {
		return string(body[:used]), used, true
	}
	return append([]byte{}, body[:used]...), used, true
}

func number(serial uint64, body []byte) (value any, used int, ok bool) {
	used = [...]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 7: 8}[serial]
	if len(body) < used {
		return nil, 0, false
	}
	var wide [8]byte
	if body[0] >= 0x80 { // below zero
		wide = [8]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	}
	copy(wide[8-used:], body[:used])
	bits := binary.BigEndian.Uint64(wide[:])
	if serial == 7 {
		return math.Float64frombits(bits), used, true
	}
	return int64(bits), used, true
}
