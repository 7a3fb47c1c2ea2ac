package rules

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/hcl/v2"

	"tocsin/channels"
	"tocsin/channels/service"
	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/templates"
)

// Input is what a configuration is made of. Load reads nothing else.
type Input struct {
	Pack     map[string][]byte                 // the built-in files, by path
	Files    map[string][]byte                 // the files of the user, by slash-separated path
	Env      func(string) (string, bool)       // of env(); nil: no variables
	Secret   func(name string) (string, error) // of secret(); nil: no secrets
	ReadFile func(path string) ([]byte, error) // of file(); nil: no files
	Kinds    []channels.Kind
	// Declared makes a kind of a declared service; nil: services are checked, and
	// make no kinds.
	Declared func(*service.Spec) channels.Kind
	// EveryService reads every service of the pack, and not just those that the
	// files use.
	EveryService bool
	Host         string         // system name of this host
	Cluster      string         // name of its Proxmox cluster; empty: none
	Zone         *time.Location // of this host; nil: UTC
	Now          time.Time      // for what is over; zero: nothing is
	Ask          bool           // take the time to ask programs and servers whether they do what channels need
}

// Sources returns every file by the name that diagnostics give it.
func (in Input) Sources() map[string][]byte {
	out := maps.Clone(in.Files)
	if out == nil {
		out = map[string][]byte{}
	}
	maps.Copy(out, in.Pack)
	return out
}

// Load compiles a configuration. The diagnostics are all there are, in the
// order of files and lines; the Config is nil when one of them is an error.
func Load(in Input) (*Config, hcl.Diagnostics) { return new(Loader).Load(in) }

// Loader loads the same configuration again and again. It keeps what it parsed
// and compiled, so that a reload costs what changed. The zero Loader is ready;
// many goroutines may use it, one after the other.
type Loader struct {
	mu    sync.Mutex
	cache cache
}

// Load compiles a configuration, like the function Load.
func (l *Loader) Load(in Input) (*Config, hcl.Diagnostics) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if in.Zone == nil {
		in.Zone = time.UTC
	}
	defer l.cache.turn()
	loading := newLoading(in, &l.cache)
	config, diags := loading.run()
	if loading.lacking {
		in.EveryService = true
		return newLoading(in, &l.cache).run()
	}
	return config, diags
}

// loading is one run of Load.
type loading struct {
	*report
	in             Input
	cache          *cache
	kinds          []channels.Kind // of in, and those that services make
	dormant        []string        // names of services of the pack that are not read
	lacking        bool            // one of them is needed
	files          []*file
	locals         *locals
	contexts       map[string]*hcl.EvalContext // by folder
	known          map[string]bool             // functions
	raw            map[string]string           // secrets that HCL's normal form changes, by that form
	names          nameSpace
	events         []*eventBlock
	fields         map[string]fieldType // of all events
	cooldown       *scopedBlock
	toggles        []*scopedBlock // the master first, then those of channels
	channels       []*block
	channel        map[string]*block // by name
	fallbacks      []*fallbackBlock
	rules          []*ruleBlock               // those that are on, in their order
	added          map[string]event.FieldType // data fields that rules add
	named          map[string]bool            // channels that a rule or a test names
	brokenChannels map[string]bool            // channels that could not be read at all

	byGroup    map[string][]*engine.Type // for the warnings about scoped keys
	resolved   map[string]bool           // types that another one resolves
	bySeverity [3][]*engine.Type

	unclear  bool // tocsin.enabled has no value that could be worked out
	compiled bool // the cache has the compiler for this load's conditions
	config   *Config
}

// newLoading returns a run with the defaults in place.
func newLoading(in Input, c *cache) *loading {
	policy := &engine.Policy{
		Types: map[string]*engine.Type{}, Host: in.Host, System: in.Host, Cluster: in.Cluster,
		Dedup: engine.Setting[time.Duration]{Value: defaultDedup},
	}
	return &loading{
		report: newReport(), in: in, kinds: slices.Clone(in.Kinds), cache: c, locals: newLocals(), contexts: map[string]*hcl.EvalContext{},
		known: functionNames(), raw: map[string]string{}, fields: map[string]fieldType{}, channel: map[string]*block{},
		config: &Config{
			Policy:    policy,
			Templates: &templates.Set{Entries: map[string]*templates.Entry{}},
			Channels:  map[string]*Channel{},
			Settings:  defaultSettings(in),
		},
	}
}

// run takes the steps of the compiler.
func (l *loading) run() (*Config, hcl.Diagnostics) {
	broken := l.parseAll()
	pack, user := l.layers()
	blocks := overlay(l.unique(pack), l.unique(user))
	l.loadLocals(blocks)
	l.gatherNames(blocks)
	l.decode(blocks)
	l.lower()
	l.lint()
	diags := l.finish(broken)
	l.config.Hidden, l.config.Kinds = l.hidden, l.kinds
	if diags.HasErrors() {
		return nil, diags
	}
	return l.config, diags
}

