package service

import (
	"strings"
	"testing"
	"time"
)

// The signatures are those of Amazon's own test suite for version 4.
func TestSignAWS(t *testing.T) {
	key := awsKey{"service", "us-east-1", "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
	now := time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
	for method, want := range map[string]string{
		"GET":  "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
		"POST": "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
	} {
		c := Call{Method: method, URL: "https://example.amazonaws.com/"}
		if err := signAWS(&c, key, now); err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, h := range c.Headers {
			if h.Name == "Authorization" {
				got = h.Value
			}
		}
		if !strings.HasSuffix(got, "SignedHeaders=host;x-amz-date, Signature="+want) {
			t.Errorf("%s: %s", method, got)
		}
	}
}
