package exec

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"tocsin/channels"
	"tocsin/channels/channeltest"
	"tocsin/channels/document"
	"tocsin/engine/event"
)

const testSecret = "k3y-7731/open"

// script is the tests' program. It does what stands in the folder of its
// environment, and leaves there what it was given.
const script = `#!/bin/sh
how=
[ ! -e "$FOLDER/how" ] || how=$(cat "$FOLDER/how")
case $how in
hang) exec sleep 600 ;;
esac
input=$(cat; echo .)
if [ -n "$how" ]; then
	printf %s "${how#* }" >&2
	exit "${how%% *}"
fi
set -- "$FOLDER"/taken-*
n=$#
[ -e "$1" ] || n=0
printf %s "${input%.}" >"$FOLDER/taken-$(printf %03d $n)"
`

func TestChannel(t *testing.T) {
	channeltest.Run(t, channeltest.Suite{
		Kind:    Kind(),
		Open:    func(t *testing.T) *channeltest.Peer { return open(t, nil).Peer },
		Secrets: []string{testSecret},
		Unsplit: true,
		NoWait:  true,
	})
}

// peer is the program at work.
type peer struct {
	*channeltest.Peer
	t   *testing.T
	dir string
}

// open makes a channel to the tests' program.
func open(t *testing.T, values channels.Values) *peer {
	t.Helper()
	p := &peer{t: t, dir: t.TempDir()}
	path := filepath.Join(p.dir, "notify")
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	all := channels.Values{
		"command": []string{path, "--to", "ops"},
		"env":     map[string]event.Secret{"FOLDER": event.NewSecret(p.dir), "KEY": event.NewSecret(testSecret)},
	}
	for name, v := range values {
		all[name] = v
	}
	ch, err := Kind().New(all)
	if err != nil {
		t.Fatal(err)
	}
	p.Peer = &channeltest.Peer{Channel: ch, Received: p.texts, Raw: p.inputs, Answer: p.set}
	return p
}

func (p *peer) set(a channeltest.Answer) {
	p.how(map[channeltest.Answer]string{
		channeltest.Accept: "", channeltest.Unauthorized: "77 who are you", channeltest.Limited: "75 not so fast",
		channeltest.Broken: "70 oops", channeltest.TooLarge: "65 too long", channeltest.Hang: "hang",
	}[a])
}

func (p *peer) how(text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, "how"), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// inputs returns what the program was given.
func (p *peer) inputs() []string {
	files, err := filepath.Glob(filepath.Join(p.dir, "taken-*"))
	if err != nil {
		p.t.Fatal(err)
	}
	var inputs []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			p.t.Fatal(err)
		}
		inputs = append(inputs, string(text))
	}
	return inputs
}

func (p *peer) texts() []string {
	var texts []string
	for _, input := range p.inputs() {
		var d document.Document
		if err := json.Unmarshal([]byte(input), &d); err != nil {
			p.t.Error(err)
		}
		texts = append(texts, d.Text)
	}
	return texts
}
