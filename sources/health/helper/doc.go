// Package helper lets a process with root's rights read the few facts of the host
// that need them for the daemon, which has none: what SMART, LVM, Fail2Ban and the
// agents of guests tell, and what is mounted in containers.
//
// The process does nothing else. It hears on a socket whose file decides who may ask;
// a question is the name of a fact and can say nothing more, an answer is the fact's
// items. So whoever takes the daemon over learns how full a disk is, and gets no
// further. Where no such process runs, the daemon reads what it may.
package helper
