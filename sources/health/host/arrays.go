package host

import (
	"bytes"
	"context"
	"regexp"
	"strings"
)

func readArrays(h *Host, _ context.Context) ([]item, error) {
	text, err := h.text("/proc/mdstat")
	if gone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseArrays(text), nil
}

var (
	arrayState = regexp.MustCompile(`\[([0-9]{1,5})/([0-9]{1,5})\]`) // wanted/working
	arrayTask  = regexp.MustCompile(`\b(recovery|resync|reshape|check|repair) *= *([0-9.]+)%`)
	arrayWaits = regexp.MustCompile(`\b(recovery|resync|reshape|check|repair)=(DELAYED|PENDING|REMOTE)`)
)

// parseArrays reads /proc/mdstat: an array begins with its line "md0 : active raid1
// sdb1[1] sda1[0](F)", and indented lines follow.
func parseArrays(text []byte) []item {
	var items []item
	for raw := range bytes.Lines(text) {
		line := string(raw)
		name, rest, ok := strings.Cut(line, " : ")
		switch {
		case ok && line[0] != ' ' && name != "Personalities":
			if len(items) >= maxItems {
				return items
			}
			items = append(items, parseArray(strings.TrimSpace(name), strings.Fields(rest)))
		case len(items) > 0 && (line[0] == ' ' || line[0] == '\t'):
			progress(items[len(items)-1], line)
		}
	}
	return items
}

func parseArray(name string, words []string) item {
	it := item{"array": name, "active": len(words) > 0 && words[0] == "active", "degraded": false}
	members, faulty := 0.0, 0.0
	for _, word := range words {
		switch {
		case strings.Contains(word, "["):
			if !strings.HasSuffix(word, "(S)") { // a spare
				members++
			}
			if strings.HasSuffix(word, "(F)") {
				faulty++
			}
		case strings.HasPrefix(word, "raid"), word == "linear", word == "multipath":
			it["level"] = word
		}
	}
	it["member_count"], it["failing_count"] = members, faulty
	it["degraded"] = faulty > 0
	return it
}

// progress reads a further line of an array.
func progress(it item, line string) {
	if m := arrayState.FindStringSubmatch(line); m != nil {
		wanted, _ := decimal(m[1])
		working, _ := decimal(m[2])
		it["member_count"] = wanted
		it["failing_count"] = max(wanted-working, 0)
		it["degraded"] = working < wanted
	}
	if m := arrayTask.FindStringSubmatch(line); m != nil {
		it["operation"] = m[1]
		n, ok := decimal(m[2])
		put(it, "progress_percent", n, ok && n <= 100)
	} else if m := arrayWaits.FindStringSubmatch(line); m != nil {
		it["operation"] = m[1]
	}
}
