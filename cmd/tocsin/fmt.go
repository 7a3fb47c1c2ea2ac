package main

import (
	"errors"
	"fmt"
	"io"
	"maps"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"tocsin/channels/all"
	"tocsin/cmd/internal/daemon"
	"tocsin/rules"
	"tocsin/rules/diag"
	"tocsin/rules/folder"
	"tocsin/rules/layout"
	"tocsin/rules/textdiff"
)

func (a *app) fmtCommand() *cobra.Command {
	f := formatter{app: a, broken: map[string][]byte{}}
	cmd := &cobra.Command{
		Use:   "fmt [PATH...]",
		Short: "Put files into the canonical layout",
		Long: `Put configuration files into their canonical layout: what they say stays the same.
A folder stands for the files that are read from it, "-" for standard input. Without
a path it is the configuration folder. Files that change are listed. A file that does
not parse stays as it is, and the exit status is 2.`,
		Example: `  tocsin fmt
  tocsin fmt --check --diff ./conf
  tocsin fmt - < rules.hcl`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{a.config}
			}
			return f.run(args)
		},
	}
	cmd.Flags().BoolVar(&f.check, "check", false, "change nothing; the exit status is 1 when a file differs")
	cmd.Flags().BoolVar(&f.diff, "diff", false, "change nothing; show what differs, literal secrets masked")
	return cmd
}

// formatter lays files out.
type formatter struct {
	*app
	check, diff bool

	differ bool
	diags  hcl.Diagnostics   // of files that do not parse
	broken map[string][]byte // these files
}

func (f *formatter) run(paths []string) error {
	for _, path := range paths {
		if err := f.path(path); err != nil {
			return err
		}
	}
	switch n := len(f.broken); {
	case n > 0:
		p := diag.Printer{Sources: f.broken, Colour: f.colour()}
		if err := p.Print(f.err, f.diags); err != nil {
			return err
		}
		if n == 1 {
			return errors.New("this file does not parse and stays as it is: mend what is shown first")
		}
		return fmt.Errorf("these %d files do not parse and stay as they are: mend what is shown first", n)
	case f.check && f.differ:
		return errNo
	}
	return nil
}

// path lays out what a path stands for.
func (f *formatter) path(path string) error {
	if path == "-" {
		return f.stream()
	}
	files, err := openFiles(path)
	if err != nil {
		return err
	}
	defer files.close()
	laid := map[string][]byte{}
	for _, name := range files.names() {
		if out := f.layout(files.texts[name], files.shown(name)); string(out) != string(files.texts[name]) {
			laid[name] = out
		}
	}
	var before, after map[string][]byte
	if f.diff && len(laid) > 0 {
		changed := maps.Clone(files.texts)
		maps.Copy(changed, laid)
		before, after = daemon.Mask(files.texts), daemon.Mask(changed)
	}
	for _, name := range files.names() {
		out, differs := laid[name]
		if !differs {
			continue
		}
		f.differ = true
		if err := f.tell(files.shown(name), before[name], after[name]); err != nil {
			return err
		}
		if !f.check && !f.diff {
			if err := files.replace(name, out); err != nil {
				return err
			}
		}
	}
	return nil
}

// tell shows that a file differs.
func (f *formatter) tell(name string, before, after []byte) error {
	text := clean(name) + "\n"
	if diff := textdiff.Unified(oneLine(name), oneLine(name), before, after); diff != "" {
		text = diff
	}
	_, err := io.WriteString(f.out, text)
	return err
}

// stream lays standard input out.
func (f *formatter) stream() error {
	const name = "standard input"
	src, err := io.ReadAll(io.LimitReader(f.in, folder.MaxFile+1))
	switch {
	case err != nil:
		return fmt.Errorf("read %s: %w", name, err)
	case len(src) > folder.MaxFile:
		return fmt.Errorf("%s is larger than %d KiB", name, folder.MaxFile>>10)
	}
	out := f.layout(src, name)
	_, bad := f.broken[name]
	switch {
	case bad:
		return nil
	case !f.check && !f.diff:
		_, err = f.out.Write(out)
		return err
	case string(out) == string(src):
		return nil
	}
	f.differ = true
	before, after := daemon.Mask(map[string][]byte{name: src}), daemon.Mask(map[string][]byte{name: out})
	if !f.diff {
		before, after = nil, nil
	}
	return f.tell(name, before[name], after[name])
}

// layout returns a text in its canonical layout. One that does not parse is noted
// and returned as it is.
func (f *formatter) layout(src []byte, name string) []byte {
	diags := rules.Syntax(name, src, all.Kinds(all.Options{Stdout: io.Discard}))
	out := src
	if !diags.HasErrors() {
		out, diags = layout.Format(src, name)
	}
	if diags.HasErrors() {
		f.diags = append(f.diags, diags...)
		f.broken[name] = src
	}
	return out
}
