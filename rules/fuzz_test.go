package rules_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tocsin/rules"
)

// FuzzLoad: whatever stands in a file, loading ends; there is a configuration
// or an error, and no diagnostic shows a secret or is out of place.
func FuzzLoad(f *testing.F) {
	paths, err := filepath.Glob("testdata/*/*.hcl")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range strings.SplitAfter(string(src), "\n}\n") {
			f.Add(part)
		}
	}
	f.Add("channel \"bell\" \"x\" {\n  token = \"hunter2\n}\n")
	in := testInput(f, nil)
	var loader rules.Loader // keeps the pack
	f.Fuzz(func(t *testing.T, src string) {
		in.Files["farm.hcl"] = []byte(src)
		config, diags := loader.Load(in)
		if (config == nil) != diags.HasErrors() {
			t.Errorf("config %v, diagnostics %v", config != nil, diags)
		}
		for _, d := range diags {
			checkDiagnostic(t, d, in)
		}
	})
}
