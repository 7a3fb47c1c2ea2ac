// Package gotify delivers messages to an application of a Gotify server.
//
// A rich message is Markdown in which all event text is escaped, a plain one
// is plain text. Gotify takes a message of any practical length in one piece;
// only what its databases could not store is cut.
//
// It makes one attempt and never retries. Its neighbours are channels, whose
// contract it fulfils, channels/httpsend, which carries its requests, channels/commonmark, which
// escapes its texts, and channels/textsplit, which shortens them.
package gotify
