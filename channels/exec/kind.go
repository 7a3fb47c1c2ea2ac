package exec

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"tocsin/channels"
	"tocsin/channels/program"
	"tocsin/engine/event"
)

// Bounds of the time that a program may take. The longest is what a send may take
// at all.
const (
	usualTime = 15 * time.Second
	leastTime = time.Second
	mostTime  = 60 * time.Second
)

// Kind returns the kind "exec".
func Kind() channels.Kind {
	return channels.Kind{
		Name:     "exec",
		Doc:      "Gives messages to a program of this host, as a JSON document with the whole event on its standard input.",
		HostOnly: func(channels.Values) bool { return true },
		Fields: []channels.Field{
			{
				Name: "command", Type: channels.List, Required: true,
				Doc:     "The program and its arguments, run without a shell: an absolute path, or a name that is found in PATH.",
				Example: `["/usr/local/bin/notify", "--quiet"]`,
			},
			{
				Name: "env", Type: channels.Map, Default: "PATH, LANG and HOME",
				Doc:     "Variables of its environment beside PATH, LANG and HOME; any may be a secret, and none is shown.",
				Example: `{ API_KEY = secret("notify_key") }`,
			},
			{
				Name: "dir", Type: channels.String, Default: "/",
				Doc:     "The folder that it runs in.",
				Example: `"/var/lib/notify"`,
			},
			{
				Name: "timeout", Type: channels.String, Default: "15s",
				Doc:     "How long it may take, up to 60s; then it is killed with its children, and run again later.",
				Example: `"30s"`,
			},
		},
		New: newChannel,
	}
}

func wrong(field, summary, detail string) error {
	return &channels.FieldError{Field: field, Summary: summary, Detail: detail}
}

// variable is what the name of a variable may look like.
var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func newChannel(v channels.Values) (channels.Channel, error) {
	c := &channel{command: v.List("command"), dir: v.String("dir", "/"), timeout: usualTime}
	switch {
	case len(c.command) == 0 || c.command[0] == "":
		return nil, wrong("command", "missing command", `Set it to the program and its arguments, such as ["/usr/local/bin/notify"].`)
	case slices.ContainsFunc(c.command, func(word string) bool { return strings.ContainsRune(word, 0) }):
		return nil, wrong("command", "invalid command", "No argument can hold the character NUL.")
	case len(c.command) == 1 && strings.Contains(c.command[0], " ") && !isFile(c.command[0]):
		return nil, wrong("command", "a command line in one text", `There is no shell to take it apart: write the program and each argument by themselves, ["/usr/local/bin/notify", "--quiet"].`)
	case filepath.Base(c.command[0]) != c.command[0] && !filepath.IsAbs(c.command[0]):
		return nil, wrong("command", "relative path of a program", "Write its absolute path, or its bare name when it is in PATH.")
	case !filepath.IsAbs(c.dir):
		return nil, wrong("dir", "relative working folder", "Write its absolute path.")
	}
	if text := v.String("timeout", ""); text != "" {
		d, ok := event.ParseDuration(text)
		if !ok || d < leastTime || d > mostTime {
			return nil, wrong("timeout", "invalid timeout", `Write a duration from "1s" to "60s".`)
		}
		c.timeout = d
	}
	env := program.Environment()
	for name, value := range v.Map("env") {
		if !variable.MatchString(name) {
			return nil, wrong("env", "invalid name of a variable", "Names are of letters, digits and _, and begin with no digit.")
		}
		if strings.ContainsRune(value.Reveal(), 0) {
			return nil, wrong("env", "invalid value of a variable", "That of "+name+" holds the character NUL.")
		}
		env[name] = value.Reveal()
		c.hidden = append(c.hidden, value.Reveal())
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		c.env = append(c.env, name+"="+env[name])
	}
	return c, nil
}

func isFile(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Missing reports what is not there to run the program, as described by
// channels.Checked.
func (c *channel) Missing(bool) *channels.FieldError {
	if _, err := program.Find(c.command[0]); err != nil {
		return &channels.FieldError{
			Field: "command", Summary: "program that cannot be run",
			Detail: c.command[0] + " " + err.Error() + ". Install it, or correct the path; until then the messages of this channel wait.",
		}
	}
	if info, err := os.Stat(c.dir); err != nil || !info.IsDir() {
		return &channels.FieldError{
			Field: "dir", Summary: "working folder that is not there",
			Detail: c.dir + " is no folder that tocsin can reach. Make it, or correct the path; until then the messages of this channel wait.",
		}
	}
	return nil
}
