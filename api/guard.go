package api

import (
	"net"
	"net/http"
	"path"
	"slices"
	"strings"
)

// maxBody bounds the body of every request.
const maxBody = 1 << 20

// guard is what every request passes first: the Host it asks for, the bound on
// its body, and the headers of its answer.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		if r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if !isLocal(r.Context()) && !s.serves(r.Host) {
			writeError(w, errHost)
			return
		}
		if r.URL.Path != path.Clean(r.URL.Path) { // the router would redirect, and a redirected POST loses its body
			writeError(w, errNotFound.because("the path has a slash too many", "use the path as documented"))
			return
		}
		if r.ContentLength > maxBody {
			writeError(w, errLarge)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}

// serves reports whether a Host header names this daemon. It is the defence
// against a page elsewhere that lets its own name point to this address.
func (s *Server) serves(host string) bool {
	name := hostName(host)
	return isLoopbackName(name) || slices.Contains(s.Settings().AllowedHosts, name)
}

func hostName(host string) string {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	return strings.ToLower(strings.Trim(name, "[]"))
}

func isLoopbackName(name string) bool {
	if name == "localhost" {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}

// isJSON reports whether a request says that its body is JSON.
func isJSON(r *http.Request) bool {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "application/json")
}

// cameOnItsOwn reports whether a request from a loopback address was made by a
// program on this host: asked by a loopback name, forwarded by no proxy and
// sent by no page in a browser.
func cameOnItsOwn(r *http.Request) bool {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	if ip == nil || !ip.IsLoopback() || !isLoopbackName(hostName(r.Host)) {
		return false
	}
	for name := range r.Header {
		if isForwarding(name) {
			return false
		}
	}
	site := r.Header.Get("Sec-Fetch-Site")
	return r.Header.Get("Origin") == "" && (site == "" || site == "none")
}

// isForwarding reports whether a header, in its canonical form, is one that
// proxies add.
func isForwarding(name string) bool {
	switch name {
	case "Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip", "X-Original-Host":
		return true
	}
	return strings.HasPrefix(name, "X-Forwarded")
}
