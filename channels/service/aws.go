package service

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// sign adds Amazon's signature, version 4, over all that a call holds.
func (k *AWS) sign(c *Call, view map[string]any, now time.Time) error {
	service, err := k.Service.Execute(view)
	if err != nil {
		return fmt.Errorf("aws: %w", err)
	}
	region, err := k.Region.Execute(view)
	if err != nil {
		return fmt.Errorf("aws: %w", err)
	}
	key, err := k.Key.Execute(view)
	if err != nil {
		return fmt.Errorf("aws: %w", err)
	}
	secret, err := k.Secret.Execute(view)
	if err != nil {
		return fmt.Errorf("aws: %w", err)
	}
	return signAWS(c, awsKey{service, region, key, secret}, now.UTC())
}

type awsKey struct{ service, region, key, secret string }

const awsAlgorithm = "AWS4-HMAC-SHA256"

func signAWS(c *Call, k awsKey, now time.Time) error {
	u, err := url.Parse(c.URL)
	if err != nil {
		return fmt.Errorf("aws: what the url makes is no address")
	}
	stamp, day := now.Format("20060102T150405Z"), now.Format("20060102")
	c.Headers = setPair(c.Headers, Pair{"X-Amz-Date", stamp})
	signed, canonical := awsHeaders(c.Headers, u.Host)
	request := strings.Join([]string{
		c.Method, cmp.Or(u.EscapedPath(), "/"), awsQuery(u.Query()), canonical, signed, hexSHA256(c.Body),
	}, "\n")
	scope := strings.Join([]string{day, k.region, k.service, "aws4_request"}, "/")
	text := strings.Join([]string{awsAlgorithm, stamp, scope, hexSHA256([]byte(request))}, "\n")
	derived := []byte("AWS4" + k.secret)
	for _, part := range []string{day, k.region, k.service, "aws4_request"} {
		derived = hmacSHA256(derived, part)
	}
	c.Headers = setPair(c.Headers, Pair{"Authorization", fmt.Sprintf("%s Credential=%s/%s, SignedHeaders=%s, Signature=%s",
		awsAlgorithm, k.key, scope, signed, hex.EncodeToString(hmacSHA256(derived, text)))})
	return nil
}

// awsHeaders returns the names of the headers that are signed, and their values
// in the form that is.
func awsHeaders(headers []Pair, host string) (signed, canonical string) {
	list := []Pair{{"host", host}}
	for _, h := range headers {
		if name := strings.ToLower(h.Name); name == "content-type" || strings.HasPrefix(name, "x-amz-") {
			list = append(list, Pair{name, strings.TrimSpace(h.Value)})
		}
	}
	slices.SortFunc(list, func(a, b Pair) int { return cmp.Compare(a.Name, b.Name) })
	var names []string
	for _, h := range list {
		names = append(names, h.Name)
		canonical += h.Name + ":" + h.Value + "\n"
	}
	return strings.Join(names, ";"), canonical
}

func awsQuery(q url.Values) string { return strings.ReplaceAll(q.Encode(), "+", "%20") }

func hexSHA256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func hmacSHA256(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
