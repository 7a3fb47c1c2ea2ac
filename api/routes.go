package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/uptrace/bunrouter"
)

// Prefix is the path below which the API stands.
const Prefix = "/api/notifications"

const webhookPath = Prefix + "/webhook"

// route is one thing that can be asked for.
type route struct {
	method, path string
	handler      bunrouter.HandlerFunc
}

// routes lists everything there is, each with the scope that it needs. Without
// one stand only what tells nothing and what guards itself.
func (s *Server) routes() []route {
	return []route{
		{"GET", "/healthz", s.healthz},
		{"GET", "/readyz", s.readyz},
		{"GET", "/metrics", s.metrics},
		{"GET", openAPIPath, s.openAPI},
		{"POST", webhookPath, s.webhook},
		{"POST", Prefix + "/send", s.need(ScopeSend, s.send)},
		{"POST", Prefix + "/test", s.need(ScopeAdmin, s.test)},
		{"GET", Prefix + "/history", s.need(ScopeRead, s.history)},
		{"DELETE", Prefix + "/history", s.need(ScopeAdmin, s.clearHistory)},
		{"POST", Prefix + "/history/resend", s.need(ScopeAdmin, s.resend)},
		{"GET", Prefix + "/outbox", s.need(ScopeRead, s.outbox)},
		{"POST", Prefix + "/outbox/retry", s.need(ScopeAdmin, s.retry)},
		{"GET", Prefix + "/decisions", s.need(ScopeRead, s.decisions)},
		{"POST", Prefix + "/explain", s.need(ScopeRead, s.explain)},
		{"GET", Prefix + "/events", s.need(ScopeRead, s.events)},
		{"GET", Prefix + "/channels", s.need(ScopeRead, s.channels)},
		{"GET", Prefix + "/rules", s.need(ScopeRead, s.rules)},
		{"GET", Prefix + "/settings", s.need(ScopeRead, s.showSettings)},
		{"POST", Prefix + "/settings", s.need(ScopeAdmin, s.patchSettings)},
		{"PUT", blocksPath + ":kind", s.need(ScopeAdmin, s.putBlock)},
		{"DELETE", blocksPath + ":kind", s.need(ScopeAdmin, s.removeBlock)},
		{"PUT", blocksPath + ":kind/*labels", s.need(ScopeAdmin, s.putBlock)},
		{"DELETE", blocksPath + ":kind/*labels", s.need(ScopeAdmin, s.removeBlock)},
		{"GET", Prefix + "/files", s.need(ScopeAdmin, s.files)},
		{"GET", Prefix + "/files/*path", s.need(ScopeAdmin, s.file)},
		{"PUT", Prefix + "/files/*path", s.need(ScopeAdmin, s.putFile)},
		{"DELETE", Prefix + "/files/*path", s.need(ScopeAdmin, s.removeFile)},
		{"POST", Prefix + "/check", s.need(ScopeAdmin, s.check)},
		{"GET", Prefix + "/changes", s.need(ScopeRead, s.changes)},
		{"POST", Prefix + "/changes/:id/undo", s.need(ScopeAdmin, s.undo)},
		{"POST", Prefix + "/test-ai", s.need(ScopeAdmin, s.noAI)},
		{"POST", Prefix + "/provider-models", s.need(ScopeAdmin, s.noAI)},
		{"GET", Prefix + "/stream", s.need(ScopeRead, s.stream)},
		{"GET", Prefix + "/status", s.need(ScopeRead, s.status)},
		{"GET", Prefix + "/proxmox/read-cfg", s.need(ScopeAdmin, s.readProxmox)},
		{"POST", Prefix + "/proxmox/setup-webhook", s.need(ScopeAdmin, s.setupProxmox)},
		{"POST", Prefix + "/proxmox/cleanup-webhook", s.need(ScopeAdmin, s.cleanupProxmox)},
		{"POST", Prefix + "/reload", s.need(ScopeAdmin, s.reload)},
		{"GET", Prefix + "/tokens", s.need(ScopeAdmin, s.tokens)},
		{"POST", Prefix + "/tokens", s.need(ScopeAdmin, s.newToken)},
		{"DELETE", Prefix + "/tokens/:id", s.need(ScopeAdmin, s.removeToken)},
		{"POST", Prefix + "/auth/login", s.signIn},
		{"POST", Prefix + "/auth/link", s.useLink},
		{"GET", Prefix + "/auth/session", s.known(s.session)},
		{"POST", Prefix + "/auth/logout", s.known(s.signOut)},
		{"POST", Prefix + "/auth/password", s.known(s.setPassword)},
		{"POST", Prefix + "/auth/links", s.need(ScopeAdmin, s.newLink)},
		{"GET", Prefix + "/accounts", s.need(ScopeAdmin, s.accounts)},
		{"DELETE", Prefix + "/accounts/:name", s.need(ScopeAdmin, s.removeAccount)},
	}
}

// router returns a router with every route. What answers GET answers HEAD too,
// as monitors ask.
func (s *Server) router() http.Handler {
	methods := map[string][]string{} // by path
	nothing := func(http.ResponseWriter, bunrouter.Request) error { return errNotFound }
	other := func(w http.ResponseWriter, req bunrouter.Request) error {
		w.Header().Set("Allow", strings.Join(methods[req.Route()], ", "))
		return errMethod
	}
	r := bunrouter.New(
		bunrouter.WithNotFoundHandler(s.answer(nothing)),
		bunrouter.WithMethodNotAllowedHandler(s.answer(other)),
	)
	for _, route := range s.routes() {
		h := s.answer(route.handler)
		r.Handle(route.method, route.path, h)
		methods[route.path] = append(methods[route.path], route.method)
		if route.method == "GET" {
			r.Handle("HEAD", route.path, h)
			methods[route.path] = append(methods[route.path], "HEAD")
		}
		slices.Sort(methods[route.path])
	}
	return r
}
