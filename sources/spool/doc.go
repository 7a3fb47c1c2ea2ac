// Package spool holds events on the disk while no daemon runs that could take them.
// A sender puts each into a file of its own, whole or not at all; the daemon tells it
// and then takes the file away. It comes once, whatever ends in between, as its
// sender gave it an id.
//
// What an event means and who may send one over a network are not its matter: who
// can write into the folder is root or the daemon's user or group, as with the
// local socket.
package spool
