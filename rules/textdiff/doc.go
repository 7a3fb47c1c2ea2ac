// Package textdiff compares texts line by line and writes what differs as a
// unified diff, as patch and git read it. It is pure and knows nothing of what
// the texts mean.
package textdiff
