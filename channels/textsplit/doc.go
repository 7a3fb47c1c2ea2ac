// Package textsplit cuts long text into pieces that fit a service's limit,
// measured in the unit that the service counts in. It cuts at line ends where
// it can, and never inside a character, an emoji sequence included.
//
// It knows no markup: an adapter cuts the plain text first and escapes each
// piece afterwards, with a measure that already counts what escaping adds. So
// no entity and no escape is ever torn. Its neighbours are the adapters of
// channels, and engine/event, whose messages Shorten cuts.
package textsplit
