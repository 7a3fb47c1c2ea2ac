package daemon

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// lastGoodName is the file in the data folder that holds the last configuration
// that loaded.
const lastGoodName = "last-good.json"

// lastGood is a configuration that loaded: its files as they were, and the
// files that they read.
type lastGood struct {
	Saved time.Time         `json:"saved"`
	Files map[string]string `json:"files"` // by path, slash-separated, below the folder
	Read  map[string]string `json:"read"`  // by the path given to file()
}

func loadLastGood(data string) (*lastGood, error) {
	text, err := os.ReadFile(filepath.Join(data, lastGoodName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the last good configuration: %w", err)
	}
	var l lastGood
	if err := json.Unmarshal(text, &l); err != nil {
		return nil, fmt.Errorf("read the last good configuration: %w", err)
	}
	return &l, nil
}

// sources returns the files as they were.
func (l *lastGood) sources() map[string][]byte {
	files := make(map[string][]byte, len(l.Files))
	for path, text := range l.Files {
		files[path] = []byte(text)
	}
	return files
}

// read returns a file that the configuration read.
func (l *lastGood) read(path string) ([]byte, error) {
	text, ok := l.Read[path]
	if !ok {
		return nil, fmt.Errorf("%s is not in the last good configuration", path)
	}
	return []byte(text), nil
}

// save replaces the copy as a whole. It may hold literal secrets of the files,
// so it is for its owner's eyes only.
func (l *lastGood) save(data string) error {
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(data, ".last-good-")
	if err != nil {
		return fmt.Errorf("keep the last good configuration: %w", err)
	}
	defer os.Remove(f.Name()) // gone when it was renamed
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), filepath.Join(data, lastGoodName))
	}
	if err != nil {
		return fmt.Errorf("keep the last good configuration: %w", err)
	}
	return nil
}
