package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/api"
)

// resendFlags are the flags of history that send something.
type resendFlags struct {
	some, all, yes bool
	to             string
}

func (f *resendFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.some, "resend", false, "send the rows with these ids again")
	flags.BoolVar(&f.all, "resend-all", false, "send everything again that the filters choose")
	flags.StringVar(&f.to, "to", "", "with either: channel that they go to in place of their own")
	flags.BoolVar(&f.yes, "yes", false, "with either: do not ask")
}

// wanted reports whether something is to be sent again, and refuses flags that
// contradict each other.
func (f *resendFlags) wanted(args []string, filter map[string]string, limited bool) (bool, error) {
	switch {
	case f.some && f.all:
		return false, errors.New("say --resend with ids, or --resend-all for what the filters choose")
	case f.some && len(args) == 0:
		return false, errors.New("say which: tocsin history shows the ids")
	case f.some && len(filter) > 0:
		return false, errors.New("choose by ids, or with --resend-all by filters")
	case len(args) > 0 && !f.some:
		return false, fmt.Errorf("%q is unexpected: ids belong to --resend", args[0])
	case f.all && limited:
		return false, errors.New("--limit bounds what is shown: choose what is sent again by the other filters")
	case f.to != "" && !f.some && !f.all:
		return false, errors.New("--to belongs to --resend or --resend-all")
	}
	return f.some || f.all, nil
}

// resend shows what would be sent again, asks, and has just that sent.
func (a *app) resend(ctx context.Context, f *resendFlags, args []string, filter map[string]string) error {
	body, err := f.body(args, filter)
	if err != nil {
		return err
	}
	var plan, result api.ResendResult
	if err := a.ask(ctx, "POST", "/history/resend", url.Values{"dry_run": {"1"}}, body, &plan); err != nil {
		return err
	}
	a.showResend(&plan)
	if err := a.confirm("go on?", f.yes); err != nil {
		return err
	}
	chosen := map[string]any{"ids": plan.IDs, "to": f.to}
	if err := a.ask(ctx, "POST", "/history/resend", nil, chosen, &result); err != nil {
		return err
	}
	if a.json {
		err = a.printJSON(map[string]any{"format_version": 1, "queued": result.Queued, "channels": result.Channels})
	} else {
		_, err = fmt.Fprintf(a.out, "%s queued; tocsin outbox and tocsin history show what becomes of %s\n", countOf(result.Queued), verb(result.Queued, "it", "them"))
	}
	if err == nil && result.Queued == 0 {
		return errNo
	}
	return err
}

// body is what is asked for, as the API takes it.
func (f *resendFlags) body(args []string, filter map[string]string) (map[string]any, error) {
	body := map[string]any{"to": f.to}
	for name, text := range filter {
		body[name] = text
	}
	if f.all {
		body["all"] = len(filter) == 0
		return body, nil
	}
	ids := make([]int64, len(args))
	for i, arg := range args {
		n, err := strconv.ParseInt(arg, 10, 64)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%.40q is no id of the history: tocsin history shows them", arg)
		}
		ids[i] = n
	}
	body["ids"] = ids
	return body, nil
}

// showResend says what a resend would do.
func (a *app) showResend(plan *api.ResendResult) {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(plan.Channels)) {
		parts = append(parts, fmt.Sprintf("%s %d", oneLine(name), plan.Channels[name]))
	}
	n := plan.Queued
	fmt.Fprintf(a.err, "%s %s again, marked as sent by hand: %s\n", countOf(n), verb(n, "goes out", "go out"), strings.Join(parts, ", "))
	if plan.Waiting > 0 {
		fmt.Fprintf(a.err, "left out: %d still in the outbox\n", plan.Waiting)
	}
	if plan.Delivered > 0 {
		fmt.Fprintf(a.err, "left out: %d delivered by a later attempt\n", plan.Delivered)
	}
}
