// Package watch runs the checks of a host's health: it asks for the facts when a check
// is due, each once however many checks want it, and hands on what package health
// makes of them. A fact that does not come in time costs its own checks a look, and no
// others; until it comes it is not asked for again.
package watch
