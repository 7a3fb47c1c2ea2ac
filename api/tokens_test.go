package api

import (
	"errors"
	"strings"
	"testing"
	"time"
)

const tokensPath = Prefix + "/tokens"

// A token is shown once, when it is made, and works at once.
func TestTokenIsShownOnce(t *testing.T) {
	f := newFront(t)
	var kept Token
	f.keys.add = func(t Token) error { kept = t; f.kept[t.ID] = t; return nil }
	f.keys.list = func() ([]Token, error) { return []Token{kept}, nil }
	got := f.do("POST", tokensPath, `{"name":"backup script","scope":"send"}`, f.as(ScopeAdmin))
	got.want(t, 201)
	var made struct {
		ID, Name, Scope, Token string
		Expires                time.Time
	}
	got.into(t, &made)
	if made.ID != kept.ID || made.Name != "backup script" || made.Scope != "send" || !strings.HasPrefix(made.Token, "tocsin_"+made.ID+"_") {
		t.Fatalf("got %+v", made)
	}
	if left := time.Until(made.Expires); left < 364*24*time.Hour || left > 366*24*time.Hour {
		t.Errorf("it expires in %v", left)
	}
	f.secrets = append(f.secrets, secretPart(made.Token)) // from here on no answer and no log may hold it
	f.do("POST", sendPath, `{"event_type":"a"}`, bearer(made.Token)).want(t, 202)
	list := f.do("GET", tokensPath, "", f.as(ScopeAdmin))
	list.want(t, 200, made.ID, `"name":"backup script"`, `"scope":"send"`)
	for _, word := range []string{"hash", "Hash", "last_used", `"token":`} {
		if strings.Contains(list.body, word) {
			t.Errorf("the list holds %s: %s", word, list.body)
		}
	}
	if !strings.Contains(f.log.String(), "token made") || !strings.Contains(f.log.String(), made.ID) {
		t.Errorf("the log is silent: %s", f.log.String())
	}
	f.do("DELETE", tokensPath+"/"+made.ID, "", f.as(ScopeAdmin)).want(t, 200, `"removed":true`)
	f.do("POST", sendPath, `{"event_type":"a"}`, bearer(made.Token)).want(t, 401)
	f.do("DELETE", tokensPath+"/"+made.ID, "", f.as(ScopeAdmin)).want(t, 404, "no token has this id")
}

func TestNewTokenIsForAdminsAlone(t *testing.T) {
	f := newFront(t)
	f.keys.add = func(Token) error { t.Error("a token was made"); return nil }
	const body = `{"name":"x","scope":"admin"}`
	f.do("POST", tokensPath, body).want(t, 401)
	f.do("POST", tokensPath, body, f.as(ScopeRead)).want(t, 403, "needs admin")
	f.do("POST", tokensPath, body, f.as(ScopeSend)).want(t, 403, "needs admin")
	f.keys.add = func(Token) error { return nil }
	f.do("POST", tokensPath, body, local()).want(t, 201, `"token":"tocsin_`)
	if !strings.Contains(f.log.String(), "by=local") {
		t.Errorf("the log does not tell who made it: %s", f.log.String())
	}
}

func TestNewTokenRefuses(t *testing.T) {
	f := newFront(t)
	f.keys.add = func(Token) error { t.Error("a token was made"); return nil }
	for body, word := range map[string]string{
		`{}`:                                    "unknown scope",
		`{"name":"x"}`:                          "unknown scope",
		`{"name":"x","scope":"root"}`:           "use read, send or admin",
		`{"name":"x","scope":["admin"]}`:        "scope has the wrong type: array",
		`{"name":"","scope":"read"}`:            "the name is missing",
		`{"name":" ","scope":"read"}`:           "the name is missing",
		`{"name":"a\nb","scope":"read"}`:        "not plain text",
		`{"name":"a\u001b[2J","scope":"read"}`:  "not plain text",
		`{"name":"a\u202eb","scope":"read"}`:    "not plain text",
		`{"name":"x","scope":"read","until":0}`: "there is no field \\\"until\\\"", // to ignore it would be a lie
		`{"name":"x","scope":"read"} {}`:        "something follows",
		`[]`:                                    "no JSON object",
		`null`:                                  "no JSON object",
		`{"name":"x","scope":"` + strings.Repeat("r", 9000) + `"}`:  "unknown scope",
		`{"name":"` + strings.Repeat("n", 65) + `","scope":"read"}`: "longer than 64",
	} {
		got := f.do("POST", tokensPath, body, f.as(ScopeAdmin))
		got.want(t, 400, word)
		if len(got.body) > 500 {
			t.Errorf("the answer has %d bytes", len(got.body))
		}
	}
	f.do("POST", tokensPath, strings.Repeat(" ", maxBody+1), f.as(ScopeAdmin)).want(t, 413)
	f.do("POST", tokensPath, `{"name":"x","scope":"read"}`, f.as(ScopeAdmin), header("Content-Type", "text/plain")).want(t, 415)
}

func TestTokensThatCannotBeKept(t *testing.T) {
	f := newFront(t)
	failure := error(&Unavailable{"the disk is full", "make room"})
	f.keys.add = func(Token) error { return failure }
	f.keys.list = func() ([]Token, error) { return nil, failure }
	f.keys.remove = func(string) (bool, error) { return false, failure }
	for _, status := range []int{503, 500} {
		got := f.do("POST", tokensPath, `{"name":"x","scope":"read"}`, f.as(ScopeAdmin))
		got.want(t, status)
		if strings.Contains(got.body, "tocsin_") {
			t.Errorf("a token that was not kept is shown: %s", got.body)
		}
		f.do("GET", tokensPath, "", f.as(ScopeAdmin)).want(t, status)
		// Somebody may take the whole token for its id.
		f.do("DELETE", tokensPath+"/"+f.texts[ScopeRead], "", f.as(ScopeAdmin)).want(t, status)
		failure = errors.New("damaged")
	}
}
