package save_test

import (
	"context"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/builtin"
	"tocsin/channels/all"
	"tocsin/rules"
	"tocsin/rules/edit"
	"tocsin/rules/folder"
	"tocsin/rules/save"
)

// place is a configuration folder with a desk.
type place struct {
	*testing.T
	config, data string
	opts         save.Options
	*save.Desk
}

const start = `# The house.
tocsin {
  enabled = true
}

channel "telegram" "phone" {
  bot_token = secret("phone_bot_token") # of the bot
  chat_id   = "-1001"

  toggles {
    updates = false # too many
  }
}

channel "log" "desk" {
}
`

// open makes a folder of files; without any it is the one above.
func open(t *testing.T, files map[string]string) *place {
	t.Helper()
	p := &place{T: t, config: t.TempDir(), data: t.TempDir()}
	if files == nil {
		files = map[string]string{"tocsin.hcl": start, "secrets/phone_bot_token": "123456:hunter2-hunter2-hunter2-hunter2-hun"}
	}
	for name, text := range files {
		p.write(name, text)
	}
	p.opts = save.Options{Config: p.config, Data: p.data, Pack: builtin.Files(), Load: p.load}
	p.Desk = save.New(p.opts)
	return p
}

// loader keeps what all tests have in common, which is the pack.
var loader rules.Loader

func (p *place) load(files map[string][]byte, secrets map[string]string) save.Loaded {
	f, err := folder.Open(p.config, "")
	if err != nil {
		p.Fatal(err)
	}
	defer f.Close()
	in := rules.Input{
		Pack: builtin.Files(), Files: maps.Clone(files), Kinds: all.Kinds(all.Options{Stdout: io.Discard}), Host: "pve1", Zone: time.UTC, ReadFile: f.ReadFile,
		Secret: func(name string) (string, error) {
			if v, ok := secrets[name]; ok {
				return v, nil
			}
			return f.Secret(name)
		},
	}
	c, diags := loader.Load(in)
	return save.Loaded{Config: c, Diags: diags, Sources: in.Sources()}
}

func (p *place) write(name, text string) {
	p.Helper()
	full := filepath.Join(p.config, name)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
}

func (p *place) text(name string) string {
	p.Helper()
	text, err := os.ReadFile(filepath.Join(p.config, name))
	if err != nil {
		return ""
	}
	return string(text)
}

func (p *place) plan(edits ...edit.Edit) *save.Preview {
	p.Helper()
	preview, err := p.Plan(context.Background(), save.Request{Edits: edits})
	if err != nil {
		p.Fatal(err)
	}
	return preview
}

var anna = save.Author{Name: "Anna"}

func (p *place) save(preview *save.Preview) *save.Change {
	p.Helper()
	c, err := p.Save(context.Background(), preview, anna, preview.Base)
	if err != nil {
		p.Fatal(err)
	}
	if c.Warning != "" {
		p.Fatal(c.Warning)
	}
	return c
}

func (p *place) undo(id string) *save.Preview {
	p.Helper()
	preview, err := p.Plan(context.Background(), save.Request{Undo: id})
	if err != nil {
		p.Fatal(err)
	}
	return preview
}

func set(path, value string) edit.Edit { return edit.Edit{Op: edit.Set, Path: path, Word: value} }

// everything is the text of every file below a folder, but secrets/.
func everything(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && d.IsDir() && d.Name() == "secrets" {
				return fs.SkipDir
			}
			return err
		}
		text, err := os.ReadFile(path)
		b.WriteString(path + "\n")
		b.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
