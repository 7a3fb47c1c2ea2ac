// Package channels is the contract between tocsin and the services it delivers
// to. A Kind describes one service as data (its fields and limits) and
// makes Channels from their values; so the configuration language, its
// reference, the panel's forms and the checks all come from one place.
//
// It holds no adapter and knows no file format: adapters live in folders of
// their own, and channels/all lists them.
package channels
