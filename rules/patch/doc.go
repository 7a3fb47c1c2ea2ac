// Package patch shows a configuration as one JSON document, and turns a merge
// patch of the document (RFC 7396) into edits of the files. It is pure.
//
//	document  blocks by kind and labels, as they are after the overlay
//	edits     a merge patch: what differs from the document, and no more
//	block     one block that is to be just so
//	flat      the flat keys of ProxMenux, as a patch of the document
//
// A secret is shown as {"set": true}; sent back like that it stays what it is.
// What an edit does to the text of a file is package edit's business.
package patch
