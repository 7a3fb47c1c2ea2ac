package main

import (
	"testing"
	"testing/fstest"
)

func TestMemoryLimit(t *testing.T) {
	group := func(high, most string) fstest.MapFS {
		return fstest.MapFS{
			"proc/self/cgroup": {Data: []byte("0::/system.slice/tocsin.service\n")},
			"sys/fs/cgroup/system.slice/tocsin.service/memory.high": {Data: []byte(high + "\n")},
			"sys/fs/cgroup/system.slice/tocsin.service/memory.max":  {Data: []byte(most + "\n")},
		}
	}
	for name, c := range map[string]struct {
		root fstest.MapFS
		want int64
	}{
		"no control groups":   {fstest.MapFS{}, softMemory},
		"version 1":           {fstest.MapFS{"proc/self/cgroup": {Data: []byte("4:memory:/tocsin\n")}}, softMemory},
		"the group has none":  {group("max", "max"), softMemory},
		"more than is needed": {group("max", "4294967296"), softMemory},
		"high is less":        {group("134217728", "268435456"), 134217728 / 10 * 7},
		"most is less":        {group("max", "104857600"), 104857600 / 10 * 7},
		"next to nothing":     {group("1048576", "max"), leastMemory},
		"at the root":         {fstest.MapFS{"proc/self/cgroup": {Data: []byte("0::/\n")}}, softMemory},
	} {
		if got := memoryLimit(c.root); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
