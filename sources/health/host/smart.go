package host

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"tocsin/engine/event"
)

// smartReport is what smartctl --json says, as far as facts are made of it. Kinds of
// disks say the same in different places.
type smartReport struct {
	Smartctl struct {
		Version  []int `json:"version"`
		Messages []struct {
			Text     string `json:"string"`
			Severity string `json:"severity"`
		} `json:"messages"`
		Exit int `json:"exit_status"`
	} `json:"smartctl"`
	Device struct {
		Protocol string `json:"protocol"`
	} `json:"device"`
	Model     string `json:"model_name"`
	SCSIModel string `json:"scsi_model_name"`
	Serial    string `json:"serial_number"`
	Rotation  *int   `json:"rotation_rate"`
	Status    *struct {
		Passed *bool `json:"passed"`
	} `json:"smart_status"`
	Temperature struct {
		Current *float64 `json:"current"`
	} `json:"temperature"`
	Powered struct {
		Hours *float64 `json:"hours"`
	} `json:"power_on_time"`
	ATA struct {
		Table []struct {
			ID    int     `json:"id"`
			Name  string  `json:"name"`
			Value float64 `json:"value"`
			Raw   struct {
				Value float64 `json:"value"`
			} `json:"raw"`
		} `json:"table"`
	} `json:"ata_smart_attributes"`
	NVMe *struct {
		Used   float64 `json:"percentage_used"`
		Spare  float64 `json:"available_spare"`
		Errors float64 `json:"media_errors"`
	} `json:"nvme_smart_health_information_log"`
	Endurance *struct {
		Used float64 `json:"current_percent"`
	} `json:"endurance_used"`
	Grown *float64 `json:"scsi_grown_defect_list"`
	Worn  *float64 `json:"scsi_percentage_used_endurance_indicator"`
	SCSI  map[string]struct {
		Uncorrected float64 `json:"total_uncorrected_errors"`
	} `json:"scsi_error_counter_log"`
}

// exitParked is how smartctl -n ends for a disk that it would have to wake.
const exitParked = 2

// parseSmart reads what smartctl says of a disk.
func parseSmart(text []byte) (item, error) {
	var r smartReport
	var oddField *json.UnmarshalTypeError // versions differ; what else was read stands
	if err := json.Unmarshal(text, &r); err != nil && !errors.As(err, &oddField) || len(r.Smartctl.Version) == 0 {
		return nil, errors.New("smartctl did not answer with its JSON: it must be of version 7 or later")
	}
	it := item{}
	for _, m := range r.Smartctl.Messages {
		if strings.HasPrefix(m.Text, "Device is in ") { // STANDBY mode, exit(2)
			return item{"parked": true}, nil
		}
		put(it, "error", m.Text, m.Severity == "error")
	}
	if it["error"] == nil && r.Smartctl.Exit == exitParked {
		return item{"parked": true}, nil
	}
	r.describe(it)
	if s := r.Status; s != nil && s.Passed != nil {
		it["smart_ok"] = *s.Passed
	}
	if t := r.Temperature.Current; t != nil && *t > -100 && *t < 250 {
		it["celsius"] = *t
	}
	if hours := r.Powered.Hours; hours != nil && *hours >= 0 && *hours < 2e6 {
		it["powered"] = event.Duration(time.Duration(*hours) * time.Hour)
	}
	r.wear(it)
	return it, nil
}

// describe tells what disk it is.
func (r smartReport) describe(it item) {
	model := r.Model
	if model == "" {
		model = r.SCSIModel
	}
	put(it, "model", model, model != "")
	put(it, "serial", r.Serial, r.Serial != "")
	switch {
	case r.Device.Protocol == "NVMe":
		it["kind"] = "nvme"
	case r.Device.Protocol == "SCSI":
		it["kind"] = "sas"
	case r.Rotation != nil && *r.Rotation > 0:
		it["kind"] = "hdd"
	case r.Rotation != nil:
		it["kind"] = "ssd"
	}
}

// attributes are the counters of ATA disks that mean the same with all vendors.
var attributes = map[int]string{5: "reallocated", 197: "pending", 198: "uncorrectable", 199: "crc_errors"}

// lifetimes are attributes of ATA disks of which the value falls from 100 as they wear,
// the plainest first. Their numbers mean other things with other vendors.
var lifetimes = []string{
	"SSD_Life_Left", "Remaining_Lifetime_Perc", "Percent_Lifetime_Remain", "Percent_Life_Remaining", "Media_Wearout_Indicator",
	"Wear_Leveling_Count", "Ave_Block-Erase_Count",
}

// wear tells how far a disk is gone.
func (r smartReport) wear(it item) {
	left := map[string]float64{}
	for _, a := range r.ATA.Table {
		if name := attributes[a.ID]; name != "" {
			it[name] = a.Raw.Value
		}
		if a.Value > 0 && a.Value <= 100 {
			left[a.Name] = a.Value
		}
	}
	for _, name := range lifetimes {
		if n, ok := left[name]; ok && it["wear_percent"] == nil {
			it["wear_percent"] = 100 - n
		}
	}
	if r.Endurance != nil { // smartctl 7.4 knows it by itself
		it["wear_percent"] = r.Endurance.Used
	}
	if n := r.NVMe; n != nil {
		it["wear_percent"], it["spare_percent"], it["media_errors"] = n.Used, n.Spare, n.Errors
	}
	if r.Worn != nil {
		it["wear_percent"] = *r.Worn
	}
	if r.Grown != nil {
		it["reallocated"] = *r.Grown
	}
	if len(r.SCSI) > 0 {
		total := 0.0
		for _, log := range r.SCSI {
			total += log.Uncorrected
		}
		it["uncorrectable"] = min(total, 1e18)
	}
}
