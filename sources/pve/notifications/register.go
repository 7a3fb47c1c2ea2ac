package notifications

import (
	"fmt"
	"slices"
)

// Files are both files at one moment.
type Files struct{ Public, Private *File }

// Read reads both files. The error is a *Fault.
func Read(public, private []byte) (Files, error) {
	pub, err := ParsePublic(public)
	if err != nil {
		return Files{}, err
	}
	priv, err := ParsePrivate(private)
	return Files{pub, priv}, err
}

// Register returns the files with the target and its matcher in them. What says the
// same already stays as it is, also a matcher to which somebody gave rules of his own.
// The error is a *Fault: an id of ours is somebody else's.
func (f Files) Register(t Target) (Files, error) {
	if why := checkURL(t.URL); why != "" {
		return f, fmt.Errorf("the address %s is none that Proxmox VE takes: %s", visible(t.URL), why)
	}
	if err := f.free(); err != nil {
		return f, err
	}
	before := f
	private, err := f.Private.put(t.private(), func(have, want *Section) bool { return have.says(want) })
	if err != nil {
		return before, err
	}
	public, err := f.Public.put(t.webhook(), func(have, want *Section) bool { return have.says(want) })
	if err != nil {
		return before, err
	}
	public, err = public.put(matcher(), func(have, _ *Section) bool { return have.routes() })
	if err != nil {
		return before, err
	}
	after := Files{public, private}
	return after, before.compare(after, false)
}

// Unregister returns the files without anything of tocsin's: target, matcher, private
// section, and the lines by which matchers of others send to the target, as each would
// be an error in every notification.
func (f Files) Unregister() (Files, error) {
	before := f
	private, err := f.Private.without("webhook", TargetID)
	if err != nil {
		return before, err
	}
	public, err := f.Public.without("webhook", TargetID)
	if err != nil {
		return before, err
	}
	if public, err = public.without("matcher", MatcherID); err != nil {
		return before, err
	}
	if public, err = public.withoutTarget(); err != nil {
		return before, err
	}
	after := Files{public, private}
	return after, before.compare(after, true)
}

// free reports whether the ids are nobody else's: endpoints and matchers share one
// name space, in which the later section replaces the earlier one without a word.
func (f Files) free() error {
	for _, id := range [...]struct {
		file     *File
		id, kind string
	}{{f.Public, TargetID, "webhook"}, {f.Public, MatcherID, "matcher"}, {f.Private, TargetID, "webhook"}} {
		for _, s := range id.file.find(id.id) {
			if s.Type != id.kind {
				return &Fault{
					File: id.file.Name, Line: s.Line, Reason: fmt.Sprintf("the name %s is taken by a section of type %s", s.ID, s.Type),
					Do: "rename or remove that one first: targets and matchers share their names, and the later one would replace it",
				}
			}
		}
	}
	return nil
}

// put adds a section, or puts it into the place of the one with its id. One that will
// do stays. Of several the last counts, and the others go.
func (f *File) put(want Section, will func(have, want *Section) bool) (*File, error) {
	for list := f.find(want.ID); len(list) > 1; list = f.find(want.ID) {
		next, err := f.again(cut(f.Text, list[0]))
		if err != nil {
			return f, err
		}
		f = next
	}
	list := f.find(want.ID)
	switch {
	case len(list) == 0:
		return f.again(add(f.Text, want.stanza()))
	case will(list[0], &want):
		return f, nil
	}
	return f.again(replace(f.Text, list[0], want.stanza()))
}

// without takes all sections of a type and an id out.
func (f *File) without(kind, id string) (*File, error) {
	for {
		at := slices.IndexFunc(f.Sections, func(s Section) bool { return s.Type == kind && s.ID == id })
		if at < 0 {
			return f, nil
		}
		next, err := f.again(cut(f.Text, &f.Sections[at]))
		if err != nil {
			return f, err
		}
		f = next
	}
}

// withoutTarget takes the lines out by which matchers send to the target, unless
// somebody has a target of another type with its name.
func (f *File) withoutTarget() (*File, error) {
	if slices.ContainsFunc(f.find(TargetID), func(s *Section) bool { return s.Type != "matcher" }) {
		return f, nil
	}
	text := f.Text
	for _, s := range slices.Backward(f.Sections) {
		for _, p := range slices.Backward(s.Properties) {
			if isOurRoute(&s, &p) {
				text = cutLine(text, &p)
			}
		}
	}
	return f.again(text)
}

func isOurRoute(s *Section, p *Property) bool {
	return s.Type == "matcher" && p.Key == "target" && p.Value == TargetID
}

// again reads a text that an edit made of the file.
func (f *File) again(text string) (*File, error) {
	if text == f.Text {
		return f, nil
	}
	types := publicTypes()
	if f.Name == Private {
		types = privateTypes()
	}
	next, err := parse(f.Name, types, text)
	if err != nil {
		return f, fmt.Errorf("the edited file would not be read (%w); nothing is written", err)
	}
	return next, nil
}

// compare fails when an edit did anything to sections of others but what it may.
func (f Files) compare(after Files, routes bool) error {
	for _, pair := range [...][2]*File{{f.Public, after.Public}, {f.Private, after.Private}} {
		if !slices.EqualFunc(pair[0].foreign(routes), pair[1].foreign(routes), sameSection) {
			return fmt.Errorf("%s: the edit would change what is not tocsin's; nothing is written", pair[0].Name)
		}
	}
	return nil
}

// foreign are the sections of others, perhaps without the lines that name our target.
func (f *File) foreign(routes bool) []Section {
	var list []Section
	for _, s := range f.Sections {
		if s.Type == "webhook" && s.ID == TargetID || s.Type == "matcher" && s.ID == MatcherID {
			continue
		}
		properties := slices.Clone(s.Properties)
		if routes {
			properties = slices.DeleteFunc(properties, func(p Property) bool { return isOurRoute(&s, &p) })
		}
		list = append(list, Section{Type: s.Type, ID: s.ID, Properties: properties})
	}
	return list
}

func sameSection(a, b Section) bool {
	return a.Type == b.Type && a.ID == b.ID && slices.EqualFunc(a.Properties, b.Properties, func(a, b Property) bool {
		return a.Key == b.Key && a.Value == b.Value
	})
}
