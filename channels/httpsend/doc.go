// Package httpsend is the one way by which tocsin speaks HTTP to others: one connection
// pool, bounded time and bytes, no redirects, a guard on the addresses
// connected to, and one table from answers and network faults to
// *event.SendError. No error of it shows a URL, as URLs hold tokens.
//
// It knows no service: an adapter reads the answer's body itself and may
// replace the class that the status alone suggests.
package httpsend
