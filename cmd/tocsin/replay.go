package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"tocsin/cmd/internal/daemon"
)

// replay is what recorded input is taken through.
type replay struct {
	journal string // file, or - for standard input
	tasks   string // folder
	posts   []string
	log     string // file, or -
	decide  bool
}

func (a *app) replayCommand() *cobra.Command {
	var r replay
	cmd := &cobra.Command{
		Use:   "replay [FILE...]",
		Short: "Take recorded input through the sources",
		Long: `Take recorded input through the sources of the configuration and print the events
that they make, as lines of JSON, each with its origin: the file and line, and the
source that made it. Nothing is sent and nothing is kept. An input that makes no
event prints nothing.

The input is the journal, or the tasks of Proxmox VE: the folder /var/log/pve/tasks
or a copy of it, of which every start and end is taken in the order of time. Or it is
what Proxmox posts to the webhook, the body of one notification a file, or a text file
as programs write their logs: it goes through the sources over its path, or through all
of those over logs where none is.

With --decide the events are also judged, on the time of their entries and as if
nothing had been told before: each says over which channels it goes at once and what
decided so, and every message that goes out is a line of its own.`,
		Example: `  journalctl -o json --since yesterday | tocsin replay --journal -
  journalctl -o json -u ssh | tocsin replay --journal - --config ./conf
  tocsin replay --journal night.jsonl --decide
  tocsin replay --tasks /var/log/pve/tasks
  tocsin replay --webhook failed.json test.json --decide
  tocsin replay --log /var/log/fail2ban.log.1`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(r.posts) > 0 {
				r.posts = append(r.posts, args...)
			} else if len(args) > 0 {
				return fmt.Errorf("%s: say what it is: --webhook FILE... for what Proxmox posts, --journal FILE, --log FILE or --tasks FOLDER", args[0])
			}
			if r.journal == "" && r.tasks == "" && r.posts == nil && r.log == "" {
				return errors.New("nothing to replay: --journal names a file with the output of journalctl -o json, - stands for standard input; --tasks names the folder of Proxmox VE's tasks; --webhook names files with what Proxmox posts, --log a text file")
			}
			return a.replay(&r)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&r.journal, "journal", "", "entries of the journal, as journalctl -o json prints them; - for standard input")
	flags.StringVar(&r.tasks, "tasks", "", "folder of the tasks of Proxmox VE, such as /var/log/pve/tasks")
	flags.StringArrayVar(&r.posts, "webhook", nil, "body of a notification that Proxmox posts, and those of the FILEs; - for standard input")
	flags.StringVar(&r.log, "log", "", "text file as a program writes it, such as /var/log/fail2ban.log; - for standard input")
	cmd.MarkFlagsMutuallyExclusive("journal", "tasks", "webhook", "log")
	flags.BoolVar(&r.decide, "decide", false, "also say what would be sent")
	return cmd
}

func (a *app) replay(r *replay) error {
	compiled, err := daemon.Compile(a.config, a.data, false)
	if err != nil {
		return err
	}
	config, err := compiled.Usable(a.err, false)
	if err != nil {
		return err
	}
	out := &replayPrinter{out: json.NewEncoder(a.out)}
	out.out.SetEscapeHTML(false)
	if r.decide {
		out.judge = daemon.NewHindsight(config)
	}
	var found daemon.Recording
	switch {
	case r.tasks != "":
		found, err = daemon.ReplayTasks(config, r.tasks, out.event)
	case r.posts != nil:
		found, err = daemon.ReplayPosts(config, r.posts, a.in, out.event)
	case r.log != "":
		found, err = a.replayFile(r.log, "log", func(in io.Reader) (daemon.Recording, error) {
			path, err := filepath.Abs(r.log)
			if err != nil {
				return daemon.Recording{}, err
			}
			return daemon.ReplayLog(config, r.log, path, in, out.event)
		})
	default:
		found, err = a.replayFile(r.journal, "journal", func(in io.Reader) (daemon.Recording, error) {
			return daemon.ReplayJournal(config, r.journal, in, out.event)
		})
	}
	if err == nil {
		err = out.end()
	}
	if err != nil {
		return err
	}
	return a.sumUp(r, &found)
}

// replayFile opens a recorded journal or log, or standard input for -.
func (a *app) replayFile(file, what string, take func(in io.Reader) (daemon.Recording, error)) (daemon.Recording, error) {
	if file == "-" {
		return take(a.in)
	}
	f, err := os.Open(file)
	if err != nil {
		return daemon.Recording{}, fmt.Errorf("open the recorded %s: %w", what, err)
	}
	defer f.Close()
	return take(f)
}

// sumUp says what was not read. Input of which nothing was is a mistake.
func (a *app) sumUp(r *replay, found *daemon.Recording) error {
	switch {
	case found.Entries == 0 && found.Garbage > 0 && r.tasks != "":
		return fmt.Errorf("%s lists no task of Proxmox VE: a copy of /var/log/pve/tasks has its lists in the files index and active", r.tasks)
	case found.Entries == 0 && found.Garbage > 0 && r.posts != nil:
		return fmt.Errorf("nothing that Proxmox would post: %s", clean(found.First))
	case found.Entries == 0 && found.Garbage > 0:
		return fmt.Errorf("%s holds no entry of a journal (%s): write it with journalctl -o json", r.journal, found.First)
	case found.Garbage > 0 && r.posts != nil:
		fmt.Fprintf(a.err, "note: %d files are refused, the first is %s\n", found.Garbage, clean(found.First))
	case found.Garbage > 0 && r.tasks != "":
		fmt.Fprintf(a.err, "note: %d lines are no tasks\n", found.Garbage)
	case found.Garbage > 0:
		fmt.Fprintf(a.err, "note: %d lines are no entries, the first is %s\n", found.Garbage, clean(found.First))
	}
	if found.Huge > 0 {
		fmt.Fprintf(a.err, "note: %d lines are too long and were left out\n", found.Huge)
	}
	for _, fault := range found.Faults {
		fmt.Fprintf(a.err, "note: %s\n", clean(fault))
	}
	return nil
}

// replayPrinter prints what a replay finds.
type replayPrinter struct {
	out   *json.Encoder
	judge *daemon.Hindsight // nil: events are not judged
}

func (p *replayPrinter) event(r *daemon.Replayed) error {
	if p.judge == nil {
		return p.out.Encode(r)
	}
	before, now := p.judge.Judge(r)
	if err := p.messages(before); err != nil {
		return err
	}
	if err := p.out.Encode(r); err != nil {
		return err
	}
	return p.messages(now)
}

// messages prints messages, each as a member of its own object, so that programs
// tell them from events.
func (p *replayPrinter) messages(list []daemon.ToldThen) error {
	for _, m := range list {
		if err := p.out.Encode(map[string]daemon.ToldThen{"message": m}); err != nil {
			return err
		}
	}
	return nil
}

// end prints what the rest of the day brings.
func (p *replayPrinter) end() error {
	if p.judge == nil {
		return nil
	}
	return p.messages(p.judge.End())
}
