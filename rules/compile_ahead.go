package rules

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"tocsin/rules/condition"
	"tocsin/sources/pattern"
)

// compileAhead compiles the conditions of all blocks that write them out, on all
// processors at once and before any block is decoded: it is most of the work of
// loading a large configuration. What fails here fails again when its block is
// decoded, and is reported there.
func (l *loading) compileAhead(byKind map[string][]*block) {
	var jobs []conditionKey
	add := func(b *block, name string, subject condition.Subject) {
		a := b.arguments[name]
		if a == nil {
			return
		}
		if t, ok := a.file.literalText(a.expr); ok {
			jobs = append(jobs, conditionKey{t.value, subject, l.conditions().digest})
		}
	}
	for _, b := range byKind[channelKind] {
		if len(b.labels) != 2 {
			continue
		}
		subject := condition.Subject{ChannelName: b.labels[1], ChannelKind: b.labels[0]}
		add(b, "when", subject)
		for _, inner := range b.blocks {
			add(inner, "pass", subject)
		}
	}
	for _, b := range slices.Concat(byKind[ruleKind], byKind[silenceKind]) {
		add(b, "when", condition.Subject{})
	}
	for _, b := range byKind[inhibitKind] {
		add(b, "cause", condition.Subject{})
		add(b, "effect", condition.Subject{Cause: true})
	}
	l.cache.compileAll(jobs)
	var patterns []string
	for _, b := range byKind[sourceBlock] {
		if a := b.arguments["pattern"]; a != nil {
			if t, ok := a.file.literalText(a.expr); ok {
				patterns = append(patterns, t.value)
			}
		}
	}
	l.cache.compilePatterns(patterns)
}

// compileAll compiles what is not known yet.
func (c *cache) compileAll(keys []conditionKey) {
	keys = slices.DeleteFunc(keys, func(k conditionKey) bool { _, known := c.conditions.get(k); return known })
	out := make([]compiledText[condition.Condition], len(keys))
	together(len(keys), func(n int) { out[n].out, out[n].problems = c.compiler.Compile(keys[n].text, keys[n].subject) })
	for i, key := range keys {
		c.conditions.put(key, out[i])
	}
}

// compilePatterns does so for patterns.
func (c *cache) compilePatterns(texts []string) {
	texts = slices.DeleteFunc(texts, func(text string) bool { _, known := c.patterns.get(text); return known })
	out := make([]parsedPattern, len(texts))
	together(len(texts), func(n int) { out[n].pattern, out[n].err = pattern.Compile(texts[n]) })
	for i, text := range texts {
		c.patterns.put(text, out[i])
	}
}

// together does n pieces of work on all processors at once.
func together(n int, work func(int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				work(int(i))
			}
		})
	}
	wg.Wait()
}
