package daemon

import (
	"strings"
	"testing"
)

func TestClusterName(t *testing.T) {
	for text, want := range map[string]string{
		"totem {\n  version: 2\n  cluster_name: east side\n  transport: knet\n}\n": "east side",
		"totem {\n\tcluster_name:lab\n}\n":                                         "lab",
		"nodelist {\n}\n":                                                          "",
		"":                                                                         "",
	} {
		if got := clusterIn(strings.NewReader(text)); got != want {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
}
