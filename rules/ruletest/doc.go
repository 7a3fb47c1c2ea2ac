// Package ruletest runs the test blocks of a configuration: stories on virtual
// time, told to the same judge and renderer that run in production, and what
// channels must have told by some moment.
//
// A World is what stands in for the rest of the program: buffers in memory,
// deliveries that always succeed, and a clock that jumps from one moment at
// which something happens to the next. A night takes milliseconds.
//
// It is pure and prints nothing; the command line words its results. Package
// rules decodes the blocks.
package ruletest
