package pve_test

import (
	"sync"
	"testing"

	"tocsin/builtin"
	"tocsin/rules"
	"tocsin/sources/pve"
)

// pack holds the sources of the pack over notifications.
func pack(tb testing.TB) *pve.Matcher {
	tb.Helper()
	if alone() == nil {
		tb.Fatal("the pack does not load")
	}
	return alone()
}

var alone = sync.OnceValue(func() *pve.Matcher { return matcherOf(nil) })

// packWith is the pack with a configuration over it.
func packWith(tb testing.TB, text string) *pve.Matcher {
	tb.Helper()
	m := matcherOf(map[string][]byte{"own.hcl": []byte(text)})
	if m == nil {
		tb.Fatal("the configuration does not load")
	}
	return m
}

func matcherOf(files map[string][]byte) *pve.Matcher {
	config, _ := rules.Load(rules.Input{Pack: builtin.Files(), Files: files})
	if config == nil {
		return nil
	}
	var list []*pve.Rule
	for _, s := range config.Sources {
		if rule, ok := s.Spec.(*pve.Rule); ok && s.Enabled {
			list = append(list, rule)
		}
	}
	return pve.NewMatcher(list)
}
