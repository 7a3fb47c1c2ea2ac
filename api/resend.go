package api

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/uptrace/bunrouter"
)

// Resend chooses messages of the history to send once more, by the ids of their
// rows or by a filter; only All chooses every one.
type Resend struct {
	IDs    []int64
	Filter HistoryFilter // its Limit is the most that are sent at once
	All    bool
	To     string // a channel in place of their own
	DryRun bool   // queue nothing, only say what would be
}

// ResendResult is what is sent once more. A message counts once, however often
// it was tried.
type ResendResult struct {
	Queued    int            `json:"queued"`
	Channels  map[string]int `json:"channels"`
	Waiting   int            `json:"waiting,omitempty"`   // left out: they still are in the outbox
	Delivered int            `json:"delivered,omitempty"` // left out of failed ones: they arrived later
	DryRun    bool           `json:"dry_run,omitempty"`
	IDs       []int64        `json:"ids,omitempty"` // of a dry run: what to send to queue just these
}

// resendExample is the remedy for a body that chooses nothing, or nothing clear.
const resendExample = `send {"ids": [12, 13]}, a filter such as {"channel": "phone", "status": "failed", "since": "24h"}, or {"all": true}`

// resend queues messages of the history once more.
func (s *Server) resend(w http.ResponseWriter, req bunrouter.Request) error {
	dry, err := dryRun(req.Request)
	if err != nil {
		return err
	}
	var in resendBody
	if err := readObject(w, req.Request, &in, resendExample); err != nil {
		return err
	}
	r, err := in.resend(time.Now())
	if err != nil {
		return err
	}
	r.DryRun = dry
	result, err := s.Outbox.Resend(req.Context(), r)
	if err != nil {
		return err
	}
	if !dry {
		s.Log.Info("messages are sent again", "component", "api", "messages", result.Queued, "to", r.To, "by", callerOf(req.Request).String())
	}
	if result.Channels == nil {
		result.Channels = map[string]int{}
	}
	return writeJSON(w, http.StatusOK, result)
}

// resendBody is a resend as it is asked for: its filter is that of the history.
type resendBody struct {
	IDs      []int64 `json:"ids"`
	Channel  string  `json:"channel"`
	Type     string  `json:"type"`
	Severity string  `json:"severity"`
	Status   string  `json:"status"`
	Since    string  `json:"since"`
	Until    string  `json:"until"`
	Query    string  `json:"q"`
	All      bool    `json:"all"`
	To       string  `json:"to"`
}

func (in *resendBody) resend(now time.Time) (Resend, error) {
	r := Resend{Filter: HistoryFilter{Limit: maxRows}, All: in.All, To: in.To}
	filtered := false
	for _, p := range [][2]string{
		{"channel", in.Channel}, {"type", in.Type}, {"severity", in.Severity}, {"status", in.Status}, {"since", in.Since}, {"until", in.Until}, {"q", in.Query},
	} {
		if p[1] == "" {
			continue
		}
		filtered = true
		if want := r.Filter.set(p[0], p[1], now); want != "" {
			return r, errMalformed.because(p[0]+" is not "+want, "correct it or leave it out")
		}
	}
	if filtered && r.Filter == (HistoryFilter{Limit: maxRows}) { // until the year 1
		return r, errMalformed.because("the filter leaves out nothing", resendExample)
	}
	if err := oneChoice(len(in.IDs) > 0, filtered, in.All, resendExample); err != nil {
		return r, err
	}
	if len(in.IDs) > maxRows {
		return r, errMalformed.because(fmt.Sprintf("there are %d ids, and at most %d are taken at once", len(in.IDs), maxRows), "send fewer")
	}
	r.IDs = slices.Compact(slices.Sorted(slices.Values(in.IDs)))
	return r, nil
}
