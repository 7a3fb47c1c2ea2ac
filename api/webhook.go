package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/uptrace/bunrouter"

	"tocsin/engine/event"
)

// loopbackRate bounds what programs on this host post. It is high, as Proxmox
// does not try again: a refusal loses the event.
const loopbackBurst = 1000

func loopbackRate() Rate { return Rate{Count: 50, Per: time.Second} }

// webhook takes a notification that Proxmox VE posts.
func (s *Server) webhook(w http.ResponseWriter, req bunrouter.Request) error {
	r := req.Request
	if !isJSON(r) {
		return errMedia
	}
	settings := s.Settings()
	own := isLocal(r.Context()) || cameOnItsOwn(r)
	if err := s.limitWebhook(r, own, settings); err != nil {
		return err
	}
	var stamp string
	if !own || settings.LoopbackSecret {
		if err := settings.admitCaller(r, own); err != nil {
			return err
		}
		stamp = timestampOf(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	in, err := s.Decode(body)
	if err != nil {
		return errMalformed.because(err.Error(), "post the JSON object that a Proxmox notification target sends, with a title or a message")
	}
	o := s.Intake.Submit(r.Context(), 0, Submission{Event: &in, Claim: replayClaim(stamp, body, settings.WebhookMaxAge)})[0]
	if o.Err != nil {
		return o.Err
	}
	if o.Repeat {
		return errReplayed
	}
	return writeJSON(w, http.StatusAccepted, map[string]any{"accepted": true, "id": o.ID, "event_type": in.Type})
}

func (s *Server) limitWebhook(r *http.Request, own bool, settings Settings) error {
	caller, rate, burst := "webhook "+peer(r).String(), settings.WebhookRate, settings.WebhookRate.Count
	if own {
		caller, rate, burst = "webhook loopback", loopbackRate(), loopbackBurst
	}
	if wait := s.limits.take(caller, rate, burst); wait > 0 {
		return errRate.after(wait)
	}
	return nil
}

// admitCaller is what a remote caller has to pass: the shared secret, a
// timestamp of about now, and the list of addresses.
func (set Settings) admitCaller(r *http.Request, own bool) error {
	if !set.WebhookSecret.IsSet() {
		return errSecret.because("it takes remote callers only with a shared secret, and none is configured", "set webhook.secret")
	}
	given := sha256.Sum256([]byte(r.Header.Get("X-Webhook-Secret")))
	want := sha256.Sum256([]byte(set.WebhookSecret.Reveal()))
	if subtle.ConstantTimeCompare(given[:], want[:]) != 1 {
		return errSecret.because("the header X-Webhook-Secret is missing or wrong", "send the value of webhook.secret")
	}
	seconds, err := strconv.ParseInt(timestampOf(r), 10, 64)
	if err != nil {
		return errSecret.because("the header X-Tocsin-Timestamp is missing or no number", "send the time in unix seconds")
	}
	if age := time.Since(time.Unix(seconds, 0)).Abs(); age > set.WebhookMaxAge {
		return errSecret.because("its timestamp is "+event.Duration(age).String()+" away", "set the caller's clock right, or raise webhook.max_age")
	}
	return set.admitAddress(r, own)
}

func (set Settings) admitAddress(r *http.Request, own bool) error {
	if own || len(set.WebhookAllow) == 0 {
		return nil
	}
	addr := peer(r)
	for _, p := range set.WebhookAllow {
		if p.Contains(addr) {
			return nil
		}
	}
	return errAddress
}

func timestampOf(r *http.Request) string {
	if stamp := r.Header.Get("X-Tocsin-Timestamp"); stamp != "" {
		return stamp
	}
	return r.Header.Get("X-ProxMenux-Timestamp")
}

// replayClaim lets a request of a remote caller through once. It is kept for
// two windows of allowed drift, after which the timestamp itself is refused.
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

// peer is the address that a request came from, without the wrapping of IPv4
// addresses in IPv6.
func peer(r *http.Request) netip.Addr {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	addr, _ := netip.ParseAddr(host)
	return addr.Unmap()
}
