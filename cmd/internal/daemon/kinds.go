package daemon

import (
	"tocsin/builtin"
	"tocsin/channels"
	"tocsin/channels/all"
	"tocsin/rules"
)

// newLoader returns a loader that knows every kind of channel.
func newLoader(opts Options) *loader {
	return &loader{Options: opts, cache: new(rules.Loader), kinds: all.Open(all.Options{Stdout: opts.Out, Instance: opts.instance})}
}

// services returns the kinds of every service that the pack declares, also of those
// that the configuration does not use and so does not read.
func (l *loader) services() []channels.Kind {
	config, _ := rules.Load(rules.Input{Pack: builtin.Files(), EveryService: true, Kinds: l.kinds.Kinds, Declared: l.kinds.Declared})
	if config == nil {
		return nil // a test holds that the pack loads
	}
	return config.Kinds
}
