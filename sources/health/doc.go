// Package health judges what is read of a host. It knows which facts there are and
// which fields they have; what reads them is package host.
package health
