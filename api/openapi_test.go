package api

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
)

// Every route is in the document, and nothing else is.
func TestEveryRouteIsDescribed(t *testing.T) {
	ops := operations()
	for _, r := range (&Server{}).routes() {
		route := r.method + " " + r.path
		o, ok := ops[route]
		if !ok {
			t.Errorf("%s is not among the operations", route)
		}
		if o.summary == "" || (o.body != nil) != (o.example != "") {
			t.Errorf("%s lacks a summary or an example", route)
		}
		delete(ops, route)
	}
	for route := range ops {
		t.Errorf("%s is described, and not there", route)
	}
	ids := map[string]string{}
	for path, methods := range theContract().document["paths"].(tree) {
		for method, op := range methods.(tree) {
			id := op.(tree)["operationId"].(string)
			if other, twice := ids[id]; twice {
				t.Errorf("%s %s and %s have the same id %s", method, path, other, id)
			}
			ids[id] = method + " " + path
		}
	}
}

func TestOpenAPIIsServed(t *testing.T) {
	f := newFront(t).withPeople()
	got := f.do("GET", openAPIPath, "")
	got.want(t, 200, `"openapi":"3.1.0"`, `"/api/notifications/settings"`)
	if strings.Contains(got.body, "v1") && strings.Contains(got.body, "pve.lan") {
		t.Error("the document tells of this host")
	}
}

// asked is a request that gives a documented answer.
type asked struct {
	method, path, body string
	status             int
	change             func(f *front)
	options            []option
}

