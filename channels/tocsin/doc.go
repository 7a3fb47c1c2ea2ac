// Package tocsin forwards events to another tocsin, which judges and tells them
// by its own rules: the whole event, with its id, host, data and time, and the
// texts for where its type is not known.
//
// An event that comes twice, or over two ways, is taken once: it is known by its
// id. One that goes round in a circle ends where it began, as it carries the names
// of those that it has passed. It makes one attempt and never retries. Its
// neighbours are channels, whose contract it fulfils, channels/httpsend, which
// carries its requests, channels/signature, and api, which takes them.
package tocsin
