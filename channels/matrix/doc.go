// Package matrix delivers messages to rooms of Matrix, as a user of a
// homeserver.
//
// It signs in with a password or takes an access token, joins its rooms where
// it must, and sends each part as one event, under a transaction id that is the
// same in every retry: a server that has taken an event does not take it again.
// It encrypts nothing: rooms with end-to-end encryption refuse it or show the
// message as it is.
//
// It makes one attempt and never retries. Its neighbours are channels, whose
// contract it fulfils, channels/httpsend, which carries its requests, and
// channels/textsplit, which cuts its texts.
package matrix
