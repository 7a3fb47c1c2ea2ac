package rules

// groupKind is the kind of block that makes a group of events.
const groupKind = "group"

// decodeGroup decodes a group. A group that is switched off switches off its
// events.
//
//	group "backups" {
//	  title = "Backups"
//	  icon  = "💾"
//	}
func (l *loading) decodeGroup(b *block) {
	if !l.checkName(b, typeName, typeRule) || l.names.groups[b.name()] != b {
		return
	}
	g := Group{Name: b.name(), Title: b.name(), Place: place(b.head)}
	r := l.read(b)
	g.Enabled = r.enabled()
	r.str("title", &g.Title)
	r.str("icon", &g.Icon)
	r.done()
	l.config.Catalogue.Groups = append(l.config.Catalogue.Groups, g)
}

// group returns a group that was decoded.
func (l *loading) group(name string) (Group, bool) {
	for _, g := range l.config.Catalogue.Groups {
		if g.Name == name {
			return g, true
		}
	}
	return Group{}, false
}
