package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"tocsin/rules/folder"

	"tocsin/api"
)

// maxSecret bounds the value of a secret.
const maxSecret = 64 << 10

func (a *app) secretCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "secret",
		Short: "Set, list and remove the secrets that files name as secret(\"NAME\")",
		Long: `Set, list and remove the secrets that files name as secret("NAME"). They stand in
the folder secrets below the configuration folder, readable by their owner
alone. A value is read from standard input or a prompt, never from the command
line. A slash in a name makes groups: telegram/phone.`,
		Example: "  tocsin secret set telegram/phone\n  tocsin secret list",
	}
	cmd.AddCommand(a.secretSetCommand(), a.secretListCommand(), a.secretRemoveCommand())
	return cmd
}

func (a *app) secretSetCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "set NAME",
		Short:   "Set a secret from standard input or a prompt",
		Example: "  tocsin secret set phone_bot_token\n  printf %s \"$TOKEN\" | tocsin secret set phone_bot_token",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkSecretName(args[0]); err != nil {
				return err
			}
			value, err := a.readHidden("value of " + args[0])
			if err != nil {
				return err
			}
			if value == "" {
				return errors.New("the value is empty; nothing was changed")
			}
			secrets, err := folder.OpenSecrets(a.config, true)
			if err != nil {
				return err
			}
			defer secrets.Close()
			if err := secrets.Write(args[0], value); err != nil {
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

// checkSecretName refuses a name that secret("NAME") would refuse.
func checkSecretName(name string) error {
	if !folder.IsSecretName(name) {
		return fmt.Errorf("%q is no name of a secret: use letters, digits, - _ . @ and, for groups, /", name)
	}
	return nil
}

// readHidden reads what must not be shown from standard input or a prompt.
func (a *app) readHidden(what string) (string, error) {
	if f, ok := a.in.(*os.File); ok && a.interactive {
		fmt.Fprintf(a.err, "%s (not shown): ", what)
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

func (a *app) secretListCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the names of the secrets that are set",
		Example: "  tocsin secret list",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			names, err := a.secretNames()
			if err != nil {
				return err
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

// secretNames lists the secrets; there are none where there is no folder.
func (a *app) secretNames() ([]string, error) {
	secrets, err := folder.OpenSecrets(a.config, false)
	if errors.Is(err, os.ErrNotExist) {
		return []string{}, nil
	}
	if err != nil {
		return nil, err
	}
	defer secrets.Close()
	return secrets.Names()
}

func (a *app) secretRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "rm NAME",
		Short:   "Remove a secret",
		Example: "  tocsin secret rm phone_bot_token",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := checkSecretName(args[0]); err != nil {
				return err
			}
			secrets, err := folder.OpenSecrets(a.config, false)
			if errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("there is no secret %s: %s does not exist", args[0], filepath.Join(a.config, "secrets"))
			}
			if err != nil {
				return err
			}
			defer secrets.Close()
			return secrets.Remove(args[0])
		},
	}
}
