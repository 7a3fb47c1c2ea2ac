package host

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"tocsin/sources/health"
)

// FuzzParsers gives every parser what it may be given: whatever a file or a program
// says, what is made of it has the types of its fact, and percentages are such.
func FuzzParsers(f *testing.F) {
	archives, _ := filepath.Glob("testdata/*.txtar")
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			text := file.Data
			if _, said, ok := strings.Cut(string(text), "<<'END'\n"); ok {
				text = []byte(strings.TrimSuffix(said, "END\n"))
			}
			f.Add(text)
		}
	}
	facts := map[string]health.Fact{}
	for _, fact := range health.Facts() {
		facts[fact.Name] = fact
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for name, items := range parseAll(text) {
			for _, it := range items {
				checkTypes(t, facts[name], it)
			}
		}
	})
}

// parseAll returns what parsers make of a text, by the fact it is for.
func parseAll(text []byte) map[string][]item {
	now := time.Unix(946684800, 0)
	all := map[string][]item{"arrays": parseArrays(text), "bans": {parseJail(text)}, "updates": {parseUpgrade(text)}, "btrfs_devices": {parseBtrfs(text)}}
	for name, parse := range map[string]func([]byte) ([]item, error){
		"zfs_pools": parsePools, "thin_pools": parseVolumes, "vm_disks": parseAgent, "replication": parseReplication,
		"units": func(b []byte) ([]item, error) { return parseUnits(b, map[string]bool{"pveproxy.service": true}) },
	} {
		all[name], _ = parse(text)
	}
	one := func(name string, it item, err error) {
		if err == nil {
			all[name] = []item{it}
		}
	}
	it, err := parseSmart(text)
	one("disks", it, err)
	it, err = parsePing(text)
	one("gateways", it, err)
	it, err = parseCertificate(text, now)
	one("certificates", it, err)
	it, err = parseMemory(text, text)
	one("memory", it, err)
	for _, it := range parseNvidia(text) {
		all["gpus"] = append(all["gpus"], it)
	}
	if t, err := parseStat(text); err == nil {
		if it, ok := t.since(ticks{}); ok {
			all["cpu"] = []item{it}
		}
	}
	told := parseStatus(text)
	all["pve_storages"], _ = judgeStorages(parseStorages(text), told, "barn", now)
	own, _ := parseGuests(text, "barn")
	for _, id := range slices.Sorted(maps.Keys(own)) {
		all["guests"] = append(all["guests"], told.guest(guest{id: id, kind: own[id], conf: parseConf(text)}, now))
	}
	_ = devicesOf(parseConf(text).devices, parseMappings(text, "barn"), []string{"0000:01:00.0"})
	_, _ = once(parseMounts(text)), lastUpgrade(text)
	_, _ = parseMembers(text)
	_, _ = parseUptime(text)
	_, _ = containerOf(text), isFirst(text)
	_, _ = parseRoutes4(text), parseRoutes6(text)
	_, _ = parsePressure(text), parseJails(text)
	_ = nameOfPCI(text, "0x10de", "0x2204")
	return all
}
