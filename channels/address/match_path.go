package address

import (
	"fmt"
	"strings"
)

// matchPath fits the segments to the slots of the shape. An optional slot and a
// list take what they can get and give back what a later slot needs.
func (m *matcher) matchPath(s Shape) *miss {
	slots, texts := s.path, m.parts.path
	if s.hostInPath() {
		slots = append([]slot{*s.host}, slots...)
		if m.host != "" {
			texts = append([]string{m.host}, texts...)
		}
	}
	f := fitter{matcher: m, slots: slots, texts: texts, failed: map[[2]int]bool{}}
	if least, most := f.counts(); len(texts) < least {
		return f.tooFew(least)
	} else if len(texts) > most {
		return &miss{fmt.Sprintf("the path has %s, %d too many", count(len(texts)), len(texts)-most), farMany + len(texts) - most}
	}
	if !f.fit(0, 0) {
		return f.explain()
	}
	return nil
}

// hostInPath reports whether what fills the host's place goes on in the path.
func (s Shape) hostInPath() bool {
	return s.host != nil && (s.host.parts[0].list != single || s.host.parts[0].joined)
}

// fitter tries the ways in which texts fill slots. Each pair of positions is
// tried once, so it takes slots times texts steps at most, for each text of a
// list.
type fitter struct {
	*matcher
	slots  []slot
	texts  []string
	failed map[[2]int]bool

	farSlot, farText int // the furthest pair that did not fit
}

// unbounded is a number of segments that no address has.
const unbounded = maxLength

// counts returns how few and how many segments the slots take.
func (f *fitter) counts() (least, most int) {
	for i := range f.slots {
		if f.needed(i) {
			least++
		}
		most++
		if p := f.slots[i].parts[0]; p.list != single || p.joined {
			most = unbounded
		}
	}
	return least, most
}

// needed reports whether slot i cannot stay empty.
func (f *fitter) needed(i int) bool {
	for j := range f.slots[i].parts {
		if !f.has(&f.slots[i].parts[j]) {
			return true
		}
	}
	return false
}

// fit fills the slots from i with the texts from j, and keeps their values when
// that goes.
func (f *fitter) fit(i, j int) bool {
	if i == len(f.slots) {
		return j == len(f.texts)
	}
	if f.failed[[2]int{i, j}] {
		return false
	}
	fits := f.fitSlot(i, j)
	f.failed[[2]int{i, j}] = !fits
	return fits
}

func (f *fitter) fitSlot(i, j int) bool {
	slot := f.slots[i]
	if slot.parts[0].list != single {
		return f.fitList(i, j)
	}
	p := &slot.parts[0]
	longest := min(j+1, len(f.texts))
	if p.joined {
		longest = len(f.texts)
	}
	for end := j + 1; end <= longest; end++ {
		value, ok := p.cut(f.joined(p, j, end))
		if !ok {
			f.note(i, j)
		}
		if ok && f.fit(i+1, end) {
			if p.field != "" {
				f.values[p.field] = []string{value}
			}
			return true
		}
	}
	return f.has(p) && f.fit(i+1, j)
}

// joined returns the texts from j to end as an address has them. The slash that
// ends the path belongs to them: servers may take /hook/ for another address
// than /hook. A pattern says itself where a value ends.
func (f *fitter) joined(p *part, j, end int) string {
	text := strings.Join(f.texts[j:end], "/")
	if p.joined && p.pattern == nil && f.slash && end == len(f.texts) {
		text += "/"
	}
	return text
}

// fitList gives the list all texts but those that later slots need.
func (f *fitter) fitList(i, j int) bool {
	later := len(f.slots) - i - 1 // no other list is among them
	for end := f.reach(i, j); end >= j && len(f.texts)-end <= later; end-- {
		found := f.collect(i, j, end)
		if found != nil && f.fit(i+1, end) {
			for name, values := range found {
				f.values[name] = values
			}
			return true
		}
	}
	return false
}

// reach returns the end of the texts from j that the lists of slot i take.
func (f *fitter) reach(i, j int) int {
	for ; j < len(f.texts); j++ {
		for _, item := range f.slots[i].split(f.texts[j]) {
			if f.slots[i].owner(item) == nil {
				f.note(i, j)
				return j
			}
		}
	}
	return j
}

// collect returns the values of the lists in slot i from the texts between j
// and end, or nil when one that is needed stays empty.
func (f *fitter) collect(i, j, end int) map[string][]string {
	found := map[string][]string{}
	for _, text := range f.texts[j:end] {
		for _, item := range f.slots[i].split(text) {
			p := f.slots[i].owner(item)
			value, _ := p.cut(item)
			found[p.field] = append(found[p.field], value)
		}
	}
	for k := range f.slots[i].parts {
		if p := &f.slots[i].parts[k]; !f.has(p) && found[p.field] == nil {
			f.note(i, end)
			return nil
		}
	}
	return found
}

// split returns the items of one segment.
func (s slot) split(text string) []string {
	if s.parts[0].list == segments {
		return []string{text}
	}
	return SplitList(text)
}

// owner returns the list that an item belongs to: the first that it fits.
func (s slot) owner(item string) *part {
	for i := range s.parts {
		if _, ok := s.parts[i].cut(item); ok {
			return &s.parts[i]
		}
	}
	return nil
}

// note keeps the furthest pair that did not fit, for the explanation.
func (f *fitter) note(i, j int) {
	if j > f.farText || j == f.farText && i > f.farSlot {
		f.farSlot, f.farText = i, j
	}
}

func (f *fitter) tooFew(least int) *miss {
	var missing []string
	n := 0
	for i := range f.slots {
		if f.needed(i) {
			if n++; n > len(f.texts) {
				missing = append(missing, strings.TrimSuffix(f.slots[i].form(""), "…"))
			}
		}
	}
	verb := "is"
	if len(missing) > 1 {
		verb = "are"
	}
	problem := fmt.Sprintf("%s %s missing", strings.Join(missing, " and "), verb)
	if least > 1 {
		problem += fmt.Sprintf(": the path has %s of %d", count(len(f.texts)), least)
	}
	return &miss{problem, (least - len(f.texts)) * farFew}
}

func (f *fitter) explain() *miss {
	slot := f.slots[f.farSlot]
	place := fmt.Sprintf("path segment %d", f.farText+1)
	switch {
	case f.farText >= len(f.texts):
		return &miss{fmt.Sprintf("%s is missing in the path", strings.TrimSuffix(slot.form(""), "…")), farPath}
	case len(slot.parts) > 1:
		return &miss{place + " is none of " + slot.form(""), farPath}
	}
	return &miss{place + slot.parts[0].expectation(), farPath}
}

func count(segments int) string {
	if segments == 1 {
		return "1 segment"
	}
	return fmt.Sprintf("%d segments", segments)
}
