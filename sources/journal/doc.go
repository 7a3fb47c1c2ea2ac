// Package journal turns entries of systemd's journal into events. A Rule says
// which entries it is for and what it makes of them; a Matcher is many rules,
// compiled so that an entry costs the same whether there are ten of them or ten
// thousand: rules are looked up by the program or unit that wrote the entry, and
// tried only when its text holds what their pattern needs.
//
// Everything in an entry but the fields that begin with _ is what somebody chose
// to write, and a part of that comes from the network. So a rule is bound to a
// program, its pattern to the whole of a message, and what a pattern cuts out is
// data and nothing else.
//
// The package is pure; package follow below it reads the journal.
package journal