// parseAll parses the pack and then the files of the user, each in the byte
// order of their paths. It reports whether one of them does not parse.
func (l *loading) parseAll() (broken bool) {
	sources := make([]source, 0, len(l.in.Pack)+len(l.in.Files))
	need := needed(l.in)
	for _, p := range slices.Sorted(maps.Keys(l.in.Pack)) {
		if l.skips(p, need) {
			continue
		}
		sources = append(sources, source{p, true, l.in.Pack[p]})
	}
	for _, p := range slices.Sorted(maps.Keys(l.in.Files)) {
		if _, taken := l.in.Pack[p]; taken {
			l.fail(finding{
				code: CodeTakenPath, at: hcl.Range{Filename: p, Start: hcl.InitialPos, End: hcl.InitialPos},
				summary: "path of a built-in file", detail: fmt.Sprintf("The built-in pack has a file %s. Give yours another name; its blocks lie over the pack's under any.", p),
			})
			continue
		}
		sources = append(sources, source{p, false, l.in.Files[p]})
	}
	l.files = l.cache.parse(sources)
	for _, f := range l.files {
		l.config.Files = append(l.config.Files, File{Path: f.path, Pack: f.pack, Digest: hex.EncodeToString(f.sum[:])})
		for _, fault := range f.faults {
			broken = true
			l.hideLine(f, fault.at)
			l.fail(fault)
		}
		for _, a := range f.stray {
			l.strayArgument(a)
		}
		if !f.pack {
			l.hideComments(f)
		}
	}
	return broken
}

// strayArgument reports an argument outside of any block. The name of a block
// means that only the equals sign is too much.
func (l *loading) strayArgument(a *argument) {
	f := finding{
		code: CodeUnknownArg, at: a.nameRange, summary: fmt.Sprintf("argument %q outside of a block", a.name),
		detail: "Every argument stands in a block.",
	}
	for _, k := range kinds() {
		if k.name == a.name {
			f.code, f.summary = CodeArgOrBlock, fmt.Sprintf("%s is a block", a.name)
			f.detail = fmt.Sprintf("Write it without the equals sign: %s { … }.", a.name)
		}
	}
	l.fail(f)
}

// layers returns the blocks of the pack and those of the user, in their order.
func (l *loading) layers() (pack, user []*block) {
	for _, f := range l.files {
		if f.pack {
			pack = append(pack, f.blocks...)
		} else {
			user = append(user, f.blocks...)
		}
	}
	return pack, user
}

// decode hands every block to its kind, kind by kind: those that others refer
// to come first.
func (l *loading) decode(blocks []*block) {
	byKind := map[string][]*block{}
	for _, b := range blocks {
		byKind[b.kind] = append(byKind[b.kind], b)
	}
	for _, k := range kinds() {
		if k.name == channelKind { // the first with conditions
			l.sortEvents()
			l.gatherRuleFields(byKind[ruleKind])
			l.gatherSourceFields(byKind[sourceBlock])
			l.compileAhead(byKind)
		}
		for _, b := range byKind[k.name] {
			if k.decode != nil && l.checkLabels(b, k) {
				k.decode(l, b)
			}
		}
		delete(byKind, k.name)
	}
	for _, kind := range slices.Sorted(maps.Keys(byKind)) {
		for _, b := range byKind[kind] {
			l.unknownKind(b)
		}
	}
}

// unknownKind reports a block that the language does not have. The kind of a
// channel in its place is the commonest mistake.
func (l *loading) unknownKind(b *block) {
	f := finding{code: CodeUnknownBlock, at: b.kindRange, summary: fmt.Sprintf("unknown block %q", b.kind)}
	names := make([]string, 0, 16)
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	f.detail = "Blocks are: " + joinSorted(names) + "."
	for _, name := range l.kindNames() {
		if name == b.kind {
			f.label, f.detail = fmt.Sprintf("write channel %q", name), fmt.Sprintf("Channels are written as channel %q \"NAME\" { … }.", name)
			l.fail(f)
			return
		}
	}
	l.fail(f.suggest(b.kind, slices.Values(names)))
}

// lower turns what refers to each other into the policy, after all blocks are
// known.
func (l *loading) lower() {
	p := l.config.Policy
	p.Enabled, p.Place = l.config.Settings.Tocsin.Enabled, l.config.Settings.Tocsin.Place
	if name := l.config.Settings.Tocsin.DisplayName; name != "" {
		p.Host = name
	}
	l.lowerGeneric()
	l.lowerFallbacks()
	p.Zone = l.config.Settings.Tocsin.Zone
	p.Index()
	l.config.Templates.Zone = l.config.Settings.Tocsin.Zone
	l.config.Templates.Local, _ = l.locals.plain()
	l.listEvents()
}
