// Package commonmark makes event text inert in Markdown, as CommonMark and
// GitHub's dialect of it read it.
//
// It escapes and measures, and renders nothing. Its neighbours are the adapters
// whose services take Markdown; a service with a dialect of its own, such as
// Discord, escapes by itself.
package commonmark
