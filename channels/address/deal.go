package address

// Deal gives items to the lists that share a place with the field: each to the
// first that it fits, as those of the path are. An item that fits none goes to
// the field itself. It reports false when the field shares no place.
func (s Shape) Deal(field string, list []string) (map[string][]string, bool) {
	slots := s.path
	if s.host != nil {
		slots = append([]slot{*s.host}, slots...)
	}
	for _, slot := range slots {
		if len(slot.parts) > 1 && slot.holds(field) {
			return slot.deal(field, list), true
		}
	}
	return nil, false
}

func (s slot) holds(field string) bool {
	for i := range s.parts {
		if s.parts[i].field == field {
			return true
		}
	}
	return false
}

func (s slot) deal(field string, list []string) map[string][]string {
	out := map[string][]string{}
	for _, item := range list {
		if p := s.owner(item); p != nil {
			value, _ := p.cut(item)
			out[p.field] = append(out[p.field], value)
		} else {
			out[field] = append(out[field], item)
		}
	}
	return out
}
