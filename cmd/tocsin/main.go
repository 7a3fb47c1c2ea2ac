// Command tocsin is the notification engine for Proxmox VE and Linux hosts: the
// daemon, and the commands that look at it and talk to it.
//
// One file holds one command. Results go to standard output, everything else to
// standard error. The exit status is 0 for yes or done, 1 when the answer is no
// (errors found, a test failed, not delivered), and 2 when there is no answer
// (wrong usage, unreadable files, no daemon).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones also on hosts that have none

	"github.com/spf13/cobra"
)

// defaultConfig is where the configuration is unless another folder is named.
const defaultConfig = "/etc/tocsin"

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// app is what every command works with.
type app struct {
	in          io.Reader
	out, err    io.Writer
	config      string // folder
	data        string // folder
	addr        string // of a daemon elsewhere
	tokenFile   string
	json        bool
	interactive bool // a person sits at the terminal
}

// errNo is an answer that is no: exit status 1. What there is to say has been
// printed.
var errNo = errors.New("no")

// run carries out a command line and returns the exit status.
func run(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C does not ask any more
	a := &app{in: in, out: out, err: errOut, interactive: isTerminal(in) && isTerminal(out)}
	root := a.root()
	root.SetArgs(keepNumbers(args))
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errNo):
		return 1
	}
	a.printError(err)
	return 2
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "tocsin",
		Short: "The notification engine for Proxmox VE and Linux hosts",
		Long: `tocsin takes events from Proxmox VE, scripts and its own collectors, decides by
HCL files who hears what and when, and delivers to Telegram, Discord, Gotify,
Matrix, e-mail and some 130 other services.`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.config, "config", envOr("TOCSIN_CONFIG", defaultConfig), "configuration folder")
	flags.StringVar(&a.data, "data", envOr("TOCSIN_DATA", "/var/lib/tocsin"), "data folder")
	flags.StringVar(&a.addr, "addr", "", "address of a daemon elsewhere, as http(s)://HOST:PORT")
	flags.StringVar(&a.tokenFile, "token-file", "", "file with the token for --addr")
	flags.BoolVar(&a.json, "json", false, "print JSON")
	root.AddCommand(
		a.serveCommand(),
		a.initCommand(),
		a.importCommand(),
		a.checkCommand(),
		a.fmtCommand(),
		a.testCommand(),
		a.setCommand(),
		a.unsetCommand(),
		a.addCommand(),
		a.removeCommand(),
		a.undoCommand(),
		a.explainCommand(),
		a.decisionsCommand(),
		a.diffCommand(),
		a.replayCommand(),
		a.probeCommand(),
		a.factsCommand(),
		a.sendCommand(),
		a.announceCommand(),
		a.eventsCommand(),
		a.channelsCommand(),
		a.servicesCommand(),
		a.historyCommand(),
		a.outboxCommand(),
		a.statusCommand(),
		a.reloadCommand(),
		a.backupCommand(),
		a.tokenCommand(),
		a.loginCommand(),
		a.accountCommand(),
		a.secretCommand(),
		a.pveCommand(),
		a.versionCommand(),
	)
	return root
}

func envOr(name, fallback string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return fallback
}

// printError says what went wrong, and what to do when that is known.
func (a *app) printError(err error) {
	var known *apiError
	fmt.Fprintf(a.err, "error: %s\n", clean(err.Error()))
	if errors.As(err, &known) && known.Do != "" {
		fmt.Fprintf(a.err, "  help: %s\n", clean(known.Do))
	}
}
