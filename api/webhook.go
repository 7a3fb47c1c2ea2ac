package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/uptrace/bunrouter"

	"tocsin/engine/event"
)

// loopbackRate bounds what programs on this host post. It is high, as Proxmox
// does not try again: a refusal loses the event.
func loopbackRate() (each Rate, burst int) { return Rate{Count: 50, Per: time.Second}, 1000 }

// webhook takes a notification that Proxmox VE posts.
func (s *Server) webhook(w http.ResponseWriter, req bunrouter.Request) error {
	r, set := req.Request, s.Settings()
	stamp, err := s.admit(r, set)
	if err != nil {
		return err
	}
	release, err := s.webhookRoom.take(r)
	if err != nil {
		return err
	}
	defer release()
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	if isSigned(r) {
		return s.signedWebhook(w, r, set, body)
	}
	in, err := s.Decode(body)
	if err != nil {
		return decodeError(err)
	}
	// A caller that goes away loses nothing: what was read is kept all the same.
	o := s.Intake.Submit(r.Context(), 0, Submission{Event: &in, Claim: replayClaim(stamp, body, set.WebhookMaxAge)})[0]
	if o.Err != nil {
		return o.Err
	}
	if o.Repeat {
		return errReplayed.because("its timestamp and body are those of an earlier one", "send each notification once, with the time of sending")
	}
	return writeJSON(w, http.StatusAccepted, webhookAnswer{true, o.ID, in.Type, false})
}

func decodeError(err error) error {
	if bad, ok := errors.AsType[*BadRequest](err); ok {
		return errMalformed.because(bad.Why, bad.Do)
	}
	return errMalformed.because(err.Error(), "post the JSON object that a Proxmox notification target sends, with a title or a message")
}

// admit is every layer in front of the body, in this order: what the request
// says about its body, the name it asks for, the rate, the address, the secret,
// the time. It returns the time that a remote caller gave, which may be taken
// once; that it was not taken before is seen when the event is kept, in the same
// transaction, so that it holds over a restart.
func (s *Server) admit(r *http.Request, set Settings) (stamp string, err error) {
	if err := expectJSON(r); err != nil {
		return "", err
	}
	if !s.serves(r) {
		return "", errHost
	}
	own, from := isLocal(r) || set.cameOnItsOwn(r), set.client(r)
	if err := s.limitWebhook(from, own, set.WebhookRate); err != nil {
		return "", err
	}
	// The socket's file already says who may use it. Who signs wants to be checked.
	if !isSigned(r) && (isLocal(r) || own && !set.LoopbackSecret) {
		return "", nil
	}
	// The list is of callers elsewhere. It comes on top of the secret, never
	// instead of it: an address can be forged or shared.
	if !own && !set.allows(from) {
		return "", errAddress
	}
	if isSigned(r) { // over the body too, which is read first
		return set.checkSigned(r)
	}
	if err := set.checkSecret(r.Header.Get("X-Webhook-Secret")); err != nil {
		return "", err
	}
	return set.checkTime(r)
}

// limitWebhook counts a request.
func (s *Server) limitWebhook(from netip.Addr, own bool, each Rate) error {
	name, burst := "webhook "+callerAddress(from), each.Count
	if own {
		name = "webhook loopback"
		each, burst = loopbackRate()
	}
	if wait := s.limits.take(name, each, burst); wait > 0 {
		return errRate.after(wait)
	}
	return nil
}

func (set Settings) allows(addr netip.Addr) bool {
	return len(set.WebhookAllow) == 0 || within(set.WebhookAllow, addr)
}

// checkSecret compares digests, so that the time it takes tells nothing about
// the secret, nor about its length.
func (set Settings) checkSecret(given string) error {
	if !set.WebhookSecret.IsSet() {
		return noSecret()
	}
	got, right := sha256.Sum256([]byte(given)), 0
	for _, secret := range set.secrets() {
		want := sha256.Sum256([]byte(secret.Reveal()))
		right |= subtle.ConstantTimeCompare(got[:], want[:])
	}
	if right != 1 {
		return errSecret.because("the header X-Webhook-Secret is missing or wrong", "send the value of webhook.secret")
	}
	return nil
}

// secrets are those that a caller may know: two, while they are changed.
func (set Settings) secrets() []event.Secret {
	list := []event.Secret{set.WebhookSecret}
	if set.OldSecret.IsSet() {
		list = append(list, set.OldSecret)
	}
	return list
}

func noSecret() error {
	return errSecret.because("it takes remote callers only with a shared secret, and none is configured", "set webhook.secret; a request from this host must name 127.0.0.1 and pass no proxy")
}

// checkTime looks whether a caller's time is about now. It returns the time in
// its one shape: the same time written in another way is the same request.
func (set Settings) checkTime(r *http.Request) (stamp string, err error) {
	text := r.Header.Get("X-Tocsin-Timestamp")
	if text == "" {
		text = r.Header.Get("X-ProxMenux-Timestamp")
	}
	return set.checkStamp("X-Tocsin-Timestamp", text)
}

func (set Settings) checkStamp(header, text string) (stamp string, err error) {
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return "", errSecret.because("the header "+header+" is missing or no number", "send the time in unix seconds")
	}
	if age := time.Since(time.Unix(seconds, 0)).Abs(); age > set.WebhookMaxAge {
		return "", errSecret.because("its timestamp is "+event.Duration(age).String()+" away", "set the caller's clock right, or raise webhook.max_age")
	}
	return strconv.FormatInt(seconds, 10), nil
}

// replayClaim lets a request of a remote caller through once. It is kept for
// two windows of allowed drift, after which the timestamp itself is refused.
// It binds time and body together: the secret alone binds neither.
func replayClaim(stamp string, body []byte, window time.Duration) event.Claim {
	if stamp == "" {
		return event.Claim{}
	}
	h := sha256.New()
	h.Write([]byte(stamp + "\n"))
	h.Write(body)
	sum := hex.EncodeToString(h.Sum(nil))
	return event.Claim{Key: "replay " + sum, Digest: sum, Until: time.Now().Add(2 * window)}
}
