package api

import (
	"time"

	"tocsin/engine/event"
)

// What the endpoints answer that is no type of its own. The OpenAPI document is
// made of these.
type (
	healthAnswer struct {
		Status   string `json:"status"`
		Impaired string `json:"impaired,omitempty"` // what works in part only
		Do       string `json:"do,omitempty"`
	}
	webhookAnswer struct {
		Accepted bool   `json:"accepted"`
		ID       string `json:"id"`
		Type     string `json:"event_type"`
		Circles  bool   `json:"circles,omitempty"` // the event has passed this tocsin before
	}
	testAnswer struct {
		Results []TestResult `json:"results"`
	}
	historyAnswer struct {
		History []event.Delivery `json:"history"`
		Total   int              `json:"total"`
		Limit   int              `json:"limit"`
		Offset  int              `json:"offset"`
	}
	clearedAnswer struct {
		Deleted int `json:"deleted"`
	}
	decisionsAnswer struct {
		Decisions []event.Decision `json:"decisions"`
		Total     int              `json:"total"`
		Limit     int              `json:"limit"`
		Offset    int              `json:"offset"`
	}
	outboxAnswer struct {
		Outbox  []event.Unsent `json:"outbox"`
		Total   int            `json:"total"`
		Limit   int            `json:"limit"`
		Offset  int            `json:"offset"`
		Summary []event.Tally  `json:"summary"`
	}
	eventsAnswer struct {
		Events []CatalogueEntry `json:"events"`
	}
	channelsAnswer struct {
		Channels []ChannelState `json:"channels"`
	}
	rulesAnswer struct {
		Rules []Rule `json:"rules"`
	}
	changesAnswer struct {
		Changes []Change `json:"changes"`
	}
	// settingsAnswer has a member for each kind of block besides.
	settingsAnswer struct {
		Revision string           `json:"revision"`
		Places   map[string]Place `json:"places"` // of blocks, and of arguments in the user's files, by their paths
	}
	tokensAnswer struct {
		Tokens []shownToken `json:"tokens"`
	}
	newTokenAnswer struct {
		shownToken
		Token string `json:"token"` // shown this once
	}
	removedAnswer struct {
		Removed bool `json:"removed"`
	}
	accountsAnswer struct {
		Accounts []shownAccount `json:"accounts"`
	}
	newLinkAnswer struct {
		Name    string    `json:"name"`
		Scope   Scope     `json:"scope"`
		Link    string    `json:"link"` // shown this once
		Expires time.Time `json:"expires"`
	}
	changedAnswer struct {
		Changed bool `json:"changed"`
	}
	signedOutAnswer struct {
		SignedOut bool `json:"signed_out"`
	}
	failure struct {
		Error *Error `json:"error"`
	}
)
