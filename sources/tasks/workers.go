package tasks

import "strings"

// Workers lists the workers that Proxmox VE is known to have. It has others, and
// new versions bring more.
func Workers() []string {
	return strings.Fields(`
		qmstart qmstop qmshutdown qmreboot qmreset qmsuspend qmpause qmresume qmigrate qmsnapshot qmdelsnapshot qmrollback
		qmclone qmcreate qmrestore qmdestroy qmtemplate qmmove qmconfig qmtunnel
		vzstart vzstop vzshutdown vzreboot vzsuspend vzresume vzmigrate vzsnapshot vzdelsnapshot vzrollback
		vzclone vzcreate vzrestore vzdestroy vztemplate vzmtunnel vzdump
		move_volume resize pull_file push_file
		hastart hastop hashutdown hamigrate
		startall stopall suspendall migrateall bulk-start bulk-shutdown bulk-suspend bulk-migrate
		imgcopy imgdel unknownimgdel download prunebackups ociregistrypull pbs-download
		diskinit wipedisk dircreate dirremove lvmcreate lvmremove lvmthincreate lvmthinremove zfscreate zfsremove
		aptupdate srvstart srvstop srvrestart srvreload reloadnetworkall
		vncproxy vncshell spiceproxy spiceshell
		acmenewcert acmerenew acmerevoke acmeregister acmeupdate acmerefresh acmedeactivate
		clustercreate clusterjoin auth-realm-sync auth-realm-sync-test
		cephcreatemon cephdestroymon cephcreatemgr cephdestroymgr cephcreatemds cephdestroymds cephcreateosd cephdestroyosd
		cephcreatepool cephdestroypool cephsetpool cephfscreate cephdestroyfs cephsetflags`)
}
