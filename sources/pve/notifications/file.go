package notifications

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Names of the two files, below /etc/pve.
const (
	Public  = "notifications.cfg"
	Private = "priv/notifications.cfg"
)

// MaxSize is how large a file below /etc/pve may be.
const MaxSize = 1 << 20

// File is one of the two files, as it was read.
type File struct {
	Name     string // Public or Private
	Text     string
	Sections []Section // in the order of the file
}

// Section is a target or a matcher, with the range of its lines in the text.
type Section struct {
	Type, ID   string
	Line       int // of the header, from 1
	Properties []Property

	from, to int // the header's first byte, and the one after the last property
}

// Property is one line of a section; keys of lists occur several times.
type Property struct {
	Key, Value string
	Line       int

	from, to int
}

// Values returns the values of a key, in order.
func (s *Section) Values(key string) []string {
	var list []string
	for _, p := range s.Properties {
		if p.Key == key {
			list = append(list, p.Value)
		}
	}
	return list
}

// Fault is why Proxmox VE cannot use a file. With it nobody is notified of anything,
// of which Proxmox VE itself says little.
type Fault struct {
	File   string
	Line   int
	Reason string
	Do     string
}

// Error returns the place and the reason.
func (f *Fault) Error() string { return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Reason) }

// ParsePublic reads notifications.cfg. The error is a *Fault.
func ParsePublic(text []byte) (*File, error) { return parse(Public, publicTypes(), string(text)) }

// ParsePrivate reads priv/notifications.cfg. The error is a *Fault.
func ParsePrivate(text []byte) (*File, error) { return parse(Private, privateTypes(), string(text)) }

// parser reads a text line by line.
type parser struct {
	file  *File
	types map[string]sectionType
	line  int
}

func parse(name string, types map[string]sectionType, text string) (*File, error) {
	p := &parser{file: &File{Name: name, Text: text}, types: types}
	if len(text) > MaxSize {
		return nil, p.fault("the file is larger than 1 MiB", "Proxmox VE keeps no file of that size: remove what is not needed")
	}
	var open *Section
	for at := 0; at < len(text); {
		end := len(text)
		if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		p.line++
		line := content(text[at:end])
		var err error
		switch blank := strings.TrimSpace(line) == ""; {
		case !utf8.ValidString(line):
			err = p.fault("the line is not UTF-8", "write it as UTF-8")
		case blank && open != nil:
			err, open = p.finish(open), nil
		case blank:
		case open == nil:
			open, err = p.header(line, at, end)
		default:
			err = p.property(open, line, at, end)
		}
		if err != nil {
			return nil, err
		}
		at = end
	}
	if open != nil {
		if err := p.finish(open); err != nil {
			return nil, err
		}
	}
	if err := p.checkMatchers(); err != nil {
		return nil, err
	}
	return p.file, nil
}

// content is a line without its end. A carriage return belongs to the end only
// before a newline.
func content(line string) string {
	if line, ended := strings.CutSuffix(line, "\n"); ended {
		return strings.TrimSuffix(line, "\r")
	}
	return line
}

func (p *parser) fault(reason, do string) *Fault {
	return &Fault{File: p.file.Name, Line: max(p.line, 1), Reason: reason, Do: do}
}

// header reads the line that begins a section: type, colon, id.
func (p *parser) header(line string, from, to int) (*Section, error) {
	first, _ := utf8.DecodeRuneInString(line)
	kind, id, colon := strings.Cut(line, ":")
	kind, id = strings.TrimSpace(kind), strings.TrimSpace(id)
	if !unicode.IsLetter(first) || !colon {
		return nil, p.fault("no header of a section", "a section begins with TYPE: ID at the start of a line; there are no comments, and no blank line within a section")
	}
	if _, known := p.types[kind]; !known {
		return nil, p.fault(fmt.Sprintf("unknown type of section %q", kind), "the types are "+p.typeNames())
	}
	if why := checkID(id); why != "" {
		return nil, p.fault(fmt.Sprintf("invalid id %q: %s", id, why), "give the section another id")
	}
	p.file.Sections = append(p.file.Sections, Section{Type: kind, ID: id, Line: p.line, from: from, to: to})
	return &p.file.Sections[len(p.file.Sections)-1], nil
}

// property reads a line of a section: white space, key, white space, value.
func (p *parser) property(s *Section, line string, from, to int) error {
	first, _ := utf8.DecodeRuneInString(line)
	text := strings.TrimLeftFunc(line, unicode.IsSpace)
	gap := strings.IndexFunc(text, unicode.IsSpace)
	switch {
	case !unicode.IsSpace(first):
		return p.fault("no property of a section", "put a blank line before the next section; properties begin with a tab")
	case gap < 0:
		return p.fault("a key without a value", "write KEY VALUE, or remove the line")
	}
	key, value := text[:gap], strings.TrimSpace(text[gap:])
	option, known := p.types[s.Type].options[key]
	switch {
	case !known:
		return p.fault(fmt.Sprintf("unknown property %q of a section of type %s", key, s.Type), "remove the line")
	case !option.list && s.Values(key) != nil:
		return p.fault(fmt.Sprintf("property %q stands here twice", key), "remove one of the two lines")
	}
	if option.check != nil {
		if why := option.check(value); why != "" {
			return p.fault(fmt.Sprintf("property %q: %s", key, why), "correct the value or remove the line")
		}
	}
	s.Properties = append(s.Properties, Property{Key: key, Value: value, Line: p.line, from: from, to: to})
	s.to = to
	return nil
}

// finish looks whether a section has what it needs.
func (p *parser) finish(s *Section) error {
	for _, key := range p.types[s.Type].required {
		if s.Values(key) == nil {
			return p.fault(fmt.Sprintf("%s: %s lacks the property %q", s.Type, s.ID, key), "add it; a blank line ends a section")
		}
	}
	return nil
}

// find returns the sections with an id. Of several Proxmox VE takes the last.
func (f *File) find(id string) []*Section {
	var list []*Section
	for i := range f.Sections {
		if f.Sections[i].ID == id {
			list = append(list, &f.Sections[i])
		}
	}
	return list
}
