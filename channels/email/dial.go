package email

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"
)

const (
	dialLimit = 20 * time.Second
	// mostAnswered is how many bytes a server may say in one session, the
	// handshake of TLS included. An honest one needs a tenth of it.
	mostAnswered = 256 << 10
)

var (
	errBlocked   = errors.New("tocsin does not connect to this address")
	errTalkative = errors.New("the server says too much")
)

// dial connects to the server.
func (c *channel) dial(ctx context.Context) (net.Conn, error) {
	dial := c.options.Dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: dialLimit, Control: c.guard}).DialContext
	}
	conn, err := dial(ctx, "tcp", c.server())
	if err != nil {
		return nil, err
	}
	return &boundedConn{Conn: conn, left: mostAnswered}, nil
}

// tlsConfig checks the certificate against the host of the channel block, also
// when that is an address.
func (c *channel) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: c.host, RootCAs: c.options.Roots, MinVersion: tls.VersionTLS12}
}

// guard refuses addresses that no mail server has and those that the program's
// options refuse. It sees the address that a name resolved to.
func (c *channel) guard(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := plainAddr(ap.Addr())
	ap = netip.AddrPortFrom(ip, ap.Port())
	never := ip.IsUnspecified() || ip.IsMulticast() || ip.IsLinkLocalUnicast() || ip == netip.AddrFrom4([4]byte{255, 255, 255, 255})
	clear := c.security == plain && c.username != "" && !ip.IsLoopback() // the name lied
	if never || clear || c.options.Refuse != nil && c.options.Refuse(ap) {
		return errBlocked
	}
	return nil
}

// nat64 is the prefix under which networks without IPv4 reach IPv4 addresses.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// plainAddr returns the IPv4 address that an IPv6 address stands for, or ip
// without its zone.
func plainAddr(ip netip.Addr) netip.Addr {
	ip = ip.Unmap().WithZone("")
	if nat64.Contains(ip) {
		b := ip.As16()
		return netip.AddrFrom4([4]byte(b[12:]))
	}
	return ip
}

// boundedConn is a connection that ends when the other side has said too much.
type boundedConn struct {
	net.Conn
	left int
}

func (b *boundedConn) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTalkative
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
