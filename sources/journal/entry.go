package journal

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"tocsin/engine/event"
	"tocsin/sources/pattern"
)

// Bounds of what is read of an entry.
const (
	maxMessage = 16 << 10 // bytes
	maxField   = 4 << 10
)

// attribute is what an entry is asked for by a name that people use.
type attribute struct {
	name  string // behind "entry."
	field string // of the journal
	typ   event.FieldType
}

// attributes lists them. The rest of an entry is asked for by the names of the
// journal's fields.
func attributes() []attribute {
	return []attribute{
		{"message", "MESSAGE", event.String},
		{"identifier", "SYSLOG_IDENTIFIER", event.String},
		{"unit", "_SYSTEMD_UNIT", event.String},
		{"priority", "PRIORITY", event.Number},
		{"transport", "_TRANSPORT", event.String},
		{"uid", "_UID", event.Number},
		{"pid", "_PID", event.Number},
		{"comm", "_COMM", event.String},
		{"exe", "_EXE", event.String},
		{"host", "_HOSTNAME", event.String},
		{"message_id", "MESSAGE_ID", event.String},
		{"subsystem", "_KERNEL_SUBSYSTEM", event.String},
		{"device", "_KERNEL_DEVICE", event.String},
		{"time", "__REALTIME_TIMESTAMP", event.Instant},
		{"uptime", "__MONOTONIC_TIMESTAMP", event.Span},
		{"repeated", "", event.Number},
	}
}

// Names lists what an entry has by names of its own, with their types:
// identifier, message, uptime and so on.
func Names() map[string]event.FieldType {
	names := map[string]event.FieldType{}
	for _, a := range attributes() {
		names[a.name] = a.typ
	}
	return names
}

// fieldName is how the journal's own fields are named.
var fieldName = regexp.MustCompile(`^_{0,2}[A-Z][A-Z0-9_]{0,63}$`)

// IsField reports whether a word is the name of a field of the journal, such as
// COREDUMP_EXE, which every entry can be asked for as text.
func IsField(word string) bool { return fieldName.MatchString(word) }

// The fields that every entry is looked up by, and their places in a raw entry.
const (
	rawMessage = iota
	rawIdentifier
	rawUnit
	rawComm
	rawPriority
	rawTransport
	rawUID
	rawCursor
	rawTime
	rawUptime
	rawCount
)

// entry is one entry as it came, in parts. It is used again for the next one.
type entry struct {
	raw      [rawCount][]byte
	others   map[string][]byte // what rules ask for besides
	wanted   map[string]bool
	asked    []string // for by rules, by the journal's names
	text     []byte   // the message, when it was asked for
	message  string   // and made fit to be shown
	repeated int
	values   map[string]any
}

// read takes a line apart.
func (e *entry) read(line []byte) error {
	e.raw = [rawCount][]byte{}
	clear(e.others)
	e.text, e.message, e.repeated, e.values = e.text[:0], "", 1, nil
	return scan(line, e.member)
}

func (e *entry) member(key, value []byte) {
	switch string(key) {
	case "MESSAGE":
		e.raw[rawMessage] = value
	case "SYSLOG_IDENTIFIER":
		e.raw[rawIdentifier] = value
	case "_SYSTEMD_UNIT":
		e.raw[rawUnit] = value
	case "_COMM":
		e.raw[rawComm] = value
	case "PRIORITY":
		e.raw[rawPriority] = value
	case "_TRANSPORT":
		e.raw[rawTransport] = value
	case "_UID":
		e.raw[rawUID] = value
	case "__CURSOR":
		e.raw[rawCursor] = value
	case "__REALTIME_TIMESTAMP":
		e.raw[rawTime] = value
	case "__MONOTONIC_TIMESTAMP":
		e.raw[rawUptime] = value
	default:
		if e.wanted[string(key)] {
			e.others[string(key)] = value
		}
	}
}

// simple returns the text of a value that has no escapes, as nearly all have, and
// makes one of any other.
func simple(value []byte) []byte {
	if len(value) > 1 && value[0] == '"' && bytes.IndexByte(value, '\\') < 0 {
		return value[1 : len(value)-1]
	}
	t, _ := text(nil, value, maxField)
	return t
}

// folded finds a message that says that another one came more than once.
var folded = regexp.MustCompile(`(?s)^message repeated (\d{1,9}) times: \[ ?(.*)\]$`)

// body returns the message, for looking up what it holds: without colours, blanks
// at its end, and the wrapping of one that stands for many.
func (e *entry) body() []byte {
	e.text, _ = text(e.text[:0], e.raw[rawMessage], maxMessage)
	e.text = pattern.Bare(e.text)
	if bytes.HasPrefix(e.text, []byte("message repeated ")) {
		if m := folded.FindSubmatch(e.text); m != nil {
			e.repeated, _ = strconv.Atoi(string(m[1]))
			e.text = bytes.TrimRight(m[2], " \t\r\n")
		}
	}
	return e.text
}

