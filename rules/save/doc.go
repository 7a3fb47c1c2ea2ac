// Package save carries edits into the configuration folder: what panel, API and
// command line share. A Desk plans an edit (what it would write, the diff, what
// it does in words, what is wrong with it), saves what was looked at, keeps a
// record of each change, and undoes one.
//
//	plan      the edits on the files as they are, checked by rules and tests
//	hoist     a literal secret goes to secrets/, never into a file
//	stale     the files changed meanwhile: the edit is made again on the new ones
//	save      written whole or not at all, with a record and a commit
//	undo      a change is taken back, also after later ones
//
// Nothing is overwritten unseen, and no secret reaches a diff, a record, an error
// or a commit. Package edit splices the text, effect finds the words, folder
// writes; this package decides what may be written, and when.
package save
