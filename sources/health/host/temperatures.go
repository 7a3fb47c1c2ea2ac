package host

import (
	"context"
	"strings"
)

// readTemperatures reads the kernel's sensors. They are named by chip, device and
// label, since their numbers change from start to start. The kernel does not wake a disk
// for its sensor (drivetemp), but a few models count it as use and do not park.
func readTemperatures(h *Host, _ context.Context) ([]item, error) {
	var items []item
	for _, monitor := range h.names("/sys/class/hwmon") {
		dir := "/sys/class/hwmon/" + monitor
		chip := h.word(dir + "/name")
		if chip == "" {
			continue
		}
		for _, name := range h.names(dir) {
			channel, ok := strings.CutSuffix(name, "_input")
			if !ok || !strings.HasPrefix(channel, "temp") {
				continue
			}
			if it := h.sensor(dir+"/"+channel, chip, h.link(dir+"/device")); it != nil {
				items = append(items, it)
			}
			if len(items) > maxItems {
				return items, nil
			}
		}
	}
	return items, nil
}

// sensor reads one sensor; nil when it has nothing to say. Those of disks that sleep are
// there again later, so they have an item without a temperature.
func (h *Host) sensor(path, chip, device string) item {
	celsius, ok := h.celsius(path + "_input")
	kind := kindOfChip(chip)
	if !ok && kind != "disk" {
		return nil
	}
	label := h.word(path + "_label")
	if label == "" {
		label = path[strings.LastIndex(path, "/")+1:]
	}
	name := chip
	switch {
	case device != "" && strings.HasPrefix(device, chip): // coretemp.0, nvme0
		name = device
	case device != "":
		name += " " + device
	}
	it := item{"sensor": name + " " + label, "chip": chip, "kind": kind}
	put(it, "celsius", celsius, ok)
	for field, file := range map[string]string{"high": "_max", "critical": "_crit"} {
		n, ok := h.celsius(path + file)
		put(it, field, n, ok && n > 0 && n < 200) // others stand for "no limit"
	}
	return it
}

// celsius reads a file of thousandths of a degree. What no sensor measures is left out:
// broken and absent ones say such things.
func (h *Host) celsius(path string) (float64, bool) {
	n, ok := h.number(path)
	return n / 1000, ok && n > -100_000 && n < 250_000
}

// kindOfChip tells what a chip measures.
func kindOfChip(chip string) string {
	switch chip {
	case "coretemp", "k10temp", "k8temp", "zenpower", "via_cputemp", "cpu_thermal", "fam15h_power":
		return "cpu"
	case "nvme", "drivetemp":
		return "disk"
	case "amdgpu", "radeon", "nouveau", "i915", "xe":
		return "gpu"
	}
	return "board"
}
