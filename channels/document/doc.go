// Package document is what programs are told of a message: one JSON document
// with the event as it was admitted and with the texts that people get. The
// kinds whose readers are programs share it: webhook posts it, exec writes it to
// a command.
//
// It is pure, knows no service and sends nothing. The names of the document are
// a promise: they are only ever added to.
package document
