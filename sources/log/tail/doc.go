// Package tail follows text files as tail -F does: it reads what is appended, over
// rotation by renaming, by copying and by deleting, truncation, and files that are
// not there yet. Where it stands in each file is kept with every event, so that each
// line counts once, also over restarts.
//
// What a line means is package log's matter.
package tail