// answers lists a request for every documented status that does not follow from
// what an operation is: scopes, queries and bodies have loops of their own.
func answers(f *front) []asked {
	cookie, csrf, _ := f.signedIn(ScopeAdmin)
	again := func(f *front) { // five failures from one address, by either way
		for range 5 {
			f.do("POST", Prefix+"/auth/link", `{"code":"no"}`)
			f.do("POST", Prefix+"/auth/login", `{"name":"ada","password":"no"}`)
		}
	}
	refuse := func(reason Reason) func(*front) {
		return func(f *front) {
			f.desk.edit = func(Edit) (Edited, error) {
				done := Edited{Effects: []string{}, Files: []FileDiff{}, Diagnostics: []Diagnostic{{Severity: "error", File: "a.hcl"}}, Places: []Source{{"a.hcl", 1}}}
				return Edited{}, &Refusal{
					Reason: reason, Why: "why", Edit: &done, Conflict: &Conflict{At: new(time.Now())}, Merge: &Merge{Hunks: []Hunk{{Line: 1}}},
					Elsewhere: &Elsewhere{From: []Origin{{Name: "local.x"}}, Choices: []Choice{{Says: "so"}}},
				}
			}
		}
	}
	noEdit := func(f *front) {
		f.desk.edit = func(Edit) (Edited, error) { return Edited{}, &NotFound{Why: "there is none"} }
	}
	full := func(f *front) {
		f.intake.submit = func(context.Context, time.Duration, ...Submission) []Outcome {
			return []Outcome{{Err: &Unavailable{Why: "the disk is full"}}}
		}
	}
	list := []asked{
		{"GET", "/readyz", "", 503, func(f *front) { f.options.Ready = func(context.Context) error { return errors.New("no") } }, nil},
		{"GET", "/metrics", "", 401, nil, []option{from("192.0.2.1:1"), host("pve.lan")}},
		{"GET", "/metrics", "", 403, nil, []option{from("192.0.2.1:1"), host("pve.lan"), f.as(ScopeSend)}},
		{"POST", hook, `{`, 400, func(f *front) {
			f.options.Decode = func([]byte) (event.Incoming, error) { return event.Incoming{}, &BadRequest{Why: "no"} }
		}, nil},
		{"POST", hook, `{"title":"x"}`, 401, nil, []option{from("192.0.2.1:1"), host("pve.lan")}},
		{"POST", hook, `{"title":"x"}`, 403, func(f *front) { f.settings.WebhookAllow = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} }, remote()},
		{"POST", hook, `{"title":"x"}`, 409, func(f *front) {
			f.intake.submit = func(context.Context, time.Duration, ...Submission) []Outcome { return []Outcome{{Repeat: true}} }
		}, nil},
		{"POST", hook, `{"title":"x"}`, 429, func(f *front) {
			f.settings.WebhookRate = Rate{1, time.Hour}
			f.do("POST", hook, `{"title":"x"}`, remote()...)
		}, remote()},
		{"POST", hook, `{"title":"x"}`, 503, full, nil},
		{"POST", sendPath, `{"event_type":"a"}`, 503, full, nil},
		{"POST", sendPath, `{"event_type":"a"}`, 422, func(f *front) {
			f.intake.submit = func(context.Context, time.Duration, ...Submission) []Outcome { return []Outcome{{Err: ErrConflict}} }
		}, nil},
		{"POST", sendPath, `{"event_type":"a"}`, 429, func(f *front) {
			f.settings.SendRate = Rate{1, time.Hour}
			f.do("POST", sendPath, `{"event_type":"a"}`, f.as(ScopeAdmin))
		}, nil},
		{"POST", Prefix + "/explain", `{"id":"x"}`, 404, func(f *front) {
			f.explainer.explain = func(Question) (event.Explanation, bool, error) { return event.Explanation{}, false, nil }
		}, nil},
		{"GET", streamPath, "", 429, func(f *front) {
			held := make(chan struct{}, maxStreams)
			f.feed.read = func(at NewsPosition, _ int) (NewsPage, error) {
				held <- struct{}{}
				return NewsPage{Next: at, More: make(chan struct{})}, nil
			}
			ctx, cancel := context.WithCancel(context.Background())
			f.tb.Cleanup(cancel)
			f.serve() // one handler for all of them
			for range maxStreams {
				go f.do("GET", streamPath, "", f.as(ScopeAdmin), func(r *http.Request) { *r = *r.WithContext(ctx) })
			}
			for range maxStreams {
				<-held
			}
		}, nil},
		{"DELETE", Prefix + "/history?all=1", "", 400, nil, nil},
		{"GET", Prefix + "/files/none.hcl", "", 404, nil, nil},
		{"PUT", Prefix + "/files/a.hcl", "# b", 428, nil, nil},
		{"DELETE", Prefix + "/files/a.hcl", "", 428, nil, nil},
		{"POST", Prefix + "/check", `{"path":"a","text":""}`, 422, func(f *front) {
			f.desk.check = func(Check) (Checked, error) { return Checked{}, &BadRequest{Why: "no"} }
		}, nil},
		{"POST", Prefix + "/reload", "", 422, func(f *front) {
			f.config.reload = func() (ReloadResult, error) {
				return ReloadResult{Diagnostics: []Diagnostic{{Severity: "error"}}, Text: "error"}, nil
			}
		}, nil},
		{"DELETE", Prefix + "/tokens/none", "", 404, nil, nil},
		{"DELETE", Prefix + "/accounts/none", "", 404, nil, nil},
		{"POST", Prefix + "/auth/links", `{"name":"ada","scope":"read"}`, 422, nil, []option{f.as(ScopeAdmin)}},
		{"POST", Prefix + "/auth/logout", "", 200, nil, []option{cookie, csrf}},
		{"POST", Prefix + "/auth/logout", "", 403, nil, []option{cookie}},
		{"POST", Prefix + "/auth/password", `{"name":"nobody","password":"` + otherPassword + `"}`, 404, nil, []option{f.as(ScopeAdmin)}},
		{"POST", Prefix + "/auth/password", `{"current":"no","password":"` + otherPassword + `"}`, 422, nil, []option{cookie, csrf}},
		{"POST", Prefix + "/auth/password", `{"current":"no","password":"` + otherPassword + `"}`, 429, again, []option{cookie, csrf}},
	}
	for _, how := range [][2]string{{"/auth/login", `{"name":"ada","password":"no"}`}, {"/auth/link", `{"code":"no"}`}} {
		path, body := how[0], how[1]
		list = append(list,
			asked{"POST", Prefix + path, body, 401, nil, []option{local()}}, asked{"POST", Prefix + path, body, 429, again, nil},
			asked{"POST", Prefix + path, body, 503, func(f *front) { f.accounts.fault = &Unavailable{Why: "the store is gone"} }, nil},
			asked{"POST", Prefix + path, body, 403, nil, []option{from("192.0.2.1:1"), host("pve.lan")}},
		)
	}
	for _, how := range []struct {
		status int
		err    error
	}{{404, &NotFound{Why: "there is none"}}, {422, &BadRequest{Why: "it cannot be"}}} {
		status, err := how.status, how.err
		fail := func(f *front) {
			f.tester.test = func(Test) ([]TestResult, error) { return nil, err }
			f.proxmox = fakeProxmox{
				look:   func() (Registration, error) { return Registration{}, err },
				change: func(bool, bool) (RegistrationChange, error) { return RegistrationChange{}, err },
			}
			f.archive.history = func(HistoryFilter) ([]event.Delivery, int, error) { return nil, 0, err }
			f.outbox = fakeOutbox{
				func(OutboxFilter) ([]event.Unsent, []event.Tally, error) { return nil, nil, err },
				func(Retry) (RetryResult, error) { return RetryResult{}, err }, func(Resend) (ResendResult, error) { return ResendResult{}, err },
			}
		}
		list = append(list,
			asked{"POST", Prefix + "/test", `{"channel":"x"}`, status, fail, nil}, asked{"POST", Prefix + "/history/resend", `{"ids":[1]}`, status, fail, nil},
			asked{"POST", Prefix + "/outbox/retry", `{"all":true}`, status, fail, nil}, asked{"GET", Prefix + "/outbox", "", status, fail, nil},
		)
		if status == 422 {
			list = append(list,
				asked{"GET", Prefix + "/history", "", status, fail, nil}, asked{"GET", Prefix + "/proxmox/read-cfg", "", status, fail, nil},
				asked{"POST", Prefix + "/proxmox/setup-webhook", "", status, fail, nil}, asked{"POST", Prefix + "/proxmox/cleanup-webhook", "", status, fail, nil},
			)
		}
	}
	for _, e := range []asked{
		{method: "POST", path: Prefix + "/settings", body: `{"a":1}`}, {method: "PUT", path: blocksPath + "dedup", body: `{}`}, {method: "DELETE", path: blocksPath + "dedup"},
		{method: "PUT", path: blocksPath + "rule/x", body: `{}`}, {method: "DELETE", path: blocksPath + "rule/x"},
		{method: "PUT", path: Prefix + "/files/b.hcl", body: "#"}, {method: "DELETE", path: Prefix + "/files/a.hcl"}, {method: "POST", path: Prefix + "/changes/1/undo"},
	} {
		for _, how := range []struct {
			status int
			change func(*front)
		}{{403, refuse(HostOnly)}, {404, noEdit}, {409, refuse(IsReadOnly)}, {409, refuse(ComesFromElsewhere)}, {412, refuse(Changed)}, {412, refuse(Conflicting)}, {422, refuse(WouldNotLoad)}} {
			list = append(list, asked{e.method, e.path, e.body, how.status, how.change, []option{header("If-Match", "t1")}})
		}
	}
	return list
}

