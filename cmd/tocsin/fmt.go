package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"tocsin/rules/diag"
	"tocsin/rules/layout"
	"tocsin/rules/textdiff"
)

func (a *app) fmtCommand() *cobra.Command {
	f := formatter{app: a}
	cmd := &cobra.Command{
		Use:   "fmt [PATH...]",
		Short: "Put files into the canonical layout",
		Long: `Put configuration files into their canonical layout: what they say stays the same.
A folder stands for the *.hcl files in it and below, "-" for standard input. Without
a path it is the configuration folder. Files that change are listed.`,
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
	cmd.Flags().BoolVar(&f.diff, "diff", false, "show what differs")
	return cmd
}

// formatter lays files out.
type formatter struct {
	*app
	check, diff bool
	differ      bool
}

func (f *formatter) run(paths []string) error {
	var bad []error
	for _, path := range paths {
		if path == "-" {
			if err := f.stream(); err != nil {
				return err
			}
			continue
		}
		files, err := hclFiles(path)
		if err != nil {
			return err
		}
		for _, file := range files {
			if err := f.file(file); err != nil {
				bad = append(bad, err)
			}
		}
	}
	switch {
	case len(bad) > 0:
		return errors.Join(bad...)
	case f.check && f.differ:
		return errNo
	}
	return nil
}

// hclFiles lists what the loader would read below a path.
func hclFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var files []string
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		hidden := p != path && (strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_"))
		switch {
		case err != nil:
			return err
		case d.IsDir() && (hidden || p == filepath.Join(path, "secrets")):
			return fs.SkipDir
		case !d.IsDir() && !hidden && strings.HasSuffix(p, ".hcl"):
			files = append(files, p)
		}
		return nil
	})
	return files, err
}

// stream lays standard input out.
func (f *formatter) stream() error {
	src, err := io.ReadAll(f.in)
	if err != nil {
		return fmt.Errorf("read standard input: %w", err)
	}
	out, err := f.layout(src, "standard input")
	if err != nil {
		return err
	}
	f.differ = f.differ || string(out) != string(src)
	switch {
	case f.diff:
		_, err = io.WriteString(f.out, textdiff.Unified("standard input", "canonical", src, out))
	case !f.check:
		_, err = f.out.Write(out)
	}
	return err
}

// file lays one file out, in place.
func (f *formatter) file(path string) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	out, err := f.layout(src, path)
	if err != nil || string(out) == string(src) {
		return err
	}
	f.differ = true
	if f.diff {
		fmt.Fprint(f.out, textdiff.Unified(path, path, src, out))
	} else {
		fmt.Fprintln(f.out, path)
	}
	if f.check {
		return nil
	}
	return replaceFile(path, out)
}

func (f *formatter) layout(src []byte, name string) ([]byte, error) {
	out, diags := layout.Format(src, name)
	if !diags.HasErrors() {
		return out, nil
	}
	p := diag.Printer{Sources: map[string][]byte{name: src}, Colour: f.colour()}
	if err := p.Print(f.err, hcl.Diagnostics{diags[0]}); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("%s does not parse and stays as it is", name)
}

// replaceFile writes a file beside the old one and puts it in its place, so that
// nobody ever reads half of it. Mode and, where that is allowed, owner stay.
func replaceFile(path string, text []byte) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	t, err := os.CreateTemp(filepath.Dir(path), ".tocsin-fmt-")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(t.Name()) // gone when it was renamed
	_, err = t.Write(text)
	err = errors.Join(err, t.Chmod(info.Mode().Perm()), keepOwner(t, info), t.Sync(), t.Close())
	if err == nil {
		err = os.Rename(t.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
