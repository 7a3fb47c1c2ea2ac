package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tocsin/rules/diag"
	"tocsin/rules/edit"
	"tocsin/rules/save"
)

// show prints what an edit would do. done is true when there is nothing to save.
func (e *editing) show(p *save.Preview) (done bool, err error) {
	valid := p.Valid()
	end := e.dryRun || p.Nothing || !valid || p.ReadOnly != ""
	if e.json {
		if end || !e.yes {
			err = e.printJSON(editResult(p, nil))
		}
	} else {
		e.tell(p)
	}
	switch {
	case err != nil:
		return true, err
	case !valid, p.ReadOnly != "" && !p.Nothing && !e.dryRun:
		return true, errNo
	}
	return end, nil
}

// tell prints a preview for a person: the patch on standard output, all else
// where it does not get into a file that the patch is sent to.
func (e *editing) tell(p *save.Preview) {
	fmt.Fprint(e.out, clean(p.Diff))
	for _, f := range p.Files {
		if f.Diff == "" {
			fmt.Fprintf(e.err, "%s: only a secret written in it differs\n", oneLine(f.Path))
		}
	}
	if p.Nothing {
		fmt.Fprintln(e.err, "nothing changes: it is like that already")
		return
	}
	if p.Diff != "" && len(p.Effects)+len(p.Secrets) > 0 {
		fmt.Fprintln(e.err)
	}
	for _, line := range p.Effects {
		fmt.Fprintf(e.err, "  %s\n", oneLine(line))
	}
	for _, name := range p.Secrets {
		fmt.Fprintf(e.err, "  secret %s is written into the folder secrets\n", oneLine(name))
	}
	if len(p.Diagnostics) > 0 {
		fmt.Fprintln(e.err)
		printer := diag.Printer{Sources: p.Sources, Files: p.Count(), Colour: e.colour()}
		_ = printer.Print(e.err, p.Diagnostics) // the terminal is gone: nobody reads it
	}
	for _, t := range p.Failing {
		fmt.Fprintf(e.err, "  test %q, %s, would fail: %s\n", t.Name, t.Place, oneLine(t.Why))
	}
	switch {
	case p.Diagnostics.HasErrors():
		fmt.Fprintln(e.err, "nothing was changed, as the configuration would not load")
	case !p.Valid():
		fmt.Fprintln(e.err, "nothing was changed; if the test is what is wrong, mend it, or say --skip-tests")
	case p.ReadOnly != "":
		fmt.Fprintf(e.err, "nothing was changed: %s; the patch above can be applied by hand, with patch -p1\n", clean(p.ReadOnly))
	default:
		fmt.Fprintln(e.err)
	}
}

// saved says what was saved, and makes a daemon that runs here use it.
func (e *editing) saved(ctx context.Context, p *save.Preview, c *save.Change) error {
	if c.Warning != "" {
		fmt.Fprintf(e.err, "warning: %s\n", clean(c.Warning))
	}
	if e.json {
		return e.printJSON(editResult(p, c))
	}
	what := "saved"
	if len(p.Files) > 0 {
		what += fmt.Sprintf(" %s:%d", oneLine(p.File), p.Line)
	}
	if c.Commit != "" {
		what += ", commit " + c.Commit
	}
	if c.ID != "" {
		what += fmt.Sprintf(", as change %s", c.ID)
		if len(c.Files) > 0 {
			what += fmt.Sprintf(" (tocsin undo %s takes it back)", c.ID)
		}
	}
	fmt.Fprintln(e.err, what)
	e.useNow(ctx)
	return nil
}

// editJSON is what --json prints.
type editJSON struct {
	FormatVersion int  `json:"format_version"`
	Saved         bool `json:"saved"`
	*save.Preview
	Report diag.Report `json:"report"`
	Change string      `json:"change,omitempty"` // its number
	Commit string      `json:"commit,omitempty"`
}

func editResult(p *save.Preview, c *save.Change) editJSON {
	out := editJSON{FormatVersion: 1, Preview: p, Report: diag.NewReport(p.Diagnostics, p.Sources)}
	if c != nil {
		out.Saved, out.Change, out.Commit = true, c.ID, c.Commit
	}
	return out
}

// explain prints an answer that is no, and says how to go on.
func (e *editing) explain(err error) error {
	var origin *edit.Origin
	var conflict *save.Conflict
	var readOnly *save.ReadOnly
	switch {
	case errors.As(err, &origin):
		e.offer(origin)
	case errors.As(err, &conflict):
		fmt.Fprintf(e.err, "%s\nnothing was changed; look at it and say again what you want\n", clean(conflict.Error()))
	case errors.As(err, &readOnly):
		fmt.Fprint(e.out, clean(readOnly.Patch))
		fmt.Fprintln(e.err, clean(readOnly.Error()))
	default:
		return err
	}
	return errNo
}

// offer tells where a value comes from, and what can be done.
func (e *editing) offer(o *edit.Origin) {
	if e.json {
		_ = e.printJSON(map[string]any{"format_version": 1, "saved": false, "origin": o}) // the reader is gone
		return
	}
	fmt.Fprintf(e.err, "%s, at %s, is %s\n", clean(o.Path), o.At, clean(o.Is))
	for _, c := range o.Choices {
		fmt.Fprintf(e.err, "  %s", clean(c.Says))
		if c.Edit.Path != "" {
			here := ""
			if c.Here {
				here = "--here "
			}
			fmt.Fprintf(e.err, ":\n    tocsin %s %s%s …", c.Edit.Op, here, shellPath(c.Path))
		}
		fmt.Fprintln(e.err)
	}
	fmt.Fprintln(e.err, "nothing was changed")
}

// shellPath writes a path as one word of a command line.
func shellPath(path string) string {
	if strings.ContainsAny(path, `["' `) {
		return "'" + strings.ReplaceAll(clean(path), "'", `'\''`) + "'"
	}
	return clean(path)
}
