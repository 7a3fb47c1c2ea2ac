// Package watch follows the tasks of Proxmox VE: the list of those that run, for
// their starts, and the list of those that ended, line by line, over rotation,
// truncation and restarts. Where it stands is kept with every event, so that each
// start and each end is told once.
//
// What a task means is package tasks' matter.
package watch
