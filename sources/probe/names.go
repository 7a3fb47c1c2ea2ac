package probe

import (
	"maps"

	"tocsin/engine/event"
)

// Any is the type of what may be anything: a value of JSON.
const Any event.FieldType = ""

// Names lists what a look of a kind finds, with the types: what conditions and
// templates read below "result".
func Names(kind string) map[string]event.FieldType {
	names := map[string]event.FieldType{"error": event.String, "changed": event.Bool, "previous": Any}
	maps.Copy(names, own()[kind])
	return names
}

// own are the names that only one kind has.
func own() map[string]map[string]event.FieldType {
	return map[string]map[string]event.FieldType{
		Command: {
			"code": event.Number, "stdout": event.String, "stderr": event.String, "duration": event.Span, "json": Any,
		},
		HTTP: {
			"status": event.Number, "headers": Any, "body": event.String, "duration": event.Span, "json": Any,
		},
		File: {
			"exists": event.Bool, "path": event.String, "size": event.Size, "mtime": event.Instant, "age": event.Span,
			"content": event.String, "json": Any, "files": event.Sequence,
		},
		Cert: {
			"subject": event.String, "issuer": event.String, "names": event.Sequence, "not_before": event.Instant, "not_after": event.Instant,
			"days_left": event.Number, "serial": event.String, "fingerprint": event.String, "chain_error": event.String,
		},
	}
}

// HasText reports whether what a kind finds is text, in which patterns are looked
// for and JSON is read.
func HasText(kind string) bool { return kind != Cert }

// FileNames are what an item of result.files has.
func FileNames() map[string]event.FieldType {
	return map[string]event.FieldType{
		"path": event.String, "name": event.String, "size": event.Size, "mtime": event.Instant, "age": event.Span, "content": event.String,
	}
}

// itemTypes are the types of what the items of a rule have; nil: of JSON, which has
// its own.
func (r *Rule) itemTypes() map[string]event.FieldType {
	switch r.Each.Words[0] {
	case "files":
		return FileNames()
	case "matches":
		return r.Fields
	}
	return nil
}

// Common are the names that every item has, whatever it is. They hide members of
// the same name.
func Common() map[string]event.FieldType {
	return map[string]event.FieldType{"changed": event.Bool, "previous": Any, "keys": event.Sequence}
}
