// Package service speaks HTTP services that a configuration declares: a Spec
// says what a service's channels are set up with, how its Apprise addresses
// read, what requests a message takes, and what an answer means.
//
// It is pure: a Spec turns a message and the values of a channel into Calls,
// and an Answer into a verdict. It opens no connection (channels/declared
// carries the calls), parses no configuration (package rules reads service
// blocks) and knows no service by name (those stand in builtin/services).
package service
