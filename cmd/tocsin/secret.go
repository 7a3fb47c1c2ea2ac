package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"tocsin/api"
)

// secretName is what a secret may be called: it becomes a file name.
var secretName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)

// maxSecret bounds the value of a secret.
const maxSecret = 64 << 10

func (a *app) secretCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "secret",
		Short: "Set, list and remove the secrets that files name as secret(\"NAME\")",
		Long: `Set, list and remove the secrets that files name as secret("NAME"). They stand in
the folder secrets below the configuration folder, readable by their owner
alone. A value is read from standard input or a prompt, never from the command
line.`,
		Example: "  tocsin secret set phone_bot_token\n  tocsin secret list",
	}
	cmd.AddCommand(a.secretSetCommand(), a.secretListCommand(), a.secretRemoveCommand())
	return cmd
}

func (a *app) secretFolder() string { return filepath.Join(a.config, "secrets") }

func (a *app) secretSetCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "set NAME",
		Short:   "Set a secret from standard input or a prompt",
		Example: "  tocsin secret set phone_bot_token\n  printf %s \"$TOKEN\" | tocsin secret set phone_bot_token",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !secretName.MatchString(args[0]) {
				return fmt.Errorf("%q is no name for a secret: use letters, digits, _ . and -", args[0])
			}
			value, err := a.readSecret(args[0])
			if err != nil {
				return err
			}
			if value == "" {
				return errors.New("the value is empty; nothing was changed")
			}
			if err := writeSecret(a.secretFolder(), args[0], value); err != nil {
				return err
			}
			fmt.Fprintf(a.err, "secret %s is set\n", args[0])
			a.useNow(cmd.Context())
			return nil
		},
	}
}

// useNow makes a daemon that runs here use the secret at once. Without one
// there is nobody to tell.
func (a *app) useNow(ctx context.Context) {
	var result api.ReloadResult
	if err := a.ask(ctx, "POST", "/reload", nil, struct{}{}, &result); err == nil && !result.OK {
		fmt.Fprint(a.err, "the daemon goes on without it, as the configuration has errors:\n", result.Text)
	}
}

func (a *app) readSecret(name string) (string, error) {
	if f, ok := a.in.(*os.File); ok && a.interactive {
		fmt.Fprintf(a.err, "value of %s (not shown): ", name)
		value, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(a.err)
		return string(value), err
	}
	text, err := io.ReadAll(io.LimitReader(bufio.NewReader(a.in), maxSecret+1))
	if err != nil {
		return "", fmt.Errorf("read the value: %w", err)
	}
	if len(text) > maxSecret {
		return "", fmt.Errorf("the value is longer than %d bytes", maxSecret)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// writeSecret replaces the file as a whole, so that a reader sees the old value
// or the new one.
func writeSecret(dir, name, value string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of secrets: %w", err)
	}
	f, err := os.CreateTemp(dir, ".new-")
	if err != nil {
		return fmt.Errorf("write secret: %w", err)
	}
	defer os.Remove(f.Name()) // gone when it was renamed
	_, err = f.WriteString(value)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write secret: %w", err)
	}
	if err := sameOwner(dir, f.Name()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(dir, name)); err != nil {
		return fmt.Errorf("write secret: %w", err)
	}
	return nil
}

func (a *app) secretListCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the names of the secrets that are set",
		Example: "  tocsin secret list",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			entries, err := os.ReadDir(a.secretFolder())
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
			names := []string{}
			for _, e := range entries {
				if secretName.MatchString(e.Name()) {
					names = append(names, e.Name())
				}
			}
			if a.json {
				return a.printJSON(map[string]any{"format_version": 1, "secrets": names})
			}
			for _, name := range names {
				fmt.Fprintln(a.out, name)
			}
			return nil
		},
	}
}

func (a *app) secretRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "rm NAME",
		Short:   "Remove a secret",
		Example: "  tocsin secret rm phone_bot_token",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if !secretName.MatchString(args[0]) {
				return fmt.Errorf("%q is no name of a secret", args[0])
			}
			err := os.Remove(filepath.Join(a.secretFolder(), args[0]))
			if errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("there is no secret %s", args[0])
			}
			return err
		},
	}
}
