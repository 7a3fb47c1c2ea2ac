package address

import (
	"net/url"
	"strings"
)

// unescape resolves percent escapes. A plus sign stays one.
func unescape(text string) (string, bool) {
	out, err := url.PathUnescape(text)
	return out, err == nil
}

// escape writes text so that unescape returns it and no byte of it separates
// parts. Letters, digits, the four unreserved marks and those in keep stay.
func escape(text, keep string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(text) {
		switch {
		case isAlnum(c) || 'A' <= c && c <= 'Z' || strings.IndexByte("-._~", c) >= 0 || strings.IndexByte(keep, c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}
