package host

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// pve is where Proxmox VE keeps what all nodes share.
const pve = "/etc/pve"

// isProxmox reports whether Proxmox VE is installed here.
func (h *Host) isProxmox() bool {
	return h.has(pve+"/storage.cfg") || h.has(pve+"/.version") || h.has("/usr/bin/pvesh")
}

// node returns the name of this node.
func (h *Host) node() string {
	if text, err := h.text(pve + "/.members"); err == nil {
		if m, err := parseMembers(text); err == nil && isFileName(m.Node) {
			return m.Node
		}
	}
	name := h.word("/etc/hostname")
	if name == "" {
		name, _ = os.Hostname()
	}
	name, _, _ = strings.Cut(name, ".")
	if !isFileName(name) {
		return "localhost"
	}
	return name
}

// ownFolder is where the configuration of this node's guests is.
func (h *Host) ownFolder() string { return pve + "/nodes/" + h.node() }

// isFileName reports whether a name from outside is one of a file in its folder.
func isFileName(name string) bool {
	return name != "" && name != "." && len(name) < 200 && filepath.IsLocal(name) && !strings.Contains(name, "/")
}

// members is what /etc/pve/.members tells. A node that is in no cluster has no list.
type members struct {
	Node    string `json:"nodename"`
	Cluster *struct {
		Name    string `json:"name"`
		Quorate number `json:"quorate"`
	} `json:"cluster"`
	Nodes map[string]struct {
		ID      number `json:"id"`
		Online  number `json:"online"`
		Address string `json:"ip"`
	} `json:"nodelist"`
}

func parseMembers(text []byte) (members, error) {
	var m members
	if err := json.Unmarshal(text, &m); err != nil {
		return members{}, fmt.Errorf("%s/.members is no JSON as Proxmox VE writes it: %w", pve, err)
	}
	return m, nil
}

// number is one in JSON that Perl may have written as a text.
type number float64

// UnmarshalJSON reads a number, a text with one, or true and false.
func (n *number) UnmarshalJSON(text []byte) error {
	word := string(bytes.Trim(text, `"`))
	switch word {
	case "true":
		*n = 1
		return nil
	case "false", "null", "":
		*n = 0
		return nil
	}
	f, ok := decimal(word)
	if !ok {
		return fmt.Errorf("%.40q is no number", word)
	}
	*n = number(f)
	return nil
}

// status is what pvestatd of each node broadcast last: values by key, of which the words
// are those of /etc/pve/.rrd. The API tells of guests and storages from the same.
type status map[string][]string

// parseStatus reads /etc/pve/.rrd: a line is key:value:value…
func parseStatus(text []byte) status {
	s := status{}
	for line := range bytes.Lines(text) {
		key, values, ok := strings.Cut(strings.TrimRight(string(line), "\x00\n"), ":")
		if !ok || key == "" || len(s) > 50*maxItems {
			continue
		}
		// Proxmox VE 9 has a version in the name of the kind, and more values behind.
		kind, rest, _ := strings.Cut(key, "/")
		switch {
		case strings.HasPrefix(kind, "pve-vm-"), kind == "pve2.3-vm":
			kind = "vm"
		case strings.HasPrefix(kind, "pve-storage-"), kind == "pve2-storage":
			kind = "storage"
		default:
			continue
		}
		s.add(kind+"/"+rest, strings.Split(values, ":"))
	}
	return s
}

// timeOf is where the time stands among the values of a kind.
func timeOf(key string) int {
	if strings.HasPrefix(key, "storage/") {
		return 0
	}
	return 4
}

// add keeps what was told last: during an upgrade of the cluster there is the same in two
// forms.
func (s status) add(key string, values []string) {
	before, known := s.number(key, timeOf(key))
	at, _ := status{key: values}.number(key, timeOf(key))
	if !known || at >= before {
		s[key] = values
	}
}

// number returns a value of a key; it may be absent, or U for unknown.
func (s status) number(key string, i int) (float64, bool) {
	values := s[key]
	if i >= len(values) {
		return 0, false
	}
	return decimal(values[i])
}

// word returns a text among the values of a key.
func (s status) word(key string, i int) string {
	if values := s[key]; i < len(values) {
		return values[i]
	}
	return ""
}

// maxSilence is how long pvestatd, which tells every ten seconds, may say nothing of what
// it still sees.
const maxSilence = 3 * time.Minute

// fresh reports whether what was told of a key is not long ago.
func (s status) fresh(key string, now time.Time) bool {
	at, ok := s.number(key, timeOf(key))
	return ok && now.Sub(time.Unix(int64(at), 0)) < maxSilence
}

// status reads what pvestatd told last.
func (h *Host) status() (status, error) {
	text, err := h.text(pve + "/.rrd")
	if err != nil {
		return nil, err
	}
	return parseStatus(text), nil
}
