package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/oklog/ulid/v2"
)

// instanceName is the file in the data folder with what this tocsin is called
// among others that forward events to each other. Names of hosts will not do:
// many are called pve, and an event of one must not pass for one of another that
// goes round in a circle.
const instanceName = "instance"

var instancePattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// instanceOf returns the name that stands in a data folder. The first start
// chooses it, by chance.
func instanceOf(data string) (string, error) {
	path := filepath.Join(data, instanceName)
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the name of this instance: %w", err)
	}
	if name := strings.TrimSpace(string(text)); instancePattern.MatchString(name) {
		return name, nil
	}
	name := ulid.Make().String()
	if err := os.WriteFile(path+".new", []byte(name+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("write the name of this instance: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return "", fmt.Errorf("write the name of this instance: %w", err)
	}
	return name, nil
}
