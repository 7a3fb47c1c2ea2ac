package rules

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"tocsin/engine/event"
	"tocsin/rules/condition"
	"tocsin/sources"
	"tocsin/sources/tasks"
)

// tasksKind is the kind of source that reads the tasks of Proxmox VE.
const tasksKind = "tasks"

// workerName is how the types of workers are written.
var workerName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$`)

// tasksSource decodes what a source makes of Proxmox VE's tasks.
//
//	source "tasks" "migration" {
//	  workers  = ["qmigrate", "vzmigrate"]
//	  when     = "task.user != 'balancer@pve'"
//	  started  = "migration_start"      # types of events; at least one of the four
//	  ok       = "migration_complete"
//	  warnings = "migration_warning"
//	  failed   = "migration_fail"
//	  severity = { warnings = "INFO" }  # default: the event's
//	  data     = { node = "{{ .task.node }}" }
//	}
func (r *reader) tasksSource(s *Source) any {
	r.require("workers")
	t := &tasks.Rule{Name: s.Name, Place: s.Place, Workers: r.workers()}
	types := r.fields("types")
	for o, name := range tasks.Outcomes() {
		if r.argument(name) == nil {
			continue
		}
		e := &tasks.Emission{}
		e.Event, e.Fields = r.emitted(name, types)
		t.Emits[o] = e
		if !slices.Contains(s.Emits, e.Event) {
			s.Emits = append(s.Emits, e.Event)
		}
	}
	if len(s.Emits) == 0 {
		r.fail(finding{
			code: CodeMissingArg, at: r.block.head, in: r.block.in(), summary: "source that raises nothing",
			detail: "Say which event a task makes when it began, ended well, with warnings or badly: " + strings.Join(tasks.Outcomes(), ", ") + ".",
		})
	}
	r.outcomeSeverities(t)
	if cond := r.taskCondition(); cond != nil {
		t.When = cond.MatchValues
		r.depends("when", cond.String())
	}
	r.taskData(t)
	return t
}

// workers reads the types of workers.
func (r *reader) workers() []string {
	return r.foreignNames(foreign{
		argument: "workers", what: "worker", form: workerName,
		shape: "It is the type of a task, whole, as it stands in its UPID behind the start time: qmstart, vzdump.",
		empty: `Name those that the source is for: workers = ["qmstart"].`,
		known: tasks.Workers(), whose: "Proxmox VE", code: CodeUnknownWorker,
	})
}

// outcomeSeverities reads the severities that events of an outcome get in place of
// the catalogue's.
func (r *reader) outcomeSeverities(t *tasks.Rule) {
	items, _ := r.items("severity")
	for _, item := range items {
		o := slices.Index(tasks.Outcomes(), item.name)
		f := finding{code: CodeUnknownArg, at: item.nameRange, in: r.block.in(), summary: fmt.Sprintf("unknown outcome %q", item.name)}
		switch {
		case o < 0:
			f.detail = "Outcomes are " + strings.Join(tasks.Outcomes(), ", ") + "."
			r.fail(f.suggest(item.name, slices.Values(tasks.Outcomes())))
		case t.Emits[o] == nil:
			f.code, f.summary = CodeMissingArg, fmt.Sprintf("severity of no event: %s", item.name)
			f.detail = fmt.Sprintf("The source raises nothing then. Say what: %s = \"EVENT\".", item.name)
			r.fail(f)
		default:
			var severity event.Severity
			if r.severityOf(item, &severity) {
				t.Emits[o].Severity = severity.String()
			}
		}
	}
}

// taskCondition reads a condition over a task.
func (r *reader) taskCondition() *condition.Condition {
	if r.argument("when") == nil {
		return nil
	}
	names := map[string]event.FieldType{}
	for name, typ := range tasks.Names() {
		names["task."+name] = typ
	}
	return r.condition("when", condition.Subject{Names: condition.NewNames(names)})
}

// taskData reads the data to add: each event gets of it what it declares.
func (r *reader) taskData(t *tasks.Rule) {
	fields := map[string]event.FieldType{}
	var first string
	for _, e := range t.Emits {
		if e != nil {
			maps.Copy(fields, e.Fields)
			first = e.Event
		}
	}
	scope := &templateScope{own: &ownNames{members: map[string][]string{"task": slices.Sorted(maps.Keys(tasks.Names()))}}}
	for _, d := range r.sourceData(first, fields, scope) {
		for _, e := range t.Emits {
			if e == nil {
				continue
			}
			if _, declared := e.Fields[d.name]; declared {
				e.Data = append(e.Data, sources.Datum{Name: d.name, Type: d.typ, Text: r.sourceText(d.tmpl)})
			}
		}
	}
}
