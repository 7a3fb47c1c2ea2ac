package tasks

import (
	"strconv"
	"strings"
	"time"
)

// Bounds of the parts of a UPID.
const (
	maxUPID = 1024
	maxPart = 256
)

// UPID names a task, and tells most of it.
type UPID struct {
	Text  string // as it stands in the files, with the colon at its end
	Node  string
	PID   uint64
	Start time.Time
	Type  string // of the worker: qmstart, vzdump
	ID    string // of what it works on, as people write it; may be empty
	User  string // name@realm, with !token behind it when a token asked
}

// ParseUPID reads UPID:node:pid:pstart:starttime:type:id:user: and nothing else.
// pstart grows a ninth digit after 497 days. Those of a backup server have one more
// number and are none.
func ParseUPID(text string) (UPID, bool) {
	if len(text) > maxUPID || !strings.HasPrefix(text, "UPID:") || !strings.HasSuffix(text, ":") {
		return UPID{}, false
	}
	part := strings.Split(text[:len(text)-1], ":")
	if len(part) != 8 || !isNode(part[1]) || len(part[2]) != 8 || len(part[3]) < 8 || len(part[4]) != 8 {
		return UPID{}, false
	}
	pid, errPID := parseHex(part[2])
	_, errStart := parseHex(part[3])
	start, errTime := parseHex(part[4])
	if errPID || errStart || errTime || !isWord(part[5]) || part[6] != "" && !isWord(part[6]) || !isWord(part[7]) {
		return UPID{}, false
	}
	return UPID{
		Text: text, Node: part[1], PID: pid, Start: time.Unix(int64(start), 0).UTC(), Type: part[5], ID: unescape(part[6]), User: part[7],
	}, true
}

// VMID is the number of the guest that the task works on; empty: it works on none,
// or on several.
func (u *UPID) VMID() string {
	if n, err := strconv.ParseUint(u.ID, 10, 32); err != nil || n < 100 || u.ID[0] == '0' || strings.HasPrefix(u.Type, "ceph") {
		return ""
	}
	return u.ID
}

// Folder is the one that the log is in, below that of all tasks: the last digit of
// the start.
func (u *UPID) Folder() string {
	const digits = "0123456789ABCDEF"
	i := u.Start.Unix() & 15
	return digits[i : i+1]
}

func parseHex(s string) (n uint64, bad bool) {
	n, err := strconv.ParseUint(s, 16, 64)
	return n, err != nil || s[0] == '+' || strings.Contains(s, "_")
}

// isNode reports whether s is the label of a host.
func isNode(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c != '-' && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') {
			return false
		}
	}
	return true
}

// isWord reports whether s may be a type, an id or a user: it is part of a path, so
// what could lead out of the folder is none.
func isWord(s string) bool {
	if s == "" || len(s) > maxPart {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c == '/' || c == 0x7f {
			return false
		}
	}
	return true
}

// unescape undoes \x3a and its like, by which ids hold what a UPID cannot.
func unescape(id string) string {
	if !strings.Contains(id, `\x`) {
		return id
	}
	var b strings.Builder
	for i := 0; i < len(id); i++ {
		if id[i] == '\\' && i+3 < len(id) && id[i+1] == 'x' {
			if c, err := strconv.ParseUint(id[i+2:i+4], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 3
				continue
			}
		}
		b.WriteByte(id[i])
	}
	return b.String()
}
