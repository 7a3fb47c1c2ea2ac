package store

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// example is how a store's address is written.
const example = "sqlite:///var/lib/tocsin/tocsin.db"

// location returns the absolute path of the file that a store's address means.
// Its errors show no more of the address than the scheme: the address of
// another kind of database may hold a password.
func location(address string) (string, error) {
	scheme, rest, ok := strings.Cut(address, ":")
	if !ok {
		return "", fmt.Errorf("the store's url has no scheme: write it as %s", example)
	}
	if scheme != "sqlite" {
		return "", fmt.Errorf("the store's url begins with %q, but only sqlite and postgres are supported: write it as %s or %s", scheme, example, serverExample)
	}
	if strings.ContainsAny(rest, "?#\x00") {
		return "", fmt.Errorf("the store's url holds parameters or a NUL, but it takes a path only: write it as %s", example)
	}
	// An authority may only be empty: sqlite://data/t.db would read as a file
	// on the host "data", where a relative path was meant.
	if host, found := strings.CutPrefix(rest, "//"); found {
		if !strings.HasPrefix(host, "/") {
			return "", fmt.Errorf("the store's url names a host: an absolute path takes three slashes (%s), a relative one none (sqlite:tocsin.db)", example)
		}
		rest = host
	}
	path, err := url.PathUnescape(rest)
	if err != nil || strings.ContainsRune(path, 0) {
		return "", errors.New("the store's url has a % that begins no escape: write a percent sign as %25")
	}
	if path == "" || strings.HasSuffix(path, "/") {
		return "", fmt.Errorf("the store's url names no file: write it as %s", example)
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find the working folder: %w", err)
	}
	return path, nil
}
