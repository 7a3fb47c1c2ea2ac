// Package progress lets a message of several parts go on, in its next attempt,
// behind the parts that an earlier one delivered.
//
// It remembers parts by their content and forgets a message that is delivered.
// It neither cuts messages into parts (channels/textsplit helps with that) nor
// retries (the dispatcher does), and it is kept in memory alone: after a
// restart, a message that broke off begins anew. Its neighbours are the
// adapters whose services take several parts for one message.
package progress
