// Package condition compiles conditions: expressions of expr-lang that look at
// one event and say yes or no.
//
// A Compiler knows what a condition may name (a Schema) and turns text into a
// Condition, which is an engine.Matcher; or into Problems, each with the part
// of the text that it is about, a stable code and a remedy. Compiling goes in
// steps, one a file:
//
//	limits    what may be written at all, so that nothing can hang or grow
//	resolve   names become flat keys of the environment, locals become literals
//	literals  what is compared with a type, group or severity must name one
//	missing   operands that an event may lack are guarded
//	match     the program runs over a pooled environment
//
// The package knows neither HCL nor files: package rules maps the places of
// problems onto them. It reads no clock, so that the same event always gets
// the same answer.
package condition
