package builtin

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

// folder stands before the name of a file of the pack, so that no message
// takes it for a file of the operator's.
const folder = "builtin/"

//go:embed *.hcl services/*.hcl
var pack embed.FS

// Files returns the files of the pack by their paths: "builtin/vm_ct.hcl". The
// map and its values are the caller's.
func Files() map[string][]byte {
	files := map[string][]byte{}
	err := fs.WalkDir(pack, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".hcl") {
			return err
		}
		src, err := pack.ReadFile(name)
		files[folder+name] = src
		return err
	})
	if err != nil {
		panic(fmt.Sprintf("builtin: %v", err)) // the embedded files are always there
	}
	return files
}
