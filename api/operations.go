package api

import (
	"maps"
	"net/http"

	"tocsin/engine/event"
)

// operation says of a route what its code does not: the OpenAPI document is made
// of it, and a test holds it against the handlers.
type operation struct {
	scope   Scope // empty: none is needed
	known   bool  // whoever has a token or session, of any scope
	summary string
	query   []parameter
	headers []parameter
	body    any    // a value of the type that is read; text for what is no JSON; nil: none
	example string // of the body, that is accepted
	status  int    // of success
	answer  any    // a value of its type; text for what is no JSON
	fails   []int  // beside those that follow from scope, query and body
}

// parameter is one of a query or a header.
type parameter struct {
	name, doc string
	choices   []string // empty: any
}

// text stands for a body or answer that is no JSON, of a media type.
type text string

// The parameters that several endpoints have.
var (
	pageQuery = []parameter{
		{name: "limit", doc: "most rows, 100 without it, at most 500"}, {name: "offset", doc: "rows to skip"},
		{name: "since", doc: "a time (RFC 3339), or a span such as 24h"}, {name: "until", doc: "likewise"},
	}
	editQuery = []parameter{
		{"dry_run", "1: change nothing, and say what would be", []string{"0", "1"}},
		{"here", "1: replace a value where it stands although it comes from elsewhere", []string{"0", "1"}},
		{"skip_tests", "1: save although a test of the folder fails by it", []string{"0", "1"}},
		{name: "note", doc: "why, for the record of changes and the commit"},
	}
	ifRevision = []parameter{{name: "If-Match", doc: "revision that was seen; what others changed since is not overwritten"}}
	ifTag      = []parameter{
		{name: "If-Match", doc: "ETag of the text that was seen; * for any; without it a file that is there is not touched"},
		{name: "If-None-Match", doc: "* for a file that must not be there"},
	}
	onlyDry = []parameter{{"dry_run", "1: change nothing, and say what would be", []string{"1"}}}
)

// Statuses that more than one endpoint has.
const (
	unfit    = http.StatusUnprocessableEntity
	missing  = http.StatusNotFound
	conflict = http.StatusConflict
	stale    = http.StatusPreconditionFailed
	tooMany  = http.StatusTooManyRequests
	notNow   = http.StatusServiceUnavailable
)

// operations lists every route, by its method and path.
func operations() map[string]operation {
	out := map[string]operation{}
	for _, part := range []map[string]operation{eventOperations(), recordOperations(), editOperations(), accessOperations(), otherOperations()} {
		maps.Copy(out, part)
	}
	return out
}

func eventOperations() map[string]operation {
	return map[string]operation{
		"POST " + webhookPath: {
			summary: "Take a notification that Proxmox VE posts; other hosts need the shared secret",
			headers: []parameter{{name: "X-Webhook-Secret", doc: "of callers elsewhere"}, {name: "X-Tocsin-Timestamp", doc: "Unix seconds, of callers elsewhere"}},
			body:    map[string]any{}, example: `{"title":"Backup failed","message":"…","severity":"error","fields":{"type":"vzdump"}}`,
			status: http.StatusAccepted, answer: webhookAnswer{}, fails: []int{400, 401, 403, conflict, tooMany, notNow},
		},
		"POST " + Prefix + "/send": {
			scope: ScopeSend, summary: "Raise an event, or several in an array, which answers with an array",
			query:   []parameter{{name: "wait", doc: "how long to wait for deliveries, such as 5s"}},
			headers: []parameter{{name: "Idempotency-Key", doc: "the same key and body make one event"}},
			body:    sendBody{}, example: `{"event_type":"custom","data":{"message":"hello"}}`,
			status: http.StatusAccepted, answer: sent{}, fails: []int{unfit, tooMany, notNow},
		},
		"POST " + Prefix + "/test": {
			scope: ScopeAdmin, summary: "Send a test message over a channel, by name or kind, or over one that is not saved, as an object",
			body: testBody{}, example: `{"channel":"phone"}`, status: 200, answer: testAnswer{}, fails: []int{missing, unfit},
		},
		"POST " + Prefix + "/test-ai":         {scope: ScopeAdmin, summary: "Rewrite a sample event; there is no rewriter yet", status: conflict},
		"POST " + Prefix + "/provider-models": {scope: ScopeAdmin, summary: "List the models of a provider; there is no rewriter yet", status: conflict},
		"POST " + Prefix + "/explain": {
			scope: ScopeRead, summary: "Say why an event was told, held or stopped, or what would become of one",
			body: explainBody{}, example: `{"event":{"event_type":"backup_fail","data":{"vmid":101}}}`, status: 200, answer: event.Explanation{}, fails: []int{missing},
		},
		"GET " + Prefix + "/stream": {
			scope: ScopeRead, summary: "Tell what happens as server-sent events: event, decision, delivery, config, and missed when some are gone",
			query:   []parameter{{name: "kinds", doc: "those that are wanted, with commas between"}},
			headers: []parameter{{name: "Last-Event-ID", doc: "go on behind that one"}},
			status:  200, answer: text("text/event-stream"), fails: []int{tooMany},
		},
	}
}

