package address

import "net/url"

// unescape resolves percent escapes. A plus sign stays one.
func unescape(text string) (string, bool) {
	out, err := url.PathUnescape(text)
	return out, err == nil
}
