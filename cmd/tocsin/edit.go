package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/cmd/internal/daemon"
	"tocsin/rules/edit"
	"tocsin/rules/save"
)

// editing are the flags of every command that changes files of the configuration.
type editing struct {
	*app
	yes, dryRun, here, text, skipTests bool
	file, note                         string

	argv bool // the value was given on the command line, where others can see it
}

const pathHelp = `
A PATH names a block, an argument, or a part of its value:

  channel.telegram.phone.chat_id               an argument of a block
  channel.phone.toggles.updates                a channel by its name alone
  rule["nightly backups only by mail"].enabled a name of several words
  event.backup_fail.details["Free space"]      a key of a map
  rule.night.channels[0]                       an element of a list
  locals.site                                  a shared value

Only the bytes of the value change: comments, order and layout stay. The diff and
what it does are shown first; the file is written when you agree and when the whole
loads and its tests pass. tocsin undo takes a change back.`

func (a *app) setCommand() *cobra.Command {
	e := &editing{app: a}
	cmd := &cobra.Command{
		Use:   "set PATH [VALUE]",
		Short: "Give a setting a value, in the file where it stands",
		Long: `Give a setting a value, in the file where it stands. What is built in is changed by
a block of your own that lies over it, in the file that tocsin { edits } names.

VALUE is an expression of HCL (true, 5, ["a", "b"], "text", local.site), or else a text
as it is. Without VALUE, or with -, it is read from standard input or a prompt: so
are secrets, which go to the folder secrets and never into a file.
` + pathHelp,
		Example: `  tocsin set channel.telegram.phone.toggles.backup_complete false
  tocsin set dedup.window 30s --dry-run
  tocsin set channel.phone.bot_token < token.txt`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			word, err := e.value(args)
			if err != nil {
				return err
			}
			return e.run(cmd.Context(), edit.Edit{Op: edit.Set, Path: args[0], Word: word, Text: e.text || word == "", Here: e.here})
		},
	}
	e.flags(cmd)
	e.hereFlag(cmd)
	cmd.Flags().BoolVar(&e.text, "text", false, "VALUE is a text whatever it looks like")
	return cmd
}

func (a *app) unsetCommand() *cobra.Command {
	e := &editing{app: a}
	cmd := &cobra.Command{
		Use:   "unset PATH",
		Short: "Take a setting away, back to what holds without it",
		Long: `Take a setting away, back to what is built in or to the default. What only the
built-in pack says is taken away with null.
` + pathHelp,
		Example: "  tocsin unset channel.phone.toggles.backup_complete\n  tocsin unset event.backup_fail.details.Node --dry-run",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.run(cmd.Context(), edit.Edit{Op: edit.Unset, Path: args[0]})
		},
	}
	e.flags(cmd)
	return cmd
}

func (a *app) addCommand() *cobra.Command {
	e := &editing{app: a}
	cmd := &cobra.Command{
		Use:   "add PATH [VALUE]",
		Short: "Add a block, or an element to a list",
		Long: `Add a block whose arguments are the map VALUE, or the element VALUE to a list. With -
VALUE is read from standard input. A secret in the map goes to the folder secrets.
` + pathHelp,
		Example: `  tocsin add channel.log.file '{ path = "/var/log/tocsin.log", when = "false" }'
  tocsin add rule.night.channels '"mail"'`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			made := edit.Edit{Op: edit.Add, Path: args[0], File: e.file, Here: e.here}
			if len(args) == 2 {
				word, err := e.value(args)
				if err != nil {
					return err
				}
				made.Word = word
			}
			return e.run(cmd.Context(), made)
		},
	}
	e.flags(cmd)
	e.hereFlag(cmd)
	cmd.Flags().StringVar(&e.file, "file", "", "the file that a new block goes into, instead of the one that tocsin { edits } names")
	return cmd
}