// TestEveryDocumentedStatus produces every status that the document has, and holds
// each answer against its schema.
func TestEveryDocumentedStatus(t *testing.T) {
	left := map[string]bool{}
	for path, methods := range theContract().document["paths"].(tree) {
		for method, op := range methods.(tree) {
			for status := range op.(tree)["responses"].(tree) {
				left[strings.ToUpper(method)+" "+path+" "+status] = true
			}
		}
	}
	made := func(method, target string, a reply) {
		if route := theContract().hold(t, method, target, a); route != "" {
			delete(left, fmt.Sprint(route, " ", a.status))
		}
	}
	for i := range answers(newFront(t).withPeople()) {
		f := newFront(t).withPeople()
		e := answers(f)[i]
		if e.change != nil {
			e.change(f)
		}
		options := append([]option{f.as(ScopeAdmin)}, e.options...)
		if e.path == "/metrics" || e.path == hook || strings.Contains(e.path, "/auth/") {
			options = e.options // as callers without a token
		}
		got := f.do(e.method, e.path, e.body, options...)
		if got.status != e.status {
			t.Errorf("%s %s: got %d, want %d: %s", e.method, e.path, got.status, e.status, got.body)
		}
		made(e.method, e.path, got)
	}
	for i := range endpoints(newFront(t).withPeople()) {
		f := newFront(t).withPeople()
		e := endpoints(f)[i]
		o := operations()[routeFor(t, e.method, e.path)]
		made(e.method, e.path, f.do(e.method, e.path, e.body, f.as(ScopeAdmin), header("If-Match", "t1")))
		made(e.method, e.path, f.do(e.method, e.path, e.body))
		down := newFront(t).withPeople()
		down.keys.find = func(string) (Token, bool, error) { return Token{}, false, &Unavailable{Why: "the store is gone"} }
		made(e.method, e.path, down.do(e.method, e.path, e.body, down.as(ScopeAdmin)))
		other := ScopeSend
		if o.scope == ScopeSend {
			other = ScopeRead
		}
		made(e.method, e.path, f.do(e.method, e.path, e.body, f.as(other)))
		made(e.method, e.path, f.do(e.method, e.path, e.body, f.as(ScopeAdmin), host("elsewhere.example")))
		made(e.method, e.path, f.do(e.method, e.path+"?limit=none&dry_run=perhaps&kinds=x&wait=x", e.body, f.as(ScopeAdmin), header("If-Match", "t1")))
		if o.body != nil {
			large := strings.Repeat(" ", maxBody+1)
			made(e.method, e.path, f.do(e.method, e.path, large, f.as(ScopeAdmin), header("If-Match", "t1")))
			made(e.method, e.path, f.do(e.method, e.path, "[", f.as(ScopeAdmin)))
			made(e.method, e.path, f.do(e.method, e.path, e.body, f.as(ScopeAdmin), header("Content-Type", "image/png")))
		}
	}
	if len(left) > 0 {
		t.Errorf("nothing gives these answers: %v", slices.Sorted(maps.Keys(left)))
	}
}

