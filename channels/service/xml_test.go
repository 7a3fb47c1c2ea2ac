package service

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseXML(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       any
	}{
		{"an error", `<?xml version="1.0"?><ErrorResponse xmlns="http://bell.example/"><Error><Code>Denied</Code> <Message> No
			such room </Message></Error></ErrorResponse>`, map[string]any{
			"ErrorResponse": map[string]any{"Error": map[string]any{"Code": "Denied", "Message": "No\n\t\t\tsuch room"}},
		}},
		{"attributes and text", `<bell><error code="401">Bad key</error></bell>`, map[string]any{
			"bell": map[string]any{"error": map[string]any{"@code": "401", "#text": "Bad key"}},
		}},
		{"several of a name", `<r><id>1</id><id>2</id><id>3</id></r>`, map[string]any{"r": map[string]any{"id": []any{"1", "2", "3"}}}},
		{"one text", `<ok>yes</ok>`, map[string]any{"ok": "yes"}},
		{"a page", `<!DOCTYPE html><html><body>Sign in</body></html>`, nil},
		{"broken off", `<r><id>1</id><id>`, nil},
		{"no markup", `OK`, nil},
		{"nothing", ``, nil},
		{"too deep", strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40), nil},
		{"an entity of its own", `<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, parseXML([]byte(tt.body))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Paths lead through answers of either kind.
func TestAnswerInXML(t *testing.T) {
	a := &Answer{Status: 200, Body: []byte(`<SendResponse><SendResult><MessageId>7f</MessageId></SendResult></SendResponse>`)}
	s := &Spec{Receipt: ParsePath("SendResponse.SendResult.MessageId"), Success: Success{Checks: []Check{{Path: ParsePath("SendResponse.Error")}}}}
	if !s.Took(a) || s.MessageID(a) != "7f" {
		t.Errorf("took %v, id %q", s.Took(a), s.MessageID(a))
	}
}

func FuzzParseXML(f *testing.F) {
	f.Add([]byte(`<r a="1">x<id>2</id></r>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if v, ok := parseXML(body).(map[string]any); ok && len(v) != 1 {
			t.Errorf("%d roots", len(v))
		}
	})
}
