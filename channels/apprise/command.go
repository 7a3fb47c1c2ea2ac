package apprise

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"tocsin/channels/program"
	"tocsin/engine/event"
)

const (
	commandTime = 60 * time.Second // it waits for the service
	mostListing = 4 << 20          // of what it lists, in bytes
	mostLog     = 64 << 10
)

// command is Apprise's command on this host.
type command struct{ name string }

func (c *command) find() (string, error) {
	name := cmp.Or(c.name, "apprise")
	path, err := program.Find(name)
	if err != nil {
		return "", fmt.Errorf("the command %s of Apprise %w: %s", name, err, Remedy)
	}
	return path, nil
}

// identity is the path of the command and what of its file changes with an
// upgrade.
func (c *command) identity() (string, error) {
	path, err := c.find()
	if err != nil {
		return "", err
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("the command %s of Apprise cannot be looked at: %s", path, Remedy)
	}
	id := fmt.Sprintf("command %s %d %d", path, info.Size(), info.ModTime().UnixNano())
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		id += fmt.Sprintf(" %d %d", stat.Ino, stat.Ctim.Nano())
	}
	return id, nil
}

func (c *command) remedy() string {
	return "See what it lists with apprise --details. Install a newer one, correct the URL, or name an API server that speaks it: apprise { api = \"http://127.0.0.1:8000\" }."
}

// schemas reads what the command lists of itself.
func (c *command) schemas(ctx context.Context) (map[string]bool, error) {
	path, err := c.find()
	if err != nil {
		return nil, err
	}
	home, remove, err := emptyHome()
	if err != nil {
		return nil, err
	}
	defer remove()
	r, err := program.Run(ctx, program.Command{Path: path, Args: []string{"--details"}, Env: environment(home, ""), Within: askTime, Most: mostListing})
	if err != nil {
		return nil, err
	}
	list := listed(r.Stdout)
	if r.Code != 0 || len(list) == 0 {
		return nil, fmt.Errorf("%s --details lists no services (it ended with %d): run it by hand to see why", path, r.Code)
	}
	return list, nil
}

// In the listing a service that can be used begins with a plus. It names its
// schemas behind its name when there are several; else its templates begin with
// the only one.
var (
	severalSchemas = regexp.MustCompile(`Schema\(s\): (.+)`)
	onlySchema     = regexp.MustCompile(`^\s*- ([a-z0-9]+)://`)
)

// listed reads the schemas in what --details prints.
func listed(text []byte) map[string]bool {
	list := map[string]bool{}
	usable := false
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "+ ") || strings.HasPrefix(line, "- ") {
			usable = line[0] == '+'
		}
		if m := severalSchemas.FindStringSubmatch(line); m != nil && usable {
			for word := range strings.SplitSeq(m[1], ",") {
				list[strings.ToLower(strings.TrimSpace(word))] = true
			}
		}
		if m := onlySchema.FindStringSubmatch(line); m != nil && usable {
			list[m[1]] = true
		}
	}
	return list
}

// notify runs the command for one URL. Title and kind are arguments; the URL, which
// is a secret, stands in the environment, and the text goes to standard input.
func (c *command) notify(ctx context.Context, n *note) error {
	path, err := c.find()
	if err != nil {
		return &event.SendError{Class: event.Target, Code: "no_apprise", Why: strings.TrimSuffix(err.Error(), ": "+Remedy), Do: Remedy}
	}
	home, remove, err := emptyHome()
	if err != nil {
		return &event.SendError{Class: event.Temporary, Code: "no_room", Why: err.Error(), Do: "look at the disk and the modes of the folder for temporary files; it is sent again"}
	}
	defer remove()
	r, err := program.Run(ctx, program.Command{
		// A title behind the equals sign is no option, whatever it begins with.
		Path: path, Args: []string{"-v", "--notification-type=" + n.kind, "--input-format=text", "--title=" + n.title},
		Env: environment(home, n.url.Reveal()), Stdin: []byte(n.body), Within: commandTime, Most: mostLog,
	})
	if err != nil {
		return err
	}
	return n.ended(r)
}

// ended judges how the command ended.
func (n *note) ended(r program.Result) error {
	log := slices.Concat(r.Stdout, []byte("\n"), r.Stderr)
	switch {
	case r.Code == 0:
		return nil
	case r.Signal != 0:
		return &event.SendError{
			Class: event.Temporary, Code: "killed", Maybe: true,
			Why: fmt.Sprintf("Apprise's command was ended by the signal %q", r.Signal), Do: "look into the system's log for why; it is sent again",
		}
	case r.Code == 2:
		return &event.SendError{
			Class: event.Target, Code: "usage", Why: "Apprise's command does not know the options that tocsin gives it",
			Do: "install another version of Apprise, or use its API server",
		}
	case r.Code == 126 || r.Code == 127:
		return &event.SendError{Class: event.Target, Code: "no_apprise", Why: "Apprise's command cannot run what it needs", Do: Remedy}
	}
	return n.failure(log)
}

// emptyHome makes a folder in which no configuration and no plugin of a user lies,
// and returns how to remove it.
func emptyHome() (path string, remove func(), err error) {
	path, err = os.MkdirTemp("", "tocsin-apprise-")
	if err != nil {
		return "", nil, fmt.Errorf("make an empty folder for Apprise: %w", pathless(err))
	}
	return path, func() { _ = os.RemoveAll(path) }, nil
}

// pathless is an error of a file without its path, which is made by chance.
func pathless(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// environment is what the command gets. Proxies are ours; its user's files are
// out of reach.
func environment(home, address string) []string {
	env := program.Environment()
	env["HOME"] = home
	env["APPRISE_STORAGE_PATH"] = filepath.Join(home, "storage")
	if address != "" {
		env["APPRISE_URLS"] = address
	}
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"} {
		for _, name := range []string{name, strings.ToLower(name)} {
			if value := os.Getenv(name); value != "" {
				env[name] = value
			}
		}
	}
	list := make([]string, 0, len(env))
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	slices.Sort(list)
	return list
}
