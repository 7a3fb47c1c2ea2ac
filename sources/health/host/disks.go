package host

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"strings"
	"time"
)

const smartTime = 20 * time.Second // for one disk

// readDisks tells of each physical disk what the kernel knows, and what SMART says where
// smartctl is installed and the disk is not a virtual one.
func readDisks(h *Host, ctx context.Context) ([]item, error) {
	_, absent := h.find("smartctl")
	var disks []item
	for _, name := range h.names("/sys/block") {
		if it := h.disk(name); it != nil {
			disks = append(disks, it)
		}
	}
	failed := each(disks, func(it item) error {
		if absent != nil || !isSmart(it["device"].(string)) {
			return nil
		}
		return h.smart(ctx, it)
	})
	return disks, cmp.Or(failed...)
}

// smart adds what smartctl says of a disk, or why it does not. An error is one of all
// disks: the right to ask is missing, or the time.
func (h *Host) smart(ctx context.Context, it item) error {
	out, err := h.run(ctx, smartTime, "smartctl", "--json", "-a", "-n", "standby", it["device"].(string))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil && out.unprivileged() {
		return fmt.Errorf("smartctl may not open %s as tocsin's user: it needs root's rights", it["device"])
	}
	var said item
	if err == nil {
		said, err = parseSmart(out.stdout)
	}
	put(it, "error", fmt.Sprint(err), err != nil)
	maps.Copy(it, said)
	return nil
}

// disk is what the kernel knows of a block device; nil when it is no disk.
func (h *Host) disk(name string) item {
	dir := "/sys/block/" + name
	sectors, ok := h.number(dir + "/size")
	if !ok || sectors <= 0 || !h.has(dir+"/device") || h.word(dir+"/removable") == "1" || h.word(dir+"/hidden") == "1" {
		return nil
	}
	if hasPrefix(name, "loop", "ram", "zd", "dm-", "md", "nbd", "rbd", "sr", "fd", "zram") || strings.Contains(name, "boot") { // mmcblk0boot0
		return nil
	}
	kind := "ssd"
	switch {
	case strings.HasPrefix(name, "nvme"):
		kind = "nvme"
	case strings.HasPrefix(name, "vd"), strings.HasPrefix(name, "xvd"):
		kind = "virtual"
	case h.word(dir+"/queue/rotational") == "1":
		kind = "hdd"
	}
	it := item{"device": "/dev/" + name, "kind": kind, "size": size(sectors * 512), "parked": false}
	model := h.word(dir + "/device/model")
	put(it, "model", model, model != "")
	serial := h.serial(dir)
	put(it, "serial", serial, serial != "")
	it["disk"] = it["device"]
	put(it, "disk", serial, serial != "") // smartctl's would come and go with the disk's sleep
	return it
}

// serial returns the serial number that the kernel or udev knows of a disk.
func (h *Host) serial(dir string) string {
	if serial := h.word(dir + "/device/serial"); serial != "" {
		return serial
	}
	known, _ := h.text("/run/udev/data/b" + h.word(dir+"/dev"))
	for line := range bytes.Lines(known) {
		if serial, ok := strings.CutPrefix(string(line), "E:ID_SERIAL_SHORT="); ok {
			return strings.TrimSpace(serial)
		}
	}
	return ""
}

// isSmart reports whether a device can have SMART.
func isSmart(device string) bool {
	return hasPrefix(device, "/dev/sd", "/dev/nvme", "/dev/hd")
}
