// Package pattern makes events of lines of text: what the kinds of sources share
// that read what programs write. A Rule has a Pattern over a line and says what is
// made of one that fits; a Set finds in one pass over a line which of many rules
// could fit it, so that thousands cost what ten do.
//
// What a pattern cuts out of a line is data and nothing else: a part of what
// programs write was chosen by strangers.
//
// The package is pure. Where lines come from, and who may write them, is the matter
// of packages journal and log.
package pattern
