package register

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// checkMount looks whether /etc/pve is there, the cluster's file system, and writable. While
// its daemon is down it is an empty folder; what is written there changes nothing now
// and is in the way later.
func (h *Host) checkMount() error {
	if _, err := os.Stat(h.path("")); errors.Is(err, fs.ErrNotExist) {
		return &Refusal{Why: "there is no Proxmox VE: " + h.path("") + " does not exist", Do: "run it on a node of Proxmox VE, or name a folder with a copy of its files: --root"}
	}
	if !h.Live {
		return nil
	}
	local, err := os.Lstat(h.path("local"))
	switch {
	case err != nil || local.Mode()&fs.ModeSymlink == 0:
		return &Refusal{Why: h.path("") + " is not mounted: the cluster's file system is down", Do: "start it (systemctl start pve-cluster) and look into its journal"}
	case !isWritable(local):
		return &Refusal{Why: "the cluster has no quorum, so " + h.path("") + " is read-only", Do: "bring back enough nodes (pvecm status tells), then run it again"}
	}
	return nil
}

// isWritable reads off the link's own mode whether the file system takes writes, which
// is where Proxmox VE shows it. Other file systems always show it set.
func isWritable(local fs.FileInfo) bool { return local.Mode().Perm()&0o200 != 0 }

// The first version that knows webhooks. An older node refuses the whole file.
const firstMajor, firstMinor = 8, 3

// checkVersions asks every node of the cluster for its version, as all read the same
// file.
func (h *Host) checkVersions(ctx context.Context) error {
	if !h.Live {
		return nil
	}
	nodes, err := h.nodes()
	if err != nil {
		return err
	}
	ask := h.Version
	if ask == nil {
		ask = askVersion
	}
	for _, node := range nodes {
		version, err := ask(ctx, node)
		major, minor, ok := parseVersion(version)
		switch {
		case (err != nil || !ok) && ctx.Err() != nil:
			return ctx.Err()
		case err != nil || !ok:
			if h.AssumeCurrent {
				continue
			}
			why := fmt.Sprintf("the version of node %s cannot be asked", node)
			if err != nil {
				why += ": " + err.Error()
			}
			return &Refusal{
				Why: why, Do: fmt.Sprintf("a node before Proxmox VE %d.%d would notify nobody of anything any more: bring it up, or say --assume-current if you know that it is newer", firstMajor, firstMinor),
			}
		case major < firstMajor || major == firstMajor && minor < firstMinor:
			return &Refusal{
				Why: fmt.Sprintf("node %s has Proxmox VE %s, which knows no webhooks and would refuse the whole file: nobody would be notified of anything, also by mail", node, version),
				Do:  fmt.Sprintf("upgrade it to %d.%d or later first", firstMajor, firstMinor),
			}
		}
	}
	return nil
}

var nodeName = regexp.MustCompile(`^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$`)

// nodes lists the nodes of the cluster, or the one that stands alone.
func (h *Host) nodes() ([]string, error) {
	text, err := os.ReadFile(h.path(".members"))
	if err != nil {
		return nil, h.failed("read the cluster's members", err)
	}
	var members struct {
		Name  string                     `json:"nodename"`
		Nodes map[string]json.RawMessage `json:"nodelist"`
	}
	if err := json.Unmarshal(text, &members); err != nil {
		return nil, fmt.Errorf("read the cluster's members: %w", err)
	}
	names := slices.Sorted(maps.Keys(members.Nodes))
	if len(names) == 0 {
		names = []string{members.Name}
	}
	for _, name := range names {
		if !nodeName.MatchString(name) {
			return nil, fmt.Errorf("read the cluster's members: %q is no name of a node", name)
		}
	}
	return names, nil
}

// askTime bounds how long one node is asked.
const askTime = 20 * time.Second

// askVersion asks a node by Proxmox VE's own client, which also asks other nodes.
func askVersion(ctx context.Context, node string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "pvesh", "get", "/nodes/"+node+"/version", "--output-format", "json")
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			line, _, _ := bytes.Cut(bytes.TrimSpace(exit.Stderr), []byte("\n"))
			return "", fmt.Errorf("pvesh says: %s", bytes.ToValidUTF8(line[:min(len(line), 200)], nil))
		}
		return "", err
	}
	var answer struct {
		Version string `json:"version"`
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		return "", fmt.Errorf("read the answer of pvesh: %w", err)
	}
	return answer.Version, nil
}

var versionNumber = regexp.MustCompile(`^(\d{1,4})\.(\d{1,4})(?:\D|$)`)

func parseVersion(text string) (major, minor int, ok bool) {
	m := versionNumber.FindStringSubmatch(text)
	if m == nil {
		return 0, 0, false
	}
	major, _ = strconv.Atoi(m[1])
	minor, _ = strconv.Atoi(m[2])
	return major, minor, true
}

var httpProxy = regexp.MustCompile(`(?m)^http_proxy:[ \t]*\S`)

// warnings are what keeps posts from arriving although the files are fine. The proxy's
// address may hold a password and is not told.
func (h *Host) warnings() []string {
	text, err := os.ReadFile(h.path("datacenter.cfg"))
	if err == nil && httpProxy.Match(text) {
		return []string{"datacenter.cfg sets http_proxy: Proxmox VE posts through it also what goes to 127.0.0.1, so it does not arrive here. Remove http_proxy there (Datacenter, Options), or give apt its own proxy."}
	}
	return nil
}
