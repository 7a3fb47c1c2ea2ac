package health

import "tocsin/engine/event"

// Fact is one thing that can be read of a host.
type Fact struct {
	Name string // "mounts", read as host.mounts
	Doc  string // a sentence for people
	Each bool   // it is a list of items; else one item, whose fields are host.NAME.FIELD
	// Key is, for a list, the field that names an item and stays the same over time: a
	// text or a number, no two items of one reading share it.
	Key string
	// Root says that the user whom tocsin runs as may not read it, but root may.
	Root bool
	// Fields are those that an item may have. One that could not be told is left out of
	// the item. They bear the names of the catalogue, so that an item is an event's data.
	Fields map[string]event.FieldType
}

// Facts returns all facts, the commonest first.
func Facts() []Fact {
	var all []Fact
	for _, group := range [][]Fact{machine(), storages(), disks(), guests(), network(), services(), devices()} {
		all = append(all, group...)
	}
	return all
}

// fields are the fields of an item and their types.
type fields = map[string]event.FieldType

// machine are the facts of the machine itself.
func machine() []Fact {
	return []Fact{
		{
			Name: "cpu", Doc: "How busy the processors are, over the time since it was read before.",
			Fields: fields{"used_percent": event.Number, "iowait_percent": event.Number, "steal_percent": event.Number, "cores": event.Number},
		},
		{
			Name: "load", Doc: "The load averages over 1, 5 and 15 minutes.",
			Fields: fields{"load1": event.Number, "load5": event.Number, "load15": event.Number, "cores": event.Number},
		},
		{
			Name: "memory", Doc: "Memory and swap. What ZFS gives back from its cache counts as available.",
			Fields: fields{
				"used_percent": event.Number, "used": event.Size, "available": event.Size, "total": event.Size, "zfs_cache": event.Size,
				"swap_used_percent": event.Number, "swap_used": event.Size, "swap_total": event.Size,
			},
		},
		{
			Name: "pressure", Doc: "How much of the last minute something (some) or everything (full) waited for a resource, in percent.",
			Fields: fields{
				"cpu_some": event.Number, "memory_some": event.Number, "memory_full": event.Number,
				"io_some": event.Number, "io_full": event.Number,
			},
		},
		{
			Name: "temperatures", Doc: "The sensors of the board, the processors and the disks. The limits are the sensor's own.", Each: true, Key: "sensor",
			Fields: fields{"sensor": event.String, "chip": event.String, "kind": event.String, "celsius": event.Number, "high": event.Number, "critical": event.Number},
		},
		{
			Name: "uptime", Doc: "How long the host is up.",
			Fields: fields{"duration": event.Span, "booted": event.Instant},
		},
	}
}

