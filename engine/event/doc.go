// Package event is the dictionary of tocsin: the nouns that every other
// package speaks in. An Incoming is what a source raises, an Event is what the
// judge admitted, a Notification is what it decided to tell, a Message is the
// rendered text, a Delivery is what became of sending it.
//
// It holds values and pure functions on them. It does no I/O, reads no clock
// and imports nothing else of tocsin.
package event
