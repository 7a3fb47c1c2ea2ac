package api

import (
	"testing"
	"time"
)

// FuzzChoices holds the bodies that choose messages to their promises: what is
// taken chooses in exactly one way and in bounds, what is refused has a reason
// and a remedy that do not grow with the body.
func FuzzChoices(f *testing.F) {
	for _, seed := range []string{
		`{"ids":[12,"quiet:3"],"to":"mail"}`, `{"channel":"phone","state":"dead"}`, `{"all":true}`, `{"ids":[1],"all":true}`, `{"ids":[1.5,null,[]]}`,
		`{"ids":[12,13,12]}`, `{"status":"failed","since":"24h","q":"nas"}`, `{"severity":"err","until":"2026-03-14T01:00:00Z"}`, `{}`, `null`, `[`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var retry retryBody
		if err := decodeObject(body, &retry, retryExample); err != nil {
			checkRefusal(t, err)
		} else if r, err := retry.retry(); err != nil {
			checkRefusal(t, err)
		} else if ways(len(r.IDs) > 0, r.Channel != "" || r.State != "" || r.Type != "", r.All) != 1 || len(r.IDs) > maxRows {
			t.Errorf("got %+v", r)
		}
		var resend resendBody
		if err := decodeObject(body, &resend, resendExample); err != nil {
			checkRefusal(t, err)
		} else if r, err := resend.resend(time.Now()); err != nil {
			checkRefusal(t, err)
		} else if ways(len(r.IDs) > 0, r.Filter != HistoryFilter{Limit: maxRows}, r.All) != 1 || len(r.IDs) > maxRows {
			t.Errorf("got %+v", r)
		}
	})
}

func ways(given ...bool) (n int) {
	for _, g := range given {
		if g {
			n++
		}
	}
	return n
}
