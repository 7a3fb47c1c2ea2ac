package notifications

import (
	"encoding/base64"
	"slices"
	"strings"

	"tocsin/engine/event"
)

// Ids of the sections that are tocsin's.
const (
	TargetID  = "tocsin"
	MatcherID = "tocsin-matcher"
)

// Target is where Proxmox VE posts, and with what.
type Target struct {
	URL    string
	Secret event.Secret // unset: none is sent along
}

// secretName is what the shared secret is called in the private file.
const secretName = "token"

// body is the template of what is posted. Every value is escaped; the timestamp is a
// number, which the helper for texts would refuse.
const body = `{ "title": "{{ escape title }}", "message": "{{ escape message }}", "severity": "{{ severity }}", "timestamp": "{{ timestamp }}", "fields": {{ json fields }} }`

func encode(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func header(name, template string) string { return "name=" + name + ",value=" + encode(template) }

// webhook returns the section of the target, as Proxmox VE would write it.
func (t Target) webhook() Section {
	s := Section{Type: "webhook", ID: TargetID}
	s.set("body", encode(body))
	s.set("header", header("Content-Type", "application/json"))
	if t.Secret.IsSet() {
		s.set("header", header("X-Webhook-Secret", "{{ secrets."+secretName+" }}"))
		s.set("header", header("X-Tocsin-Timestamp", "{{ timestamp }}"))
	}
	s.set("method", "post")
	s.set("url", t.URL)
	return s
}

// private returns the section of the private file, without which Proxmox VE does not
// use the target.
func (t Target) private() Section {
	s := Section{Type: "webhook", ID: TargetID}
	if t.Secret.IsSet() {
		s.set("secret", "name="+secretName+",value="+encode(t.Secret.Reveal()))
	}
	return s
}

// matcher returns the section that routes everything to the target.
func matcher() Section {
	s := Section{Type: "matcher", ID: MatcherID}
	s.set("comment", "Route all notifications to tocsin")
	s.set("mode", "all")
	s.set("target", TargetID)
	return s
}

func (s *Section) set(key, value string) {
	s.Properties = append(s.Properties, Property{Key: key, Value: value})
}

// stanza writes a section as Proxmox VE does.
func (s *Section) stanza() string {
	var out strings.Builder
	out.WriteString(s.Type + ": " + s.ID + "\n")
	for _, p := range s.Properties {
		out.WriteString("\t" + p.Key + " " + p.Value + "\n")
	}
	return out.String()
}

// says reports whether a section does what another one does: the same properties,
// whatever their order and how they are written. A comment is its author's.
func (s *Section) says(other *Section) bool { return slices.Equal(s.meaning(), other.meaning()) }

func (s *Section) meaning() []string {
	var list []string
	for _, p := range s.Properties {
		switch value := p.Value; p.Key {
		case "comment", "origin":
		case "disable":
			if on, _ := parseBool(value); on {
				list = append(list, "disable")
			}
		case "header", "secret":
			members, _ := parsePair(value)
			list = append(list, p.Key+" "+members["name"]+"="+members["value"])
		default:
			list = append(list, p.Key+" "+value)
		}
	}
	slices.Sort(list)
	return list
}

// isDisabled reports whether a section is switched off.
func (s *Section) isDisabled() bool { return slices.Contains(s.meaning(), "disable") }

// routes reports whether a matcher sends to the target of tocsin.
func (s *Section) routes() bool {
	return s.Type == "matcher" && !s.isDisabled() && slices.Contains(s.Values("target"), TargetID)
}
