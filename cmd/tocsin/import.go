package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"tocsin/cmd/internal/daemon"
	"tocsin/rules"
	"tocsin/rules/folder"
	"tocsin/rules/proxmenux"
)

// maxSettings bounds settings that are given as JSON.
const maxSettings = 4 << 20

// importing are the flags of import.
type importing struct {
	*app
	key         string
	yes, dryRun bool
}

func (a *app) importCommand() *cobra.Command {
	i := &importing{app: a}
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Make a configuration of the settings of ProxMenux Monitor",
		Long: `Make a configuration of the notification settings of ProxMenux Monitor: its
channels, switches, quiet hours, digests and cooldowns. FILE is its database,
/usr/local/share/proxmenux/health_monitor.db, or JSON: what its settings page
sends or gets. It is only read. With - JSON is read from standard input.

Two files are made in the configuration folder, with comments: tocsin.hcl and
channels.hcl. Those that exist are never overwritten. Tokens and passwords go to
the folder secrets; they are decrypted with the key that lies beside the database.
What has no place in tocsin is listed.`,
		Example: `  tocsin import /usr/local/share/proxmenux/health_monitor.db --dry-run
  tocsin import settings.json --config ./conf --yes`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return i.run(cmd.Context(), args[0]) },
	}
	flags := cmd.Flags()
	flags.StringVar(&i.key, "key", "", "the file with the key of encrypted values (default: .notification_key beside the database)")
	flags.BoolVar(&i.yes, "yes", false, "do not ask")
	flags.BoolVar(&i.dryRun, "dry-run", false, "only show the files")
	return cmd
}

func (i *importing) run(ctx context.Context, file string) error {
	settings, err := i.settings(ctx, file)
	if err != nil {
		return err
	}
	catalogue, err := catalogueOfPack()
	if err != nil {
		return err
	}
	made := proxmenux.Convert(settings, filepath.Base(file), catalogue)
	loaded, err := daemon.CompileWith(i.config, made.Files, made.Secrets)
	if err != nil {
		return err
	}
	if err := i.show(made, loaded); err != nil {
		return err
	}
	if i.dryRun {
		return nil
	}
	if err := i.free(made, loaded); err != nil {
		return err
	}
	if err := i.confirm(fmt.Sprintf("Write them to %s?", i.config), i.yes); err != nil {
		return err
	}
	if err := i.write(made); err != nil {
		return err
	}
	if loaded.Config == nil {
		fmt.Fprintf(i.err, "\nmend what is shown above, then: tocsin check --config %s\n", i.config)
		return errNo
	}
	i.useNow(ctx)
	return nil
}

// settings reads the settings, whatever the file is.
func (i *importing) settings(ctx context.Context, file string) (proxmenux.Settings, error) {
	var in io.Reader = i.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("read the settings: %w", err)
		}
		defer f.Close()
		head := make([]byte, len(sqliteHead))
		if _, err := io.ReadFull(f, head); err == nil && string(head) == sqliteHead {
			return i.fromDatabase(ctx, file)
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil, fmt.Errorf("read the settings: %w", err)
		}
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, maxSettings+1))
	if err != nil {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	if len(text) > maxSettings {
		return nil, fmt.Errorf("the settings are longer than %d bytes", maxSettings)
	}
	s, err := proxmenux.Read(bytes.TrimPrefix(text, []byte("\uFEFF")))
	if err != nil {
		return nil, &apiError{Message: fmt.Sprintf("%s: %v", file, err), Do: "give the database health_monitor.db of ProxMenux Monitor, or its settings as JSON"}
	}
	return i.unsealed(s, file)
}

