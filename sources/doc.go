// Package sources is the contract of a source: it turns what a host already
// says (a notification, a task that ended, a line of the journal, a reading)
// into event.Incoming values and leaves every judgement to the engine. A
// source reports facts: the event's type, the data that its author wrote or
// that can be read from the text, and the time at which it happened. It never
// decides whether, when or where something is told. Reading and understanding
// are kept apart, so that the same input always yields the same events and can
// be replayed from a file.
//
// It holds no adapter: each has a folder of its own below this one.
package sources
