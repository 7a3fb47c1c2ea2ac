// Package pve reads the notifications that Proxmox VE and Proxmox Backup
// Server post to a webhook target. Decode takes the body of such a request and
// returns the event that it tells of: its catalogue type, its severity, and as
// data both the notification's own fields and what stands only in its text,
// such as the guests of a backup job or the reason why one failed.
//
// The texts come from templates that Proxmox changes between releases and that
// people may override. So nothing depends on finding them: the type and the
// severity come from the structured parts, the whole message is always kept,
// and a part of the text that is not where it is expected is left out.
//
// Types of notifications and what becomes of them:
//
//	vzdump             backup_complete, backup_warning, backup_fail
//	replication        replication_fail (replication_complete for good news)
//	fencing            split_brain
//	package-updates    update_available
//	system-mail        system_mail
//	gc, prune, verify, sync, tape-backup
//	                   backup_fail, backup_warning; custom or, for a tape
//	                   backup, backup_complete when all went well
//	tape-load          custom
//	acme               system_problem when it tells of an error, else custom
//	host_backup_start, host_backup_complete, host_backup_fail
//	                   the event of that name
//	none               custom: the target's test button
//	any other          system_problem, as severe as the sender says
//
// It is pure: no I/O, no clock, no state. The request around the body (who may
// post, how often, how much) is the business of package api, and so are the
// answers. Registering the target with Proxmox is done elsewhere too.
package pve
