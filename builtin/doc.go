// Package builtin is the pack that comes with tocsin: the catalogue of events
// with their texts, the groups that they belong to, the bursts that merge
// floods of them, and the settings that hold as long as nobody says otherwise.
//
// The pack is written in the configuration language itself and embedded. It
// knows nothing of how it is read: package rules parses it beneath the
// operator's files, which overlay it block by block, and no other package
// refers to it. Whatever an operator could not write has no place here.
//
// Its texts are for a person who was woken by them. A title says what happened
// to what, in one line and without the host, which every channel shows; a body
// says what it means and what to look at first; the details are the facts that
// the title does not hold whole. A field that the event lacks must leave a
// sentence that still reads. A command that a body suggests holds no value from
// an event: people paste it into the shell of root. What all of them look like
// over every kind of channel stands in testdata/messages.
package builtin
