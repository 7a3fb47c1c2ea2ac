package main

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/spf13/cobra"
)

// shownAccount is an account as the daemon shows it.
type shownAccount struct {
	Name        string    `json:"name"`
	Scope       string    `json:"scope"`
	HasPassword bool      `json:"has_password"`
	Created     time.Time `json:"created"`
	LastUsed    time.Time `json:"last_used,omitzero"`
}

func (a *app) loginCommand() *cobra.Command {
	var name, scope string
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Make a link that signs a browser in, once",
		Long: `Make a link that signs a browser in. It is good for 15 minutes and once, and is
printed last. An account that is not there yet is made; whoever signs in by a
link may set a password there, also in place of a forgotten one.`,
		Example: "  tocsin login\n  tocsin login --name ada --scope read",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var answer struct {
				Name    string    `json:"name"`
				Scope   string    `json:"scope"`
				Link    string    `json:"link"`
				Expires time.Time `json:"expires"`
			}
			if err := a.ask(cmd.Context(), "POST", "/auth/links", nil, map[string]string{"name": name, "scope": scope}, &answer); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(answer)
			}
			fmt.Fprintf(a.err, "sign in as %s (%s) by this link, once, until %s:\n", clean(answer.Name), clean(answer.Scope), moment(answer.Expires))
			_, err := fmt.Fprintln(a.out, clean(answer.Link))
			return err
		},
	}
	cmd.Flags().StringVar(&name, "name", "admin", "the account")
	cmd.Flags().StringVar(&scope, "scope", "", "what a new account may do: read, send or admin (default admin)")
	return cmd
}

func (a *app) accountCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "account",
		Short:   "List and remove the accounts of people, and set their passwords",
		Example: "  tocsin account list\n  tocsin account password ada",
	}
	cmd.AddCommand(a.accountListCommand(), a.accountPasswordCommand(), a.accountRemoveCommand())
	return cmd
}

func (a *app) accountListCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the accounts",
		Example: "  tocsin account list\n  tocsin account list --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var answer struct {
				Accounts []shownAccount `json:"accounts"`
			}
			if err := a.ask(cmd.Context(), "GET", "/accounts", nil, nil, &answer); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"format_version": 1, "accounts": answer.Accounts})
			}
			rows := [][]string{{"NAME", "SCOPE", "PASSWORD", "LAST SIGN-IN"}}
			for _, n := range answer.Accounts {
				rows = append(rows, []string{n.Name, n.Scope, map[bool]string{true: "set", false: "links only"}[n.HasPassword], moment(n.LastUsed)})
			}
			table(a.out, rows)
			return nil
		},
	}
}

func (a *app) accountPasswordCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "password NAME",
		Short: "Set the password of an account from standard input or a prompt",
		Long: `Set the password of an account from standard input or a prompt. Its sessions and
links end.`,
		Example: "  tocsin account password ada",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			password, err := a.readHidden("password of " + args[0])
			if err != nil {
				return err
			}
			if a.interactive {
				again, err := a.readHidden("once more")
				if err != nil {
					return err
				}
				if again != password {
					return errors.New("the two differ; nothing was changed")
				}
			}
			var answer struct{}
			if err := a.ask(cmd.Context(), "POST", "/auth/password", nil, map[string]string{"name": args[0], "password": password}, &answer); err != nil {
				return err
			}
			fmt.Fprintf(a.err, "the password of %s is set; its sessions have ended\n", clean(args[0]))
			return nil
		},
	}
}

func (a *app) accountRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "rm NAME",
		Short:   "Remove an account; its sessions end at once",
		Example: "  tocsin account rm ada",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var answer struct{}
			return a.ask(cmd.Context(), "DELETE", "/accounts/"+url.PathEscape(args[0]), nil, nil, &answer)
		},
	}
}