// unsealed decrypts what is encrypted. What cannot be stays, and is asked for later.
func (i *importing) unsealed(s proxmenux.Settings, file string) (proxmenux.Settings, error) {
	if !slices.ContainsFunc(slices.Collect(maps.Values(s)), proxmenux.IsSealed) {
		return s, nil
	}
	path := i.key
	if path == "" {
		path = filepath.Join(filepath.Dir(file), ".notification_key")
	}
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && i.key == "" {
		fmt.Fprintf(i.err, "note: some values are encrypted, and their key %s is not there: name it with --key, or set them as secrets\n", path)
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(s)) {
		value, err := proxmenux.Unseal(s[name], key)
		if err != nil {
			fmt.Fprintf(i.err, "note: %s cannot be read: %v\n", oneLine(name), err)
			continue
		}
		s[name] = value
	}
	return s, nil
}

// catalogueOfPack is what the built-in pack knows of events.
func catalogueOfPack() (proxmenux.Catalogue, error) {
	o, err := daemon.CompileWith("", map[string][]byte{}, nil)
	if err != nil {
		return proxmenux.Catalogue{}, err
	}
	if o.Config == nil {
		return proxmenux.Catalogue{}, errors.New("the built-in pack does not load")
	}
	return catalogueOf(o.Config), nil
}

func catalogueOf(config *rules.Config) proxmenux.Catalogue {
	c := proxmenux.Catalogue{Groups: map[string]bool{}, Types: map[string]proxmenux.Type{}}
	for name, t := range config.Policy.Types {
		c.Types[name] = proxmenux.Type{Group: t.Group, Enabled: t.Enabled}
		c.Groups[t.Group] = true
	}
	return c
}

// show prints the files, and what there is to know about them.
func (i *importing) show(made *proxmenux.Result, loaded *daemon.Offline) error {
	for n, name := range slices.Sorted(maps.Keys(made.Files)) {
		if n > 0 {
			fmt.Fprintln(i.out)
		}
		fmt.Fprintf(i.out, "# %s\n%s", filepath.Join(i.config, name), clean(string(made.Files[name])))
	}
	fmt.Fprintln(i.err)
	for _, note := range made.Notes {
		fmt.Fprintf(i.err, "not carried over: %s\n", oneLine(note))
	}
	for _, name := range slices.Sorted(maps.Keys(made.Secrets)) {
		fmt.Fprintf(i.err, "secret %s goes to the folder secrets\n", name)
	}
	for _, name := range made.Missing {
		fmt.Fprintf(i.err, "secret %s is not told by the settings: tocsin secret set %s\n", name, name)
	}
	if len(loaded.Diags) == 0 {
		return nil
	}
	return loaded.Print(i.err, i.colour())
}

// free reports whether the files may be written: none is there already, and none
// would break a configuration that is in use.
func (i *importing) free(made *proxmenux.Result, loaded *daemon.Offline) error {
	for _, name := range slices.Sorted(maps.Keys(made.Files)) {
		if _, err := os.Lstat(filepath.Join(i.config, name)); err == nil {
			return &apiError{
				Message: fmt.Sprintf("%s exists; nothing was written", filepath.Join(i.config, name)),
				Do:      "name an empty folder with --config, and take over from there what you want; --dry-run shows the files",
			}
		}
	}
	if loaded.Config == nil && loaded.Files > len(made.Files) {
		return &apiError{
			Message: "the folder would not load with these files; nothing was written",
			Do:      "name an empty folder with --config, and take over from there what you want",
		}
	}
	return nil
}

func (i *importing) write(made *proxmenux.Result) error {
	if err := os.MkdirAll(i.config, 0o750); err != nil {
		return fmt.Errorf("make the configuration folder: %w", err)
	}
	secrets, err := folder.OpenSecrets(i.config, true)
	if err != nil {
		return err
	}
	defer secrets.Close()
	for _, name := range slices.Sorted(maps.Keys(made.Secrets)) {
		if err := secrets.Write(name, made.Secrets[name]); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(made.Files)) {
		path := filepath.Join(i.config, name)
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
		if err != nil {
			return fmt.Errorf("write the configuration: %w", err)
		}
		_, err = io.Copy(f, bytes.NewReader(made.Files[name]))
		if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		fmt.Fprintf(i.err, "wrote %s\n", path)
	}
	return nil
}

// sqliteHead begins a file of SQLite.
const sqliteHead = "SQLite format 3\x00"
