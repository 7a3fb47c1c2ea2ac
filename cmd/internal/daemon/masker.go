package daemon

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"

	"tocsin/rules"
)

// shortestMasked is how long a secret must be to be looked for in texts: shorter
// ones are words of every other text.
const shortestMasked = 6

// newMasker returns what takes the secrets of a configuration out of JSON, also as
// they stand in URLs and in base64. It is the second line: nothing that is told
// should hold one.
func newMasker(c *rules.Config) *strings.Replacer {
	var pairs []string
	for _, secret := range c.Secrets() {
		if len(secret) < shortestMasked {
			continue
		}
		inJSON, _ := json.Marshal(secret) // a text marshals
		for _, form := range []string{
			secret, string(inJSON[1 : len(inJSON)-1]), url.QueryEscape(secret), url.PathEscape(secret),
			base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawStdEncoding.EncodeToString([]byte(secret)),
			base64.URLEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
		} {
			pairs = append(pairs, form, "[secret]")
		}
	}
	return strings.NewReplacer(pairs...)
}
