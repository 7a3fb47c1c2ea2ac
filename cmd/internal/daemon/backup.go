package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"tocsin/engine/store"
	"tocsin/rules"
)

// Backup copies the store of a data folder to a file, beside a daemon or without
// one. config says where the store is; nil: in the folder.
func Backup(ctx context.Context, config *rules.Config, data, file string) (*store.Backup, error) {
	r, err := openArchive(ctx, config, data)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no database to back up (%w): name the data folder of the daemon with --data", err)
	}
	if err != nil {
		return nil, err
	}
	b, err := r.Backup(ctx, file)
	if err != nil {
		_ = r.Close() // nothing was written in it
		return nil, err
	}
	return b, r.Close()
}