// routeFor finds the operation of a request.
func routeFor(t *testing.T, method, path string) string {
	shown, _ := theContract().routeOf(method, path)
	for route := range operations() {
		m, p, _ := strings.Cut(route, " ")
		if as, _ := pathOf(p); m == method && as == shown {
			return route
		}
	}
	t.Fatalf("no operation is %s %s", method, path)
	return ""
}

// Examples are taken, and scopes are what the document says.
func TestExamplesAreTaken(t *testing.T) {
	for route, o := range operations() {
		method, path, _ := strings.Cut(route, " ")
		if o.body == nil {
			continue
		}
		path = strings.NewReplacer(":kind", "rule", "*labels", "night", "*path", "new.hcl", ":id", "1").Replace(path)
		f := newFront(t).withPeople()
		kind := "application/json"
		if _, isText := o.body.(text); isText {
			kind = "text/plain"
		}
		example := strings.NewReplacer("four geese cross a road", adasPassword, "CODE-BEHIND-THE-LOGIN-OF-A-LINK", adasCode).Replace(o.example)
		if got := f.do(method, path, example, f.as(ScopeAdmin), header("Content-Type", kind)); got.status != o.status {
			t.Errorf("%s: the example gives %d: %s", route, got.status, got.body)
		}
		if _, isJSON := o.body.(map[string]any); !isJSON && kind == "application/json" {
			at := strings.NewReplacer("~", "~0", "/", "~1")
			shown, _ := pathOf(strings.SplitN(route, " ", 2)[1])
			theContract().validate(t, fmt.Sprintf("openapi.json#/paths/%s/%s/requestBody/content/application~1json/schema", at.Replace(shown), strings.ToLower(method)), o.example)
		}
	}
}
