// Package tasks turns the tasks of Proxmox VE into events: what its list of
// running and finished tasks says, and why a task failed, as its log tells. A Rule
// says which workers it is for and what it makes of their starts and ends; a
// Matcher is all rules, looked up by the kind of worker.
//
// A log holds what guests, hooks and remote ends chose to print. So only its last
// lines are asked for a reason, and what they say is data and nothing else: whether
// a task went well is decided by its status alone.
//
// The package is pure; package watch below it reads the files.
package tasks
