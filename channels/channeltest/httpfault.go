package channeltest

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
)

// overBody is more than is read of an answer.
const overBody = 100 << 10

// HTTPFaults are what may go wrong between a channel and a service that speaks
// HTTP and JSON. say is what the service says with a status: an object, for 200
// that of a message it took.
//
// The way to a service fails all channels alike, so those faults come with
// their verdicts. What an answer means is for each adapter's table.
func HTTPFaults(t *testing.T, say func(status int) string) []Fault {
	faults := append(WayFaults(t), exchangeFaults()...)
	faults = append(faults, TLSFaults(t, func(config *tls.Config) func(net.Conn) {
		return Encrypted(config, func(net.Conn) { t.Error("a request came through") })
	})...)
	faults = append(faults, slowFaults(say)...)
	for _, status := range []int{301, 302, 307, 308} {
		faults = append(faults, pageFault(fmt.Sprint(status), status, "", "Location: https://elsewhere.example/"))
	}
	for _, status := range []int{400, 401, 403, 404, 408, 410, 413, 422, 425, 500} {
		faults = append(faults, Reply(fmt.Sprint(status), status, say(status)))
	}
	faults = append(faults, limitFaults(say)...)
	return append(faults, oddFaults(say)...)
}

// exchangeFaults are connections that do not carry an exchange to its end.
func exchangeFaults() []Fault {
	temporary := func(code string, maybe bool) *Verdict {
		return &Verdict{Class: event.Temporary, Code: code, Maybe: maybe}
	}
	return []Fault{
		{Name: "reset inside the request", Timed: true, Want: temporary("reset", false), Serve: func(conn net.Conn) {
			io.ReadFull(conn, make([]byte, 1000))
		}},
		{Name: "reset before the answer", Want: temporary("reset", true), Serve: asked(func(conn net.Conn, _ *http.Request) { reset(conn) })},
		{Name: "closed before the answer", Want: temporary("reset", true), Serve: asked(func(net.Conn, *http.Request) {})},
		{Name: "cut inside the headers", Want: temporary("reset", true), Serve: asked(func(conn net.Conn, _ *http.Request) {
			io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
		})},
		{Name: "broken headers", Want: temporary("protocol", true), Serve: asked(func(conn net.Conn, _ *http.Request) {
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nno header\r\n\r\n")
		})},
		{Name: "no HTTP", Want: temporary("protocol", true), Serve: asked(func(conn net.Conn, _ *http.Request) {
			io.WriteString(conn, "220 mail.example ESMTP\r\n")
		})},
		{Name: "TLS handshake cut", Secure: true, Want: temporary("reset", false), Serve: func(conn net.Conn) {
			conn.Read(make([]byte, 64))
			reset(conn)
		}},
		{Name: "no TLS", Secure: true, Want: temporary("tls", false), Serve: asked(nil)},
	}
}

// slowFaults take longer than a channel waits.
func slowFaults(say func(int) string) []Fault {
	stall := func(status int) func(net.Conn) {
		return asked(func(conn net.Conn, _ *http.Request) {
			text := say(status)
			fmt.Fprintf(conn, "HTTP/1.1 %d %s\r\nContent-Length: %d\r\n\r\n%s", status, http.StatusText(status), len(text), text[:len(text)/2])
			io.Copy(io.Discard, conn) // until the channel leaves
		})
	}
	return []Fault{
		{Name: "slow handshake", Timed: true, Secure: true, Serve: silent, Want: &Verdict{Class: event.Temporary, Code: "timeout"}},
		{Name: "slow headers", Timed: true, Serve: silent, Want: &Verdict{Class: event.Temporary, Code: "timeout", Maybe: true}},
		{Name: "slow body after 200", Timed: true, Serve: stall(200), Want: &Verdict{}},
		{Name: "slow body after 500", Timed: true, Serve: stall(500), Want: &Verdict{Class: event.Temporary, Code: "server_error"}},
	}
}

// limitFaults ask to wait, in every form.
func limitFaults(say func(int) string) []Fault {
	date := Fault{Name: "429 until a date", Timed: true, Serve: asked(func(conn net.Conn, _ *http.Request) {
		at := time.Now().Add(90 * time.Second).UTC().Format(http.TimeFormat)
		write(conn, 429, say(429), "Retry-After: "+at)
	})}
	return []Fault{
		Reply("429 for seconds", 429, say(429), "Retry-After: 7"),
		Reply("429 for a fraction", 429, say(429), "Retry-After: 0.25"),
		date,
		Reply("429 without a wait", 429, say(429)),
		pageFault("429 of a gateway", 429, "", "Retry-After: 900"),
		Reply("503 for seconds", 503, say(503), "Retry-After: 120"),
		pageFault("502 of a gateway", 502, ""),
		pageFault("504 of a gateway", 504, ""),
	}
}

// oddFaults are answers that are not what they seem.
func oddFaults(say func(int) string) []Fault {
	ok := say(200)
	padded := func(status int) string {
		return strings.TrimSuffix(say(status), "}") + `,"padding":"` + strings.Repeat("x", overBody) + `"}`
	}
	return []Fault{
		pageFault("200 with a login page", 200, ""),
		pageFault("200 with a long login page", 200, strings.Repeat("<br>", overBody/4)),
		Reply("200 without a body", 200, ""),
		Reply("204", 204, ""),
		Reply("200 with JSON cut off", 200, ok[:len(ok)/2]),
		Reply("200 with another's JSON", 200, `{"status":"up"}`),
		{Name: "200 broken off", Serve: asked(func(conn net.Conn, _ *http.Request) {
			fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(ok), ok[:len(ok)/2])
		})},
		Reply("200 over 64 KiB", 200, padded(200)),
		Reply("400 over 64 KiB", 400, padded(400)),
	}
}

// Reply is a service that answers every request with a status, a body and header
// lines ("Name: value").
func Reply(name string, status int, body string, header ...string) Fault {
	return Fault{Name: name, Serve: asked(func(conn net.Conn, _ *http.Request) { write(conn, status, body, header...) })}
}

// pageFault is something before the service that answers with a page. The page
// repeats the request, as such pages do.
func pageFault(name string, status int, more string, header ...string) Fault {
	return Fault{Name: name, Serve: asked(func(conn net.Conn, r *http.Request) {
		page := fmt.Sprintf("<html><h1>%d</h1>%s %s %v%s</html>", status, r.Method, r.URL, r.Header, more)
		write(conn, status, page, append(header, "Content-Type: text/html")...)
	})}
}

// asked reads a whole request and leaves the connection to answer.
func asked(answer func(net.Conn, *http.Request)) func(net.Conn) {
	return func(conn net.Conn) {
		r, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil {
			io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
			return
		}
		io.Copy(io.Discard, r.Body)
		answer(conn, r)
	}
}

// write answers with a body and header lines, and announces the end of the
// connection.
func write(conn net.Conn, status int, body string, header ...string) {
	head := []string{fmt.Sprintf("HTTP/1.1 %d %s", status, http.StatusText(status)), "Connection: close"}
	if status != http.StatusNoContent {
		head = append(head, fmt.Sprint("Content-Length: ", len(body)))
	}
	io.WriteString(conn, strings.Join(append(head, header...), "\r\n")+"\r\n\r\n"+body)
}

// silent listens and never answers.
func silent(conn net.Conn) { io.Copy(io.Discard, conn) }
