package daemon

import (
	"tocsin/channels/all"
	"tocsin/rules"
)

// newLoader returns a loader that knows every kind of channel.
func newLoader(opts Options) *loader {
	return &loader{Options: opts, cache: new(rules.Loader), kinds: all.Open(all.Options{Stdout: opts.Out, Instance: opts.instance})}
}
