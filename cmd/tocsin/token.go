package main

import (
	"fmt"
	"net/url"
	"time"

	"github.com/spf13/cobra"
)

// shownToken is a token as the daemon shows it.
type shownToken struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Scope    string    `json:"scope"`
	Expires  time.Time `json:"expires"`
	LastUsed time.Time `json:"last_used,omitzero"`
}

func (a *app) tokenCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "token",
		Short:   "Make, list and remove tokens for the API",
		Example: "  tocsin token new backup-script --scope send\n  tocsin token list",
	}
	cmd.AddCommand(a.tokenNewCommand(), a.tokenListCommand(), a.tokenRemoveCommand())
	return cmd
}

func (a *app) tokenNewCommand() *cobra.Command {
	var scope, expires string
	cmd := &cobra.Command{
		Use:   "new NAME",
		Short: "Make a token; its text is printed last, and only once",
		Example: `  tocsin token new backup-script --scope send
  tocsin token new grafana --scope read --expires 90d`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var answer struct {
				shownToken
				Token string `json:"token"`
			}
			body := map[string]string{"name": args[0], "scope": scope, "expires": expires}
			if err := a.ask(cmd.Context(), "POST", "/tokens", nil, body, &answer); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(answer)
			}
			fmt.Fprintf(a.err, "token %s (%s) for %s, good until %s; it is shown only now:\n", answer.ID, answer.Scope, clean(answer.Name), moment(answer.Expires))
			_, err := fmt.Fprintln(a.out, answer.Token)
			return err
		},
	}
	cmd.Flags().StringVar(&scope, "scope", "", "what it allows: read, send or admin")
	cmd.Flags().StringVar(&expires, "expires", "52w", "how long it is good: 12h, 90d, 52w; ten years at most")
	_ = cmd.MarkFlagRequired("scope")
	return cmd
}

func (a *app) tokenListCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the tokens",
		Example: "  tocsin token list\n  tocsin token list --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var answer struct {
				Tokens []shownToken `json:"tokens"`
			}
			if err := a.ask(cmd.Context(), "GET", "/tokens", nil, nil, &answer); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"format_version": 1, "tokens": answer.Tokens})
			}
			rows := [][]string{{"ID", "NAME", "SCOPE", "EXPIRES", "LAST USED"}}
			for _, t := range answer.Tokens {
				rows = append(rows, []string{t.ID, t.Name, t.Scope, moment(t.Expires), moment(t.LastUsed)})
			}
			table(a.out, rows)
			return nil
		},
	}
}

func (a *app) tokenRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "rm ID",
		Short:   "Remove a token; it is refused from then on",
		Example: "  tocsin token rm x1Yz9aBc",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var answer struct{}
			return a.ask(cmd.Context(), "DELETE", "/tokens/"+url.PathEscape(args[0]), nil, nil, &answer)
		},
	}
}
