package templates_test

import (
	"errors"
	"fmt"
	"time"

	"tocsin/engine/event"
	"tocsin/templates"
)

func ExampleParse() {
	_, err := templates.Parse("{{ .data.vmname | uper }}")
	if parseErr, ok := errors.AsType[*templates.ParseError](err); ok {
		fmt.Println(parseErr.Line, parseErr.Column, parseErr.Summary)
		fmt.Println(parseErr.Detail)
	}
	// Output:
	// 1 19 unknown function
	// there is no function uper: did you mean upper?
}

func ExampleTemplate_Execute() {
	tmpl, err := templates.Parse("{{ .data.size }} to {{ .data.storage | default `an unknown place` }}{{ if gt .data.took `1h` }}, slowly{{ end }}")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(tmpl.Execute(map[string]any{"data": map[string]any{
		"size": event.Bytes(1288490189),
		"took": event.Duration(2 * time.Hour),
	}}))
	for _, ref := range tmpl.Refs() {
		fmt.Println(ref.Offset, ref.Path)
	}
	// Output:
	// 1.2 GiB to an unknown place, slowly <nil>
	// 3 [data size]
	// 23 [data storage]
	// 77 [data took]
}

func ExampleSet_Render() {
	title, _ := templates.Parse("{{ .data.service }} failed on {{ .host }}")
	body, _ := templates.Parse("{{ .data.reason }}")
	since, _ := templates.Parse("{{ date `15:04` .time }}")
	set := &templates.Set{
		Entries: map[string]*templates.Entry{"service_fail": {
			Type: "service_fail", Group: "services", Title: title, Body: body,
			Details: []templates.Row{{Label: "Since", Value: since}},
		}},
		Zone: time.FixedZone("CET", 3600),
	}
	m, faults := set.Render(&event.Notification{Event: &event.Event{
		Type: "service_fail", Severity: event.Critical, Host: "pve1", Time: time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC),
		Data: map[string]any{"service": "pveproxy", "reason": "exit code 1"},
	}})
	fmt.Println(m.Plain(), len(faults))
	// Output:
	// [CRITICAL] service_fail
	// pveproxy failed on pve1
	// exit code 1
	// Since: 03:00
	// host: pve1 0
}
