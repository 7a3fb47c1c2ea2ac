package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"tocsin/cmd/internal/daemon"
	"tocsin/rules"
	"tocsin/rules/ruletest"
)

func (a *app) testCommand() *cobra.Command {
	var only, format string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "test [DIR]",
		Short: "Run the test blocks of a configuration folder",
		Long: `Run the test blocks of a configuration folder on virtual time, through the judge
and the renderer that run in production. A failure shows what was expected, what
was told, and the decisions that led there. Nothing is sent, no secret is read and
no daemon is needed.`,
		Example: `  tocsin test
  tocsin test ./conf --run 'brute force' --format junit > report.xml`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := a.config
			if len(args) == 1 {
				dir = args[0]
			}
			if a.json {
				format = "json"
			}
			return a.runTests(cmd.Context(), dir, only, format, verbose)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&only, "run", "", "only tests whose name matches this regular expression")
	flags.StringVar(&format, "format", "human", "human, json, junit or github")
	flags.BoolVarP(&verbose, "verbose", "v", false, "list also the tests that pass")
	return cmd
}

func (a *app) runTests(ctx context.Context, dir, only, format string, verbose bool) error {
	if !slices.Contains([]string{"human", "json", "junit", "github"}, format) {
		return fmt.Errorf("unknown format %q: use human, json, junit or github", format)
	}
	pattern, err := regexp.Compile(only)
	if err != nil {
		return fmt.Errorf("--run is no regular expression: %w", err)
	}
	o, err := daemon.Compile(dir, "", false)
	if err != nil {
		return err
	}
	config, err := o.Usable(a.err, a.colour())
	if err != nil {
		return err
	}
	chosen := slices.DeleteFunc(slices.Clone(config.Tests), func(t rules.Test) bool { return !pattern.MatchString(t.Name) })
	if only != "" && len(chosen) == 0 {
		return fmt.Errorf("no test matches %q; there are %d", only, len(config.Tests))
	}
	report := &testReport{dir: dir, verbose: verbose, colour: a.colour()}
	if err := report.run(ctx, config, chosen); err != nil {
		return err
	}
	if err := report.write(a.out, format); err != nil {
		return err
	}
	if report.failed() > 0 {
		return errNo
	}
	return nil
}

// run runs tests one after the other: each takes milliseconds.
func (r *testReport) run(ctx context.Context, c *rules.Config, tests []rules.Test) error {
	began := time.Now()
	r.results = make([]testResult, 0, len(tests))
	for i := range tests {
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted after %d of %d tests", i, len(tests))
		}
		from := time.Now()
		result := ruletest.Run(c, &tests[i])
		r.results = append(r.results, testResult{result, time.Since(from)})
	}
	r.took = time.Since(began)
	return nil
}