func recordOperations() map[string]operation {
	return map[string]operation{
		"GET " + Prefix + "/history": {
			scope: ScopeRead, summary: "List attempts to deliver, the newest first",
			query: append(pageQuery[:4:4], parameter{"severity", "of the event", []string{"INFO", "WARNING", "CRITICAL"}}, parameter{name: "channel", doc: "its name"},
				parameter{name: "type", doc: "of the event"}, parameter{"status", "of the attempt", []string{"ok", "failed"}}, parameter{name: "q", doc: "part of the title or message"}),
			status: 200, answer: historyAnswer{}, fails: []int{unfit},
		},
		"DELETE " + Prefix + "/history": {scope: ScopeAdmin, summary: "Forget all attempts to deliver", status: 200, answer: clearedAnswer{}, fails: []int{400}},
		"POST " + Prefix + "/history/resend": {
			scope: ScopeAdmin, summary: "Send messages of the history once more", query: onlyDry,
			body: resendBody{}, example: `{"ids":[12,13]}`, status: 200, answer: ResendResult{}, fails: []int{missing, unfit},
		},
		"GET " + Prefix + "/decisions": {
			scope: ScopeRead, summary: "List what stopped, held, changed or merged events, the newest first",
			query: append(pageQuery[:4:4], parameter{name: "event", doc: "its id"}, parameter{name: "type", doc: "of the event"}, parameter{name: "channel", doc: "its name"},
				parameter{name: "stage", doc: "of the pipeline"}, parameter{name: "outcome", doc: "suppressed, held, folded, changed, passed or dead"}, parameter{name: "code", doc: "the reason"}),
			status: 200, answer: decisionsAnswer{},
		},
		"GET " + Prefix + "/outbox": {
			scope: ScopeRead, summary: "List what no service has taken, the newest first",
			query: append(pageQuery[:4:4], parameter{name: "ids", doc: "such as 12,quiet:3"}, parameter{name: "channel", doc: "its name"},
				parameter{"state", "of the message", outboxStates()}, parameter{name: "event_id", doc: "of the event"}, parameter{name: "event_type", doc: "of the event"}),
			status: 200, answer: outboxAnswer{}, fails: []int{missing, unfit},
		},
		"POST " + Prefix + "/outbox/retry": {
			scope: ScopeAdmin, summary: "Try messages now, or move them to another channel", query: onlyDry,
			body: retryBody{}, example: `{"ids":["12","quiet:3"]}`, status: 200, answer: RetryResult{}, fails: []int{missing, unfit},
		},
	}
}

func editOperations() map[string]operation {
	edit := func(o operation) operation {
		o.scope, o.query, o.status, o.answer = ScopeAdmin, editQuery, 200, Edited{}
		if o.headers == nil {
			o.headers = ifRevision
		}
		o.fails = append(o.fails, 403, missing, conflict, stale, unfit)
		return o
	}
	hcl := text("application/hcl")
	return map[string]operation{
		"GET " + Prefix + "/settings": {
			scope: ScopeRead, summary: `The configuration that runs: blocks by kind and labels, a secret as {"set": true}, with revision and places`, status: 200, answer: settingsAnswer{},
		},
		"POST " + Prefix + "/settings": edit(operation{
			summary: "Change settings by a merge patch of the document that GET answers with; flat keys of ProxMenux and paths such as channel.phone.enabled are taken, too",
			body:    map[string]any{}, example: `{"channel":{"telegram":{"phone":{"toggles":{"updates":false}}}}}`,
		}),
		"PUT " + blocksPath + ":kind":            edit(operation{summary: "Make a block without labels just so, as JSON or HCL", body: either{hcl}, example: `{"window":"30s"}`}),
		"DELETE " + blocksPath + ":kind":         edit(operation{summary: "Remove a block without labels"}),
		"PUT " + blocksPath + ":kind/*labels":    edit(operation{summary: "Make a block just so, as JSON or HCL; a slash in a label is written %2F", body: either{hcl}, example: `{"events":["vm_*"],"drop":true}`}),
		"DELETE " + blocksPath + ":kind/*labels": edit(operation{summary: "Remove a block; a built-in one is switched off"}),
		"GET " + Prefix + "/files":               {scope: ScopeAdmin, summary: "List the files of the configuration", status: 200, answer: Files{}},
		"GET " + Prefix + "/files/*path":         {scope: ScopeAdmin, summary: "The text of a file, as it is", status: 200, answer: text("text/plain"), fails: []int{missing}},
		"PUT " + Prefix + "/files/*path":         edit(operation{summary: "Write a file; one that was changed meanwhile is answered with a merge", headers: ifTag, body: hcl, example: "# a note\n", fails: []int{428}}),
		"DELETE " + Prefix + "/files/*path":      edit(operation{summary: "Remove a file", headers: ifTag, fails: []int{428}}),
		"POST " + Prefix + "/check":              {scope: ScopeAdmin, summary: "Say what is wrong with texts that nobody saved: a folder of files, or one in place of the saved", body: Check{}, example: `{"path":"panel.hcl","text":"tocsin {}"}`, status: 200, answer: Checked{}, fails: []int{unfit}},
		"GET " + Prefix + "/changes":             {scope: ScopeRead, summary: "List the saved changes, the newest first", query: []parameter{{name: "limit", doc: "most changes, 1 to 50"}}, status: 200, answer: changesAnswer{}},
		"POST " + Prefix + "/changes/:id/undo":   edit(operation{summary: "Take a saved change back, also after later ones"}),
	}
}

