package builtin

import (
	"embed"
	"fmt"
)

// folder stands before the name of a file of the pack, so that no message
// takes it for a file of the operator's.
const folder = "builtin/"

//go:embed *.hcl
var pack embed.FS

// Files returns the files of the pack by their paths: "builtin/vm_ct.hcl". The
// map and its values are the caller's.
func Files() map[string][]byte {
	entries, err := pack.ReadDir(".")
	if err != nil {
		panic(fmt.Sprintf("builtin: %v", err)) // the embedded folder is always there
	}
	files := make(map[string][]byte, len(entries))
	for _, entry := range entries {
		src, err := pack.ReadFile(entry.Name())
		if err != nil {
			panic(fmt.Sprintf("builtin: %v", err))
		}
		files[folder+entry.Name()] = src
	}
	return files
}
