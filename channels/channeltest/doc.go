// Package channeltest is the conformance suite of channels: what every adapter
// owes to the rest of tocsin, whatever its service speaks. An adapter joins it
// by describing a loopback stand-in of its service, a Peer, and calling Run.
//
// It knows no service and no protocol: the exact requests and the table of a
// service's own errors are tested beside each adapter.
package channeltest
