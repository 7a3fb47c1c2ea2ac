package api

import (
	"encoding/json"
	"net/http"
	"time"

	"tocsin/channels/signature"
	"tocsin/engine/event"
)

// isSigned reports whether a request says that it is signed, in the form of
// Standard Webhooks. Then its signature counts, and no other secret of it.
func isSigned(r *http.Request) bool { return r.Header.Get(signature.SignatureHeader) != "" }

// checkSigned looks at what can be checked before the body is read.
func (set Settings) checkSigned(r *http.Request) (stamp string, err error) {
	if !set.WebhookSecret.IsSet() {
		return "", noSecret()
	}
	const longest = 255
	if id := r.Header.Get(signature.IDHeader); id == "" || len(id) > longest {
		return "", errSecret.because("the header webhook-id is missing or too long", "send one id a message, the same when it is sent again")
	}
	return set.checkStamp("webhook-timestamp", r.Header.Get(signature.TimeHeader))
}

// checkSignature compares the signature with the raw body.
func (set Settings) checkSignature(r *http.Request, body []byte) error {
	h, right := r.Header, false
	for _, secret := range set.secrets() {
		key, err := signature.NewKey(secret)
		right = err == nil && key.Verify(h.Get(signature.IDHeader), h.Get(signature.TimeHeader), h.Get(signature.SignatureHeader), body) || right
	}
	if !right {
		return errSecret.because("the signature is not that of this body with webhook.secret", "sign ID.TIMESTAMP.BODY with the value of webhook.secret, as it goes over the wire")
	}
	return nil
}

// signedWebhook takes what a signed request carries: an event, as send takes one,
// or a notification of Proxmox. A repeat has the same id, whatever its time, and
// is answered as what it repeats.
func (s *Server) signedWebhook(w http.ResponseWriter, r *http.Request, set Settings, body []byte) error {
	if err := set.checkSignature(r, body); err != nil {
		return err
	}
	b, in, err := s.signedEvent(body)
	if err != nil {
		return err
	}
	one := Submission{Event: in}
	if b.ID != "" {
		one.Claim = event.KnownBy(b.ID, time.Now())
	} else {
		id := r.Header.Get(signature.IDHeader)
		one.Claim = event.Claim{Key: "signed " + id, Digest: id, Until: time.Now().Add(event.KnownLife)}
	}
	o := s.submit(r.Context(), 0, []sendBody{b}, []Submission{one})[0]
	if o.Err != nil {
		return o.Err
	}
	if o.Repeat {
		w.Header().Set("Idempotent-Replayed", "true")
	}
	return writeJSON(w, http.StatusAccepted, webhookAnswer{true, o.ID, in.Type, o.Circles})
}

// signedEvent reads the body of a signed request.
func (s *Server) signedEvent(body []byte) (sendBody, *event.Incoming, error) {
	var head struct {
		Type *json.RawMessage `json:"event_type"`
	}
	if event.CheckJSON(body) == nil && json.Unmarshal(body, &head) == nil && head.Type != nil {
		b, fault := readEvent(body)
		if fault != nil {
			return b, nil, fault
		}
		return b, b.incoming("webhook"), nil
	}
	in, err := s.Decode(body)
	if err != nil {
		return sendBody{}, nil, decodeError(err)
	}
	return sendBody{}, &in, nil
}