// shown returns the message as text that may be shown anywhere.
func (e *entry) shown() string {
	if e.message == "" {
		e.message = event.Clean(string(e.text))
	}
	return e.message
}

// number returns a value that is a whole number.
func number(value []byte) (int64, bool) {
	n, err := strconv.ParseInt(string(simple(value)), 10, 64)
	return n, err == nil
}

// priority returns how urgent the entry is, 0 to 7; an entry that does not say is
// as urgent as most are.
func (e *entry) priority() int {
	if n, ok := number(e.raw[rawPriority]); ok && n >= 0 && n <= 7 {
		return int(n)
	}
	return 6
}

// writtenBy reports whether one of the users wrote the entry. What the kernel and
// systemd write themselves carries no user, and nobody else can leave it out.
func (e *entry) writtenBy(users []int) bool {
	ok := true
	texts(e.raw[rawUID], func(t []byte) {
		uid, err := strconv.Atoi(string(t))
		ok = ok && err == nil && slices.Contains(users, uid)
	})
	return ok
}

// at returns when the entry was written.
func (e *entry) at() time.Time {
	if us, ok := number(e.raw[rawTime]); ok {
		return time.UnixMicro(us).UTC()
	}
	return time.Time{}
}

// value returns what the entry has under a name, or nil.
func (e *entry) value(a attribute) any {
	switch a.name {
	case "message":
		return e.shown()
	case "priority":
		if _, ok := number(e.raw[rawPriority]); !ok {
			return nil
		}
		return float64(e.priority())
	case "time":
		if t := e.at(); !t.IsZero() {
			return t
		}
		return nil
	case "uptime":
		if us, ok := number(e.raw[rawUptime]); ok && us >= 0 && us < 1<<52 {
			return event.Duration(time.Duration(us) * time.Microsecond)
		}
		return nil
	case "repeated":
		return float64(e.repeated)
	}
	v, ok := text(nil, e.field(a.field), maxField)
	if !ok {
		return nil
	}
	out, _ := event.Coerce(event.Clean(string(v)), a.typ)
	return out
}

// field returns the value of a field of the journal.
func (e *entry) field(name string) []byte {
	switch name {
	case "MESSAGE":
		return e.raw[rawMessage]
	case "SYSLOG_IDENTIFIER":
		return e.raw[rawIdentifier]
	case "_SYSTEMD_UNIT":
		return e.raw[rawUnit]
	case "_COMM":
		return e.raw[rawComm]
	case "PRIORITY":
		return e.raw[rawPriority]
	case "_TRANSPORT":
		return e.raw[rawTransport]
	case "_UID":
		return e.raw[rawUID]
	case "__CURSOR":
		return e.raw[rawCursor]
	case "__REALTIME_TIMESTAMP":
		return e.raw[rawTime]
	case "__MONOTONIC_TIMESTAMP":
		return e.raw[rawUptime]
	}
	return e.others[name]
}

// all returns everything that conditions and templates may ask for, by name.
func (e *entry) all() map[string]any {
	if e.values != nil {
		return e.values
	}
	e.values = map[string]any{}
	for _, a := range attributes() {
		if v := e.value(a); v != nil {
			e.values[a.name] = v
		}
	}
	for _, name := range e.asked {
		if v, ok := text(nil, e.field(name), maxField); ok {
			e.values[name] = event.Clean(string(v))
		}
	}
	return e.values
}

// own reports whether tocsin wrote the entry: it quotes what it read, which must
// not be read again.
func (e *entry) own() bool {
	return string(simple(e.raw[rawComm])) == "tocsin" || string(simple(e.raw[rawUnit])) == "tocsin.service"
}

// template returns the name that all instances of a unit share: for
// ssh@3-10.0.0.1.service, ssh@.service.
func template(unit []byte) string {
	at, dot := bytes.IndexByte(unit, '@'), bytes.LastIndexByte(unit, '.')
	if at < 0 || dot < at {
		return ""
	}
	return string(unit[:at+1]) + string(unit[dot:])
}

// Priorities lists the words for how urgent an entry is, from 0 to 7.
func Priorities() []string {
	return strings.Fields("emerg alert crit err warning notice info debug")
}

// Cursor returns the cursor of a line and when it was written, and nothing more.
func Cursor(line []byte) (cursor string, at time.Time, err error) {
	e := new(entry)
	if err := e.read(line); err != nil {
		return "", time.Time{}, fmt.Errorf("read an entry: %w", err)
	}
	return string(simple(e.raw[rawCursor])), e.at(), nil
}
