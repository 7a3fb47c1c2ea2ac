// Package near finds the word that somebody most likely meant to write. It
// knows no language; rules and rules/condition use it for their remedies.
package near
