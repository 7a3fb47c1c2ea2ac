package host

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const jailTime = 10 * time.Second

func readBans(h *Host, ctx context.Context) ([]item, error) {
	text, err := h.ask(ctx, jailTime, "fail2ban-client", "status")
	if errors.Is(err, errAbsent) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var items []item
	for _, jail := range parseJails(text) {
		text, err := h.ask(ctx, jailTime, "fail2ban-client", "status", jail)
		if err != nil {
			return nil, err
		}
		it := parseJail(text)
		it["jail"] = jail
		items = append(items, it)
	}
	return items, nil
}

const maxJails = 100

// jailName is what a jail may be called: it becomes an argument.
var jailName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$`)

// parseJails reads the list of jails: "`- Jail list:	sshd, proxmox".
func parseJails(text []byte) []string {
	var jails []string
	for name := range strings.SplitSeq(valueOf(text, "Jail list:"), ",") {
		if name = strings.TrimSpace(name); jailName.MatchString(name) && len(jails) < maxJails {
			jails = append(jails, name)
		}
	}
	return jails
}

// parseJail reads the figures of a jail.
func parseJail(text []byte) item {
	it := item{}
	for field, label := range map[string]string{"banned": "Currently banned:", "banned_total": "Total banned:", "failing": "Currently failed:"} {
		n, err := strconv.ParseUint(valueOf(text, label), 10, 32)
		put(it, field, float64(n), err == nil)
	}
	it["banned_list"] = texts(strings.Fields(valueOf(text, "Banned IP list:")))
	return it
}

// valueOf returns what stands behind a label in the tree that Fail2Ban draws.
func valueOf(text []byte, label string) string {
	for line := range bytes.Lines(text) {
		if before, value, ok := strings.Cut(string(line), label); ok && strings.Trim(before, " |`-\t") == "" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
