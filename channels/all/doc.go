// Package all is the list of the kinds of channels that tocsin is built with.
// Whoever adds an adapter adds its folder, a line here and an example file in
// examples/channels; the package's tests fail when one is missing.
//
// It is a list and nothing else: the contract stands in channels, and who loads
// and runs channels gets the list handed in.
package all
