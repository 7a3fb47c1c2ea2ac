package main

import (
	"bufio"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"github.com/spf13/cobra"
)

// starters are the files of a first configuration.
//
//go:embed starter/*.hcl
var starters embed.FS

// answers fill the first configuration.
type answers struct{ DisplayName, Timezone, Listen string }

func (a *app) initCommand() *cobra.Command {
	var given answers
	var yes bool
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a first configuration",
		Long: `Write a first configuration, with comments, into the configuration folder. It asks
three questions; Enter takes the answer in brackets. Files that exist are never
overwritten.`,
		Example: `  tocsin init
  tocsin init --config ./conf --yes --display-name home-lab --timezone Europe/Madrid`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := a.answer(&given, !yes && a.interactive); err != nil {
				return err
			}
			return a.writeStarters(&given)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&given.DisplayName, "display-name", "", "name of this host in messages (default: the host's name)")
	flags.StringVar(&given.Timezone, "timezone", "", "time zone of windows and times (default: the host's)")
	flags.StringVar(&given.Listen, "listen", "127.0.0.1:8008", "address of webhook and API")
	flags.BoolVar(&yes, "yes", false, "ask nothing")
	return cmd
}

// answer completes the answers from the host and, when asked to, from a person.
func (a *app) answer(given *answers, ask bool) error {
	if given.DisplayName == "" {
		given.DisplayName, _ = os.Hostname()
	}
	if given.Timezone == "" {
		given.Timezone = hostZone()
	}
	in := bufio.NewReader(a.in)
	for _, q := range []struct {
		text string
		into *string
	}{{"Name of this host in messages", &given.DisplayName}, {"Time zone", &given.Timezone}, {"Address to listen on", &given.Listen}} {
		if !ask {
			break
		}
		fmt.Fprintf(a.err, "%s [%s]: ", q.text, *q.into)
		line, err := in.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if line = strings.TrimSpace(line); line != "" {
			*q.into = line
		}
	}
	if _, err := time.LoadLocation(given.Timezone); err != nil {
		return fmt.Errorf("%q is no time zone: use a name such as Europe/Madrid", given.Timezone)
	}
	return nil
}

// hostZone is the name of the host's time zone.
func hostZone() string {
	if link, err := os.Readlink("/etc/localtime"); err == nil {
		if _, zone, ok := strings.Cut(link, "zoneinfo/"); ok {
			return zone
		}
	}
	return "UTC"
}

func (a *app) writeStarters(given *answers) error {
	entries, err := fs.ReadDir(starters, "starter")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(a.config, "secrets"), 0o700); err != nil {
		return fmt.Errorf("make the configuration folder: %w", err)
	}
	for _, e := range entries {
		if err := a.writeStarter(e.Name(), given); err != nil {
			return err
		}
	}
	fmt.Fprintf(a.err, "\nnext: add a channel in %s, then\n  tocsin check --config %s\n  tocsin serve --config %s\n", filepath.Join(a.config, "channels.hcl"), a.config, a.config)
	return nil
}

func (a *app) writeStarter(name string, given *answers) error {
	text, err := starters.ReadFile("starter/" + name)
	if err != nil {
		return err
	}
	t, err := template.New(name).Delims("<<", ">>").Parse(string(text))
	if err != nil {
		return err
	}
	path := filepath.Join(a.config, name)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if errors.Is(err, fs.ErrExist) {
		fmt.Fprintf(a.out, "kept   %s (it exists)\n", path)
		return nil
	}
	if err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	if err := errors.Join(t.Execute(f, given), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	fmt.Fprintf(a.out, "wrote  %s\n", path)
	return nil
}
