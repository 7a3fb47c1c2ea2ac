// Package boot makes events of the start and the end of the host: a report of what
// came up and what did not, and the news that it powers off or reboots. It is pure:
// what it judges by, package host reads.
//
// That a host is silent is another's matter: one that crashed says nothing.
package boot
