package patch

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"tocsin/rules"
)

// times are the keys of a channel's quiet hours and digest, which make a block
// together: what the patch says, and what holds without it.
type times struct {
	label     string
	said, now map[string]string
}

// timeKey are those keys.
var timeKey = map[string]bool{"quiet_enabled": true, "quiet_start": true, "quiet_end": true, "digest_enabled": true, "digest_time": true}

// get returns what a key says. A time of day has two digits for the hour here.
func (t *times) get(key string) string {
	value := cmp.Or(t.said[key], t.now[key])
	if shortHour.MatchString(value) {
		return "0" + value
	}
	return value
}

var shortHour = regexp.MustCompile(`^\d:\d\d$`)

// says reports whether the patch has a key that begins so.
func (t *times) says(begin string) bool {
	for key := range t.said {
		if strings.HasPrefix(key, begin) {
			return true
		}
	}
	return false
}

// time notes a key.
func (f *flat) time(kind, field, name string, v any) error {
	if predecessor[kind] == nil {
		return unknown(name, rules.Shapes())
	}
	label, _, err := f.only(kind)
	if err != nil {
		return err
	}
	if f.times[kind] == nil {
		f.times[kind] = &times{label, map[string]string{}, f.timesNow(label)}
	}
	switch v := v.(type) {
	case string:
		f.times[kind].said[field] = v
	case bool:
		f.times[kind].said[field] = strconv.FormatBool(v)
	default:
		return &Error{name + " is no text", ""}
	}
	return nil
}

var span = regexp.MustCompile(`^(\d\d:\d\d)-(\d\d:\d\d)$`)

// timesNow reads what holds at the moment.
func (f *flat) timesNow(label string) map[string]string {
	now := map[string]string{"quiet_enabled": "false", "quiet_start": "22:00", "quiet_end": "06:00", "digest_enabled": "false", "digest_time": "09:00"}
	for i := range f.blocks {
		b := &f.blocks[i]
		if b.Kind != "channel" || b.Labels[1] != label {
			continue
		}
		for _, inner := range b.Blocks {
			for _, a := range inner.Arguments {
				value, _ := a.Value.(string)
				switch {
				case inner.Kind == "quiet_hours" && a.Name == "hours":
					now["quiet_enabled"] = "true"
					if m := span.FindStringSubmatch(value); m != nil {
						now["quiet_start"], now["quiet_end"] = m[1], m[2]
					}
				case inner.Kind == "digest" && a.Name == "at":
					now["digest_enabled"], now["digest_time"] = "true", value
				}
			}
		}
	}
	return now
}

// putTimes puts the blocks that the keys make.
func (f *flat) putTimes(kind string, t *times) error {
	for _, part := range []struct{ begin, block, argument, value string }{
		{"quiet_", "quiet_hours", "hours", t.get("quiet_start") + "-" + t.get("quiet_end")},
		{"digest_", "digest", "at", t.get("digest_time")},
	} {
		if !t.says(part.begin) {
			continue
		}
		on, err := yes(t.get(part.begin + "enabled"))
		if err != nil {
			return &Error{fmt.Sprintf("%s.%senabled: %v", kind, part.begin, err), ""}
		}
		path := []string{"channel", kind, t.label, part.block}
		if on == true {
			f.out.at(part.value, append(path, part.argument)...)
		} else {
			f.out.at(nil, path...)
		}
	}
	return nil
}
