package rules

import (
	"maps"
	"regexp"
	"slices"

	"tocsin/engine/event"
	"tocsin/rules/condition"
	"tocsin/sources"
	"tocsin/sources/pve"
)

// pveKind is the kind of source over what Proxmox posts to the webhook.
const pveKind = "pve"

// postType is how the types of notifications are written.
var postType = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$`)

// pveSource decodes what a source makes of Proxmox's notifications.
//
//	source "pve" "vzdump_failed" {
//	  notifications = ["vzdump"]                     # left out: any
//	  when          = "post.outcome == 'failed'"
//	  emit          = "backup_fail"
//	  severity      = "CRITICAL"                     # or "posted"; default: the higher of the sender's and the event's
//	  data          = { storage = "{{ .post.storage }}" }
//	}
func (r *reader) pveSource(s *Source) any {
	r.require("emit")
	p := &pve.Rule{Name: s.Name, Place: s.Place, Notifications: r.notifications(), Types: r.fields("types")}
	p.Event, p.Fields = r.emitted("emit", p.Types)
	s.Emits = []string{p.Event}
	r.choice("severity", &p.Severity, "INFO", "WARNING", "CRITICAL", pve.Posted)
	if cond := r.postCondition(p.Types); cond != nil {
		p.When, p.Reads = cond.MatchValues, cond.Reads()
		r.depends("when", cond.String())
	}
	scope := &templateScope{own: &ownNames{members: map[string][]string{"post": append(slices.Sorted(maps.Keys(pve.Names())), "fields")}}}
	for _, d := range r.sourceData(p.Event, p.Fields, scope) {
		p.Data = append(p.Data, sources.Datum{Name: d.name, Type: d.typ, Text: r.sourceText(d.tmpl)})
	}
	p.First = !r.block.file.pack && r.block.base == nil
	return p
}

// notifications reads the types of notifications.
func (r *reader) notifications() []string {
	return r.foreignNames(foreign{
		argument: "notifications", what: "type of notifications", form: postType,
		shape: `It is the field "type" of a notification, whole: vzdump, system-mail. "none" stands for those without one.`,
		empty: `Name those that the source is for, notifications = ["vzdump"], or leave the argument out for any.`,
		known: pve.Types(), whose: "Proxmox", code: CodeUnknownPost,
	})
}

// postCondition reads a condition over a notification. Fields of the sender's own that
// the block gives a type are below post.fields.
func (r *reader) postCondition(types map[string]event.FieldType) *condition.Condition {
	if r.argument("when") == nil {
		return nil
	}
	names := map[string]event.FieldType{}
	for name, typ := range pve.Names() {
		names["post."+name] = typ
	}
	for name, typ := range types {
		names["post.fields."+name] = typ
	}
	return r.condition("when", condition.Subject{Names: condition.NewNames(names)})
}
