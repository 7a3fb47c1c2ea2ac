// Package register puts tocsin among the notification targets of Proxmox VE, shows
// how it stands there, and takes it out again. It does the careful part: it looks
// whether /etc/pve is what it should be, takes the locks that Proxmox VE takes,
// keeps copies, replaces the files in an order in which every moment between is fine,
// and reads them back. What the files say is the business of package notifications.
package register
