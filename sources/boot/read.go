package boot

import (
	"slices"
	"strings"
)

// Ending tells by systemd's jobs, one a line as systemctl list-jobs writes them,
// whether the host goes down, and as which event; empty: it does not. So a service that
// is merely restarted is no end of the host.
func Ending(jobs string) string {
	reboots := []string{"reboot.target", "kexec.target", "soft-reboot.target"}
	ends := []string{"poweroff.target", "halt.target"}
	typ := ""
	for line := range strings.Lines(jobs) {
		word := strings.Fields(line) // JOB UNIT TYPE STATE
		if len(word) < 3 || word[2] != "start" {
			continue
		}
		switch {
		case slices.Contains(reboots, word[1]):
			return "system_reboot"
		case slices.Contains(ends, word[1]):
			typ = "system_shutdown"
		}
	}
	return typ
}

// maxUnits bounds the failed units that are told.
const maxUnits = 50

// FailedUnits reads the names of units, of which each begins a line, as systemctl
// --failed writes them. Sessions of users are none of the host's.
func FailedUnits(text string) []string {
	var list []string
	for line := range strings.Lines(text) {
		word := strings.Fields(line)
		if len(word) > 0 && word[0] == "●" {
			word = word[1:]
		}
		if len(word) < 4 || !strings.Contains(word[0], ".") || strings.HasPrefix(word[0], "session-") || strings.HasPrefix(word[0], "user@") {
			continue
		}
		if list = append(list, word[0]); len(list) == maxUnits {
			break
		}
	}
	return list
}

// Storages reads storage.cfg and returns the storages that a node is to have.
func Storages(config, node string) []string {
	var list []string
	name, wanted := "", false
	flush := func() {
		if wanted {
			list = append(list, name)
		}
		wanted = false
	}
	for line := range strings.Lines(config) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		value = strings.TrimSpace(value)
		switch indented := strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t"); {
		case strings.HasPrefix(key, "#") || key == "":
		case !indented:
			flush()
			name, wanted = value, strings.HasSuffix(key, ":") && value != ""
		case key == "disable" && value != "0":
			wanted = false
		case key == "nodes" && !slices.Contains(strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(", ;", r) }), node):
			wanted = false
		}
	}
	flush()
	return list
}

// Missing returns the storages of which Proxmox VE has no figures, as it writes them for
// those alone that it reaches. When it has none of the node at all, nothing is known
// yet.
func Missing(wanted []string, figures, node string) (missing []string, known bool) {
	here := map[string]bool{}
	for line := range strings.Lines(figures) {
		key, _, _ := strings.Cut(line, ":")
		part := strings.Split(key, "/") // pve2-storage/NODE/STORAGE, pve-storage-9.0/NODE/STORAGE
		if len(part) == 3 && strings.HasPrefix(part[0], "pve") && strings.Contains(part[0], "-storage") && part[1] == node {
			here[part[2]] = true
		}
	}
	for _, name := range wanted {
		if !here[name] {
			missing = append(missing, name)
		}
	}
	return missing, len(here) > 0
}
