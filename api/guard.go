package api

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"path"
	"runtime/debug"
	"slices"
	"strings"
	"unicode"
)

// guard is what every request passes first: the headers of its answer, the Host
// it asks for, its path, and the bound on its body.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer s.recovered(w, r)
		setHeaders(w.Header(), s.Settings().isSecure(r))
		if r.URL.Path != webhookPath && !s.serves(r) { // the webhook looks at it in its own order
			writeError(w, errHost)
			return
		}
		if !isClean(r.URL.Path) {
			writeError(w, errNotFound.because("the path is not written in its shortest way", "use it as documented, without another slash or dot"))
			return
		}
		// Browsers keep pages from reading what another origin answers, not from sending to
		// it. The webhook knows pages by itself.
		if r.URL.Path != webhookPath && http.NewCrossOriginProtection().Check(r) != nil {
			writeError(w, errOrigin)
			return
		}
		bounded := r.WithContext(r.Context()) // the server waits for a body that it does not know, before it answers
		bounded.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, bounded)
	})
}

// OnlyWebhook lets only the webhook of an API through, for connections without TLS
// where the rest wants it.
func OnlyWebhook(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != webhookPath {
			setHeaders(w.Header(), false)
			writeError(w, errPlain)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// recovered answers for a handler that panicked. It is deferred.
func (s *Server) recovered(w http.ResponseWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler { // the way to cut a connection
		panic(p)
	}
	s.Log.Error("handler panicked", "component", "api", "method", r.Method, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if s.Panicked != nil {
		s.Panicked()
	}
	writeError(w, errInternal)
}

func setHeaders(h http.Header, secure bool) {
	h.Set("Content-Security-Policy", "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	if secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// isClean reports whether the router may see a path: others it would redirect,
// and a redirected POST loses its body; and a NUL makes it panic.
func isClean(p string) bool {
	return p == path.Clean(p) && !strings.ContainsFunc(p, unicode.IsControl)
}

// serves reports whether a request asks for this daemon. It is the defence
// against a page elsewhere that lets its own name point to this address.
func (s *Server) serves(r *http.Request) bool {
	name := hostName(r.Host)
	return isLocal(r) || isLoopbackName(name) ||
		slices.ContainsFunc(s.Settings().AllowedHosts, func(allowed string) bool { return strings.EqualFold(allowed, name) })
}

func hostName(host string) string {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	return strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(name, "["), "]"))
}

func isLoopbackName(name string) bool {
	if name == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(name)
	return err == nil && addr.Unmap().IsLoopback()
}
