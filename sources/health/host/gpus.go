package host

import (
	"bytes"
	"context"
	"strings"
)

// readGPUs reads display controllers, and how busy the driver says they are.
func readGPUs(h *Host, ctx context.Context) ([]item, error) {
	var items []item
	byAddress := map[string]item{}
	nvidia := false
	for _, address := range h.names(pciDevices) {
		if !strings.HasPrefix(h.word(pciDevices+"/"+address+"/class"), "0x03") || len(items) > maxItems {
			continue
		}
		it := h.gpu(pciDevices+"/"+address, address)
		nvidia = nvidia || it["driver"] == "nvidia"
		byAddress[address] = it
		items = append(items, it)
	}
	if len(items) == 0 {
		return nil, nil
	}
	names, _ := h.text("/usr/share/misc/pci.ids") // without it they are called by their numbers
	for address, it := range byAddress {
		it["gpu_name"] = nameOfPCI(names, h.word(pciDevices+"/"+address+"/vendor"), h.word(pciDevices+"/"+address+"/device"))
	}
	if nvidia {
		h.nvidia(ctx, byAddress)
	}
	return items, nil
}

// gpu is what the kernel tells.
func (h *Host) gpu(dir, address string) item {
	driver := h.link(dir + "/driver")
	it := item{"gpu_pci": address, "driver": driver, "mode": "host"}
	switch driver {
	case "":
		it["mode"] = "none"
	case "vfio-pci":
		it["mode"] = "guest"
	}
	busy, ok := h.number(dir + "/gpu_busy_percent")
	put(it, "used_percent", busy, ok)
	used, known := h.number(dir + "/mem_info_vram_used")
	whole, _ := h.number(dir + "/mem_info_vram_total")
	n, ok := percent(used, whole)
	put(it, "memory_percent", n, ok && known)
	for _, monitor := range h.names(dir + "/hwmon") {
		celsius, ok := h.celsius(dir + "/hwmon/" + monitor + "/temp1_input")
		put(it, "celsius", celsius, ok)
	}
	return it
}

// nvidia adds what the driver of NVIDIA tells, or why it does not.
func (h *Host) nvidia(ctx context.Context, byAddress map[string]item) {
	text, err := h.ask(ctx, toolTime, "nvidia-smi", "--query-gpu=pci.bus_id,temperature.gpu,utilization.gpu,memory.used,memory.total", "--format=csv,noheader,nounits")
	for address, said := range parseNvidia(text) {
		if it := byAddress[address]; it != nil {
			for field, v := range said {
				it[field] = v
			}
		}
	}
	for _, it := range byAddress {
		if err != nil && it["driver"] == "nvidia" {
			it["error"] = err.Error()
		}
	}
}

// parseNvidia reads lines "00000000:01:00.0, 45, 12, 300, 8192".
func parseNvidia(text []byte) map[string]item {
	all := map[string]item{}
	for line := range bytes.Lines(text) {
		words := strings.Split(strings.TrimSpace(string(line)), ", ")
		m := pciAddress.FindStringSubmatch(strings.ToLower(words[0]))
		if len(words) != 5 || m == nil || m[3] == "" || len(m[1]) < 4 {
			continue
		}
		it := item{}
		numbers := [5]float64{}
		var known [5]bool
		for i, word := range words[1:] { // "[N/A]" where there is no such sensor
			numbers[i+1], known[i+1] = decimal(word)
		}
		put(it, "celsius", numbers[1], known[1])
		put(it, "used_percent", numbers[2], known[2])
		n, ok := percent(numbers[3], numbers[4])
		put(it, "memory_percent", n, ok && known[3])
		all[m[1][len(m[1])-4:]+":"+m[2]+"."+m[3]] = it
	}
	return all
}

// nameOfPCI looks a device up in pci.ids: a line "10de  NVIDIA Corporation", and below it
// "<tab>2204  GA102". What is not there is called by its numbers.
func nameOfPCI(ids []byte, vendor, device string) string {
	vendor, device = strings.TrimPrefix(vendor, "0x"), strings.TrimPrefix(device, "0x")
	maker := ""
	for line := range bytes.Lines(ids) {
		text := strings.TrimRight(string(line), "\n")
		switch {
		case maker == "":
			if name, ok := strings.CutPrefix(text, vendor+"  "); ok && vendor != "" {
				maker = name
			}
		case strings.HasPrefix(text, "\t\t"), strings.HasPrefix(text, "#"):
		case strings.HasPrefix(text, "\t"):
			if name, ok := strings.CutPrefix(text, "\t"+device+"  "); ok {
				return maker + " " + name
			}
		default: // the next maker
			return maker + " " + device
		}
	}
	if maker != "" {
		return maker + " " + device
	}
	return vendor + ":" + device
}