func accessOperations() map[string]operation {
	return map[string]operation{
		"GET " + Prefix + "/tokens":        {scope: ScopeAdmin, summary: "List the tokens", status: 200, answer: tokensAnswer{}},
		"POST " + Prefix + "/tokens":       {scope: ScopeAdmin, summary: "Make a token; it is shown this once", body: tokenBody{}, example: `{"name":"backup-script","scope":"send","expires":"90d"}`, status: http.StatusCreated, answer: newTokenAnswer{}},
		"DELETE " + Prefix + "/tokens/:id": {scope: ScopeAdmin, summary: "Revoke a token", status: 200, answer: removedAnswer{}, fails: []int{missing}},
		"POST " + Prefix + "/auth/login": {
			summary: "Sign in by name and password; a cookie keeps the session", body: loginBody{}, example: `{"name":"ada","password":"four geese cross a road"}`,
			status: 200, answer: shownSession{}, fails: []int{401, 403, tooMany, notNow},
		},
		"POST " + Prefix + "/auth/link": {
			summary: "Sign in by the code of a link, once", body: linkBody{}, example: `{"code":"CODE-BEHIND-THE-LOGIN-OF-A-LINK"}`,
			status: 200, answer: shownSession{}, fails: []int{401, 403, tooMany, notNow},
		},
		"GET " + Prefix + "/auth/session": {known: true, summary: "Who the caller is, and the csrf token of its page", status: 200, answer: shownSession{}},
		"POST " + Prefix + "/auth/logout": {known: true, summary: "End the session", status: 200, answer: signedOutAnswer{}, fails: []int{403, unfit}},
		"POST " + Prefix + "/auth/password": {
			known: true, summary: "Set a password, one's own with the one before; other sessions end", body: passwordBody{}, example: `{"name":"ada","password":"five geese cross a road"}`,
			status: 200, answer: changedAnswer{}, fails: []int{403, missing, unfit, tooMany},
		},
		"POST " + Prefix + "/auth/links": {
			scope: ScopeAdmin, summary: "Make a link by which an account signs in once, and the account", body: newLinkBody{}, example: `{"name":"ada","scope":"admin"}`,
			status: http.StatusCreated, answer: newLinkAnswer{}, fails: []int{unfit},
		},
		"GET " + Prefix + "/accounts":          {scope: ScopeAdmin, summary: "List the accounts", status: 200, answer: accountsAnswer{}},
		"DELETE " + Prefix + "/accounts/:name": {scope: ScopeAdmin, summary: "Remove an account; its sessions end", status: 200, answer: removedAnswer{}, fails: []int{missing}},
	}
}

func otherOperations() map[string]operation {
	return map[string]operation{
		"GET " + Prefix + "/proxmox/read-cfg": {
			scope: ScopeAdmin, summary: "How tocsin is registered in Proxmox VE, secrets masked", status: 200, answer: Registration{}, fails: []int{unfit},
		},
		"POST " + Prefix + "/proxmox/setup-webhook": {
			scope: ScopeAdmin, summary: "Register tocsin as a target in Proxmox VE, after a copy of its files", query: onlyDry, status: 200, answer: RegistrationChange{}, fails: []int{unfit},
		},
		"POST " + Prefix + "/proxmox/cleanup-webhook": {
			scope: ScopeAdmin, summary: "Take the registration in Proxmox VE out again, on every node", query: onlyDry, status: 200, answer: RegistrationChange{}, fails: []int{unfit},
		},
		"GET /healthz":                {summary: "Whether the process answers", status: 200, answer: healthAnswer{}},
		"GET /readyz":                 {summary: "Whether events can be kept", status: 200, answer: healthAnswer{}, fails: []int{notNow}},
		"GET /metrics":                {summary: "Metrics of Prometheus; other hosts need a token", status: 200, answer: text("text/plain"), fails: []int{401, 403}},
		"GET " + openAPIPath:          {summary: "This document", status: 200, answer: map[string]any{}},
		"GET " + Prefix + "/events":   {scope: ScopeRead, summary: "The catalogue of events", status: 200, answer: eventsAnswer{}},
		"GET " + Prefix + "/channels": {scope: ScopeRead, summary: "The channels, and how they are doing", status: 200, answer: channelsAnswer{}},
		"GET " + Prefix + "/rules":    {scope: ScopeRead, summary: "The rules, in the order in which they run", status: 200, answer: rulesAnswer{}},
		"GET " + Prefix + "/status":   {scope: ScopeRead, summary: "How the daemon is doing", status: 200, answer: Status{}},
		"POST " + Prefix + "/reload":  {scope: ScopeAdmin, summary: "Take the files as they are; 422 when they would not load", status: 200, answer: ReloadResult{}, fails: []int{unfit}},
	}
}
