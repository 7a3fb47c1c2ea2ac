// Package declared makes channels of declared services: it sends the calls that
// package service makes of a message, and tells the channel's queue what came
// of them.
//
// It knows no service and reads no configuration. It makes one attempt;
// retries are the dispatcher's, and a message to several targets goes on behind
// those that were reached (package progress).
package declared