// storages are the facts of file systems, storages and what they are made of.
func storages() []Fact {
	return []Fact{
		{
			Name: "mounts", Doc: "The file systems on the host's own devices, each once, and the tmpfs of /tmp and /run.", Each: true, Key: "mount",
			Fields: fields{
				"mount": event.String, "device": event.String, "fstype": event.String, "used_percent": event.Number, "used": event.Size,
				"available": event.Size, "total": event.Size, "inodes_used_percent": event.Number, "readonly": event.Bool, "error": event.String,
			},
		},
		{
			Name: "remote_mounts", Doc: "Mounts of NFS, CIFS and the like, on the host and in its running containers. A stale one does not answer.", Each: true, Key: "place",
			Fields: fields{
				"place": event.String, "mount_target": event.String, "mount_source": event.String, "fstype": event.String, "stale": event.Bool, "error": event.String,
				"readonly": event.Bool, "used_percent": event.Number, "lxc_id": event.Number, "lxc_name": event.String,
			},
		},
		{
			Name: "pve_storages", Doc: "The storages of Proxmox VE that this node uses; status is available or unavailable.", Each: true, Key: "storage",
			Fields: fields{
				"storage": event.String, "storage_type": event.String, "status": event.String, "shared": event.Bool, "used_percent": event.Number,
				"used": event.Size, "available": event.Size, "total": event.Size,
			},
		},
		{
			Name: "zfs_pools", Doc: "The pools of ZFS; health is ONLINE when all is well.", Each: true, Key: "pool_name",
			Fields: fields{
				"pool_name": event.String, "health": event.String, "used_percent": event.Number, "used": event.Size, "available": event.Size,
				"total": event.Size, "fragmentation_percent": event.Number, "error": event.String,
			},
		},
		{
			Name: "arrays", Doc: "Software RAID of the kernel (md); failing_count is of members that are missing or faulty.", Each: true, Key: "array",
			Fields: fields{
				"array": event.String, "level": event.String, "active": event.Bool, "degraded": event.Bool, "member_count": event.Number, "failing_count": event.Number,
				"operation": event.String, "progress_percent": event.Number,
			},
		},
		{
			Name: "btrfs_devices", Doc: "The devices of Btrfs file systems, with the errors that Btrfs counted on them.", Each: true, Key: "place",
			Fields: fields{
				"place": event.String, "filesystem": event.String, "device_id": event.Number, "missing": event.Bool, "write_errors": event.Number,
				"read_errors": event.Number, "flush_errors": event.Number, "corruption_errors": event.Number, "generation_errors": event.Number,
			},
		},
		{
			Name: "thin_pools", Doc: "The thin pools of LVM. Guests stop when data or metadata is full.", Each: true, Key: "place", Root: true,
			Fields: fields{"place": event.String, "volume_group": event.String, "data_percent": event.Number, "metadata_percent": event.Number, "total": event.Size},
		},
	}
}

// disks are the facts of physical disks.
func disks() []Fact {
	return []Fact{{
		Name: "disks", Doc: "The physical disks and what SMART says of them. One that is parked is not woken. They are told apart by the serial number, or the device where it is not known.", Each: true, Key: "disk", Root: true,
		Fields: fields{
			"disk": event.String, "device": event.String, "model": event.String, "serial": event.String, "kind": event.String, "size": event.Size,
			"parked": event.Bool, "smart_ok": event.Bool, "error": event.String, "celsius": event.Number, "wear_percent": event.Number,
			"spare_percent": event.Number, "reallocated": event.Number, "pending": event.Number, "uncorrectable": event.Number,
			"crc_errors": event.Number, "media_errors": event.Number, "powered": event.Span,
		},
	}}
}

// guests are the facts of virtual machines and containers.
func guests() []Fact {
	return []Fact{
		{
			Name: "guests", Doc: "The guests of this node; kind is vm or ct, status as Proxmox VE has it.", Each: true, Key: "vmid",
			Fields: fields{
				"vmid": event.Number, "name": event.String, "kind": event.String, "node": event.String, "status": event.String, "running": event.Bool,
				"onboot": event.Bool, "template": event.Bool, "duration": event.Span, "cpu_percent": event.Number, "memory_percent": event.Number,
			},
		},
		{
			Name: "container_disks", Doc: "The root file systems of running containers.", Each: true, Key: "vmid",
			Fields: fields{"vmid": event.Number, "name": event.String, "used_percent": event.Number, "disk_bytes": event.Size, "maxdisk_bytes": event.Size},
		},
		{
			Name: "container_mounts", Doc: "Further file systems in running containers. Needs the right to look into their processes.", Each: true, Key: "place", Root: true,
			Fields: fields{
				"place": event.String, "vmid": event.Number, "name": event.String, "mount": event.String, "fstype": event.String,
				"used_percent": event.Number, "used": event.Size, "available": event.Size, "total": event.Size, "readonly": event.Bool,
			},
		},
		{
			Name: "vm_disks", Doc: "File systems of running virtual machines, as the guest agent tells where it is enabled. Needs root.", Each: true, Key: "place", Root: true,
			Fields: fields{
				"place": event.String, "vmid": event.Number, "name": event.String, "mount": event.String, "fstype": event.String,
				"used_percent": event.Number, "disk_bytes": event.Size, "maxdisk_bytes": event.Size,
			},
		},
		{
			Name: "replication", Doc: "The replication of guests from this node, as it went last.", Each: true, Key: "place",
			Fields: fields{
				"place": event.String, "vmid": event.Number, "name": event.String, "target": event.String, "failures": event.Number, "error": event.String,
				"synced": event.Instant, "tried": event.Instant, "duration": event.Span, "running": event.Bool,
			},
		},
	}
}