func (a *app) removeCommand() *cobra.Command {
	e := &editing{app: a}
	cmd := &cobra.Command{
		Use:   "rm PATH [VALUE]",
		Short: "Remove a block, or an element from a list",
		Long: `Remove a block with the comments directly above it, or the element VALUE from a list.
A built-in block is switched off instead.
` + pathHelp,
		Example: "  tocsin rm rule.night\n  tocsin rm rule.night.channels mail",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			made := edit.Edit{Op: edit.Remove, Path: args[0]}
			if len(args) == 2 {
				made.Word = bareNumber(args[1])
			}
			return e.run(cmd.Context(), made)
		},
	}
	e.flags(cmd)
	return cmd
}

func (e *editing) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	if !strings.HasPrefix(cmd.Use, "undo") {
		cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return e.desk().Complete(begun), cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
		}
	}
	flags.BoolVar(&e.yes, "yes", false, "do not ask")
	flags.BoolVar(&e.dryRun, "dry-run", false, "only show what would change")
	flags.BoolVar(&e.skipTests, "skip-tests", false, "save although a test of the folder fails by it")
	flags.StringVar(&e.note, "note", "", "why, for the record and the commit")
}

func (e *editing) hereFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&e.here, "here", false, "replace a value where it stands although it comes from elsewhere")
}

// value is the value that the arguments give, or standard input.
func (e *editing) value(args []string) (string, error) {
	if len(args) == 2 && args[1] != "-" {
		e.argv = true
		return bareNumber(args[1]), nil
	}
	return e.readHidden("value of " + args[0])
}

// negative is a number that would be taken for flags. Chats of Telegram have such.
var negative = regexp.MustCompile(`^ ?-\d`)

// keepNumbers lets negative numbers be values on a command line that edits.
func keepNumbers(args []string) []string {
	at := slices.IndexFunc(args, func(arg string) bool { return arg == "set" || arg == "add" || arg == "rm" })
	if at < 0 {
		return args
	}
	args = slices.Clone(args)
	for i := at; i < len(args) && args[i] != "--"; i++ {
		if negative.MatchString(args[i]) {
			args[i] = " " + args[i]
		}
	}
	return args
}

// bareNumber undoes what keepNumbers did.
func bareNumber(arg string) string {
	if rest, ok := strings.CutPrefix(arg, " "); ok && negative.MatchString(arg) {
		return rest
	}
	return arg
}

// desk is what plans and saves.
func (e *editing) desk() *save.Desk { return daemon.NewDesk(e.config, e.data, "") }

// run plans an edit, shows it, asks, and saves it.
func (e *editing) run(ctx context.Context, edits ...edit.Edit) error {
	return e.request(ctx, save.Request{Edits: edits, Note: e.note, SkipTests: e.skipTests})
}

func (e *editing) request(ctx context.Context, r save.Request) error {
	desk := e.desk()
	p, err := desk.Plan(ctx, r)
	if err != nil {
		return e.explain(err)
	}
	if e.argv && len(p.Secrets) > 0 {
		return secretOnCommandLine(r.Edits[0].Path)
	}
	for {
		if done, err := e.show(p); done || err != nil {
			return err
		}
		if err := e.confirm("Save?", e.yes); err != nil {
			return err
		}
		c, err := desk.Save(ctx, p, author(), p.Base)
		var stale *save.Stale
		if errors.As(err, &stale) && !e.json {
			fmt.Fprintf(e.err, "\n%s\n\n", "The files changed meanwhile; this is the edit on what is there now:")
			p = stale.Preview
			continue
		}
		if err != nil {
			return e.explain(err)
		}
		return e.saved(ctx, p, c)
	}
}

// secretOnCommandLine refuses what other users and the shell's history have seen.
func secretOnCommandLine(path string) error {
	return &apiError{
		Message: "the value for " + path + " is or holds a secret, and a command line is no place for one: others see it, and the shell remembers it; nothing was changed",
		Do:      "give the value on standard input, or leave it out and type it when asked; better take a fresh secret now",
	}
}

// author is who sits here.
func author() save.Author {
	name := os.Getenv("SUDO_USER")
	if u, err := user.Current(); err == nil && (name == "" || os.Geteuid() != 0) {
		name = u.Username
	}
	return save.Author{Name: cmp.Or(name, "somebody")}
}
