// Package channeltest is the conformance suite of channels: what every adapter
// owes to the rest of tocsin, whatever its service speaks. An adapter joins it
// by describing a loopback stand-in of its service, a Peer, and calling Run.
//
// RunFaults is its second half: ways to fail, from a name that is not known to
// an answer that breaks off, and what the adapter makes of each: the class and
// the code of the error, how long to wait, whether the message may have arrived,
// and where the message stands then. The verdicts are a table beside the adapter.
//
// It knows no service; of protocols it knows how HTTP and TLS fail. The exact
// requests are tested beside each adapter.
package channeltest
