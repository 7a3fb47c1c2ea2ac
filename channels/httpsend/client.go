package httpsend

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"time"

	"tocsin/engine/event"
)

// Bounds of one request.
const (
	totalTime  = 15 * time.Second // from the start to the end of the answer
	headerTime = 10 * time.Second // to connect, to shake hands, and from the written request to the answer's headers
	idleTime   = 30 * time.Second // a connection is kept that long for the next request
	mostBody   = 64 << 10
	userAgent  = "tocsin"
)

// Client sends HTTP requests for channels. It is safe for concurrent use.
type Client struct {
	transport *http.Transport // not an http.Client: that follows redirects
	total     time.Duration   // of one exchange
	most      int64           // bytes of an answer
}

// Options set up a Client.
type Options struct {
	// Refuse reports whether an address must not be connected to, in addition
	// to those that are never: link-local, unspecified and multicast ones.
	Refuse func(netip.AddrPort) bool
	// Roots are the authorities whose certificates are trusted; nil: the
	// system's.
	Roots *x509.CertPool
	// Patience is how long a whole exchange may take, and so the wait for its
	// headers; 0: 15 seconds in all, 10 for the headers. It is for what answers
	// only when it has delivered by itself.
	Patience time.Duration
	// MostBody is how much of an answer is read, in bytes; 0: 64 KiB.
	MostBody int64
	// Dial makes the connections in place of the network, as to a stand-in of a
	// service. Then no address is refused, and no proxy is asked.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// New returns a client. It takes a proxy from HTTP_PROXY, HTTPS_PROXY and
// NO_PROXY, except for addresses of this machine.
func New(opts Options) *Client { return newClient(opts, http.ProxyFromEnvironment) }

func newClient(opts Options, proxy func(*http.Request) (*url.URL, error)) *Client {
	g := guard{refuse: opts.Refuse}
	dial, via := (&net.Dialer{Timeout: headerTime, Control: g.control}).DialContext, g.proxy(proxy)
	if opts.Dial != nil {
		dial, via = opts.Dial, nil
	}
	return &Client{total: cmp.Or(opts.Patience, totalTime), most: cmp.Or(opts.MostBody, mostBody), transport: &http.Transport{
		// A connection that died unnoticed must not swallow every message of the
		// next quarter of an hour: pings find it out.
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: headerTime, PingTimeout: headerTime / 2},
		ForceAttemptHTTP2:      true, // a DialContext of one's own switches it off
		Proxy:                  via,
		DialContext:            dial,
		TLSClientConfig:        &tls.Config{RootCAs: opts.Roots},
		OnProxyConnectResponse: proxyAnswer,
		TLSHandshakeTimeout:    headerTime,
		ResponseHeaderTimeout:  cmp.Or(opts.Patience, headerTime),
		IdleConnTimeout:        idleTime,
		MaxIdleConns:           32,
		MaxIdleConnsPerHost:    4,
		MaxResponseHeaderBytes: mostBody,
	}}
}

// Unverified returns a client like c that takes any certificate, also that of
// somebody in between. It is for servers of one's own whose certificate no
// authority has signed, where the operator asks for it.
func (c *Client) Unverified() *Client {
	t := c.transport.Clone()
	t.TLSClientConfig.InsecureSkipVerify = true
	return &Client{transport: t, total: c.total, most: c.most}
}

// Do sends req and reads the answer. An error is a *event.SendError: the
// network's fault, never the status's.
func (c *Client) Do(req *http.Request) (*Answer, error) {
	x := &exchange{}
	// The limits bound one request; a caller's deadline may be shorter.
	ctx, cancel := context.WithTimeout(httptrace.WithClientTrace(req.Context(), x.trace()), c.total)
	defer cancel()
	sent := req.Clone(ctx)
	if sent.Header == nil {
		sent.Header = http.Header{}
	}
	if sent.Header.Get("User-Agent") == "" {
		sent.Header.Set("User-Agent", userAgent)
	}
	// As an http.Client does; a RoundTripper leaves it to its user.
	if u := sent.URL.User; u != nil && sent.Header.Get("Authorization") == "" {
		password, _ := u.Password()
		sent.SetBasicAuth(u.Username(), password)
	}
	res, err := c.transport.RoundTrip(sent)
	if err != nil {
		return nil, x.fault(req, err)
	}
	defer res.Body.Close()
	return read(res, c.most), nil
}

// PostJSON sends body as JSON to url, which may hold a secret.
func (c *Client) PostJSON(ctx context.Context, url event.Secret, header http.Header, body any) (*Answer, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false) // it is no HTML, and services count what they are sent
	if err := enc.Encode(body); err != nil {
		return nil, &event.SendError{
			Class: event.Unfit, Code: "internal",
			Why: "the request could not be written as JSON", Do: "this is a fault in tocsin, please report it",
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url.Reveal(), bytes.NewReader(bytes.TrimSpace(text.Bytes())))
	if err != nil { // its text holds the URL
		return nil, &event.SendError{
			Class: event.Target, Code: "bad_url",
			Why: "the channel's address is not a URL that a request can be sent to", Do: "correct the address in the channel block",
		}
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("Content-Type", "application/json")
	return c.Do(req)
}

// read takes at most so much of the answer's body. A body that breaks off is no
// error: the status has told what became of the message.
func read(res *http.Response, most int64) *Answer {
	body, err := io.ReadAll(io.LimitReader(res.Body, most+1))
	a := &Answer{Status: res.StatusCode, Header: res.Header, Body: body, Partial: err != nil}
	if int64(len(body)) > most {
		a.Body, a.Partial = body[:most], true
	}
	return a
}
