// Package pve reads the notifications that Proxmox VE and Proxmox Backup
// Server post to a webhook target. Read takes the body of such a request apart:
// the notification's own fields, and what stands only in its text, such as the
// guests of a backup job or the reason why one failed. A Matcher makes an event
// of it by rules, which come from the configuration.
//
// The texts come from templates that Proxmox changes between releases and that
// people may override. So nothing depends on finding them: type and severity come
// from the structured parts, the whole message is always kept, and a part of the
// text that is not where it is expected is left out.
//
// It is pure: no I/O, no clock, no state. The request around the body (who may
// post, how often, how much) is the business of package api, and so are the
// answers. Registering the target with Proxmox is that of package register.
package pve