// network are the facts of interfaces and gateways.
func network() []Fact {
	return []Fact{
		{
			Name: "links", Doc: "The network interfaces but those of guests; kind is physical, bridge, bond, vlan or virtual. Enabled is what the administrator set, up what came of it; in use means that it has an address or has carried traffic.", Each: true, Key: "interface",
			Fields: fields{
				"interface": event.String, "kind": event.String, "enabled": event.Bool, "up": event.Bool, "carrier": event.Bool, "has_address": event.Bool, "in_use": event.Bool,
				"speed_mbps": event.Number, "members": event.Sequence, "down_members": event.Sequence, "master": event.String,
			},
		},
		{
			Name: "gateways", Doc: "The default gateways, asked by three pings.", Each: true, Key: "gateway",
			Fields: fields{"gateway": event.String, "interface": event.String, "reachable": event.Bool, "loss_percent": event.Number, "latency_ms": event.Number},
		},
	}
}

// services are the facts of what runs on the host and of its upkeep.
func services() []Fact {
	return []Fact{
		{
			Name: "units", Doc: "The units of systemd that failed, and the services that Proxmox VE cannot do without (core).", Each: true, Key: "unit",
			Fields: fields{"unit": event.String, "summary": event.String, "state": event.String, "substate": event.String, "active": event.Bool, "failed": event.Bool, "core": event.Bool},
		},
		{
			Name: "cluster_nodes", Doc: "The nodes of the cluster, and whether this one sees a quorum.", Each: true, Key: "node",
			Fields: fields{"node": event.String, "node_id": event.String, "cluster": event.String, "online": event.Bool, "quorate": event.Bool, "own": event.Bool, "address": event.String},
		},
		{
			Name: "certificates", Doc: "The certificates that Proxmox VE serves from this node.", Each: true, Key: "path",
			Fields: fields{"path": event.String, "subject": event.String, "issuer": event.String, "not_after": event.Instant, "days_left": event.Number},
		},
		{
			Name: "updates", Doc: "Packages that a full upgrade would install, and when the host was upgraded last. Nothing is downloaded for it.",
			Fields: fields{
				"total_count": event.Number, "security_count": event.Number, "pve_count": event.Number, "kernel_count": event.Number,
				"important_list": event.Sequence, "upgraded": event.Instant, "unupgraded": event.Span, "refreshed": event.Instant, "reboot": event.Bool,
			},
		},
		{
			Name: "bans", Doc: "The jails of Fail2Ban; banned counts addresses that are banned now. Needs root.", Each: true, Key: "jail", Root: true,
			Fields: fields{"jail": event.String, "banned": event.Number, "banned_total": event.Number, "failing": event.Number, "banned_list": event.Sequence},
		},
	}
}

// devices are the facts of PCI devices.
func devices() []Fact {
	return []Fact{
		{
			Name: "pci", Doc: "PCI devices that are given to guests of this node; conflict: more than one guest would have it.", Each: true, Key: "device_pci",
			Fields: fields{
				"device_pci": event.String, "guest_list": event.Sequence, "guest_count": event.Number, "running_count": event.Number, "conflict": event.Bool,
				"present": event.Bool, "driver": event.String, "vfio": event.Bool,
			},
		},
		{
			Name: "gpus", Doc: "Graphics processors; mode is host, guest or none, by the driver that has it.", Each: true, Key: "gpu_pci",
			Fields: fields{
				"gpu_pci": event.String, "gpu_name": event.String, "driver": event.String, "mode": event.String, "celsius": event.Number,
				"used_percent": event.Number, "memory_percent": event.Number, "error": event.String,
			},
		},
	}
}
